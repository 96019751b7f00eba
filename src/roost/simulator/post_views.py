"""Posts as X shows them: to old clients cut, to new ones whole, and in webhook bodies both."""

from __future__ import annotations

import html
from dataclasses import dataclass
from enum import Enum

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from roost.simulator import post_access, post_links, post_media, post_texts, texts, user_views
from roost.simulator.clock import from_milliseconds
from roost.simulator.entries import LikeEntry, PostEntry
from roost.simulator.post_texts import PostText
from roost.simulator.world import World
from roost.xapi.wire_dm import Entities, Url
from roost.xapi.wire_media import Media
from roost.xapi.wire_tweets import (
    ExtendedEntities,
    ExtendedTweet,
    Permalink,
    PostEntities,
    Tweet,
)

LANGUAGE = "und"
"""Every Post's language: X guesses it, this X does not."""


class Form(Enum):
    """How a Post is shown."""

    CUT = "compat"
    WHOLE = "extended"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Look:
    """Who is looking, and how.

    Attributes:
        form: Which of X's forms.
        viewer_id: Whose likes and reposts are marked; `""` for nobody's.
    """

    form: Form
    viewer_id: str = ""


WEBHOOK = Look(Form.WEBHOOK)


def tweet(world: World, post: PostEntry, look: Look) -> Tweet:
    """Show a Post, and the one it reposts or quotes, if that is still there."""
    shown = _shown(world, post, look)
    original = world.posts.find(post.reposts)
    quoted = world.posts.find(post.quotes)
    if quoted is not None and post_access.is_withdrawn(world, quoted):
        quoted = None
    if original is not None:
        shown = replace(shown, retweeted_status=tweet(world, original, look))
        quoted = None
    if quoted is not None:
        # One level only: a quote inside a quote is not shown, as at X.
        shown = replace(shown, quoted_status=_shown(world, quoted, look))
    return shown


def _shown(world: World, post: PostEntry, look: Look) -> Tweet:
    whole = post_texts.of(post)
    is_whole = look.form is Form.WHOLE
    is_cut = post_texts.is_cut(whole) and not is_whole and not post.reposts
    visible = post_texts.cut(whole, link=_link_to(world, post)) if is_cut else whole
    posts, number = world.posts, int(post.post_id)
    media = [] if is_cut else post_media.shown(world, post)
    return Tweet(
        created_at=user_views.written(from_milliseconds(post.created_timestamp)),
        id=number,
        id_str=post.post_id,
        text=UNSET if is_whole else visible.text,
        full_text=whole.text if is_whole else UNSET,
        display_text_range=_range(visible, is_needed=is_whole),
        source=_source(world, post),
        truncated=is_cut,
        in_reply_to_status_id=_number(post.in_reply_to),
        in_reply_to_status_id_str=post.in_reply_to or None,
        in_reply_to_user_id=_number(post.in_reply_to_user),
        in_reply_to_user_id_str=post.in_reply_to_user or None,
        in_reply_to_screen_name=_screen_name(world, post.in_reply_to_user),
        user=user_views.full(
            world, world.users[post.user_id], with_entities=look.form is not Form.WEBHOOK
        ),
        quoted_status_id=int(post.quotes) if post.quotes else UNSET,
        quoted_status_id_str=post.quotes or UNSET,
        quoted_status_permalink=_permalink(post),
        is_quote_status=bool(post.quotes),
        extended_tweet=_extended(world, post) if is_cut and look.form is Form.WEBHOOK else UNSET,
        quote_count=len(posts.quotes(post.post_id)),
        reply_count=len(posts.replies(post.post_id)),
        retweet_count=len(posts.reposts(post.post_id)),
        favorite_count=len(posts.likers(post.post_id)),
        entities=_entities(visible.entities, media),
        extended_entities=ExtendedEntities(media) if media else UNSET,
        favorited=posts.is_liked(LikeEntry(user_id=look.viewer_id, post_id=post.post_id)),
        retweeted=any(one.user_id == look.viewer_id for one in posts.reposts(post.post_id)),
        possibly_sensitive=False if visible.entities.urls or media else UNSET,
        filter_level="low" if look.form is Form.WEBHOOK else UNSET,
        lang=LANGUAGE,
    )


def _range(text: PostText, *, is_needed: bool) -> tuple[int, int] | UnsetType:
    return text.shown if is_needed or text.shown != (0, len(text.text)) else UNSET


def _extended(world: World, post: PostEntry) -> ExtendedTweet:
    media = post_media.shown(world, post)
    return ExtendedTweet(
        post.text,
        post.shown,
        _entities(post.entities, media),
        ExtendedEntities(media) if media else UNSET,
    )


def _entities(entities: Entities, media: list[Media]) -> PostEntities:
    return PostEntities(
        entities.hashtags,
        entities.symbols,
        entities.user_mentions,
        entities.urls,
        media[:1] or UNSET,
    )


def _source(world: World, post: PostEntry) -> str:
    app = world.named_app(post.app_id)
    return f'<a href="{html.escape(app.url)}" rel="nofollow">{html.escape(app.name)}</a>'


def _permalink(post: PostEntry) -> Permalink | UnsetType:
    for url in post.entities.urls:
        if post.quotes and post_links.post_in(url.expanded_url) == post.quotes:
            return Permalink(url.url, url.expanded_url, url.display_url)
    return UNSET


def _link_to(world: World, post: PostEntry) -> Url:
    """Give the link to a Post's whole text: the same every time it is shown."""
    address = f"https://twitter.com/i/web/status/{post.post_id}"
    return Url(world.short_link(post.post_id), address, texts.display(address))


def _screen_name(world: World, user_id: str) -> str | None:
    user = world.users.get(user_id)
    return None if user is None else user.screen_name


def _number(digits: str) -> int | None:
    return int(digits) if digits else None
