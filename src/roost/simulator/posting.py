"""Posting and deleting, whether an app or a person does it.

Source: https://developer.x.com/en/docs/x-api/v1/tweets/post-and-engage (archived).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from roost.model import weights
from roost.simulator import (
    post_access,
    post_links,
    post_texts,
    post_views,
    relating,
    texts,
)
from roost.simulator.clock import from_milliseconds
from roost.simulator.courier import News
from roost.simulator.entries import PostEntry, RepliesFrom, UserEntry
from roost.simulator.happenings import Happening
from roost.simulator.post_links import DeepLink
from roost.simulator.post_texts import PostText
from roost.simulator.refusals import refusal
from roost.simulator.simulation import Simulation
from roost.simulator.texts import Surroundings
from roost.simulator.world import World
from roost.xapi.wire_events import (
    DeletedStatus,
    PostActivity,
    PostDeletion,
    PostDeletionActivity,
)

SAME_WITHIN = timedelta(hours=24)
"""How long a text may not be posted again (assumed; X documents no time)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A Post somebody wants to make.

    Attributes:
        typed: Its text.
        app_id: What it is made with.
        in_reply_to: The Post it answers.
        mentions: Handles X puts before the text of an answer.
        link: What X puts after it: another Post's address, or a deep link; `""` for nothing.
        media_ids: Media its author may put on it.
        replies_from: Whom its author lets answer.
    """

    typed: str
    app_id: str
    in_reply_to: PostEntry | None = None
    mentions: tuple[str, ...] = ()
    link: str = ""
    media_ids: tuple[str, ...] = ()
    replies_from: RepliesFrom = "everyone"


class _Mention(msgspec.Struct, frozen=True):
    id_str: str
    indices: tuple[int, int]


_mention = msgspec.json.Decoder(_Mention)


def publish(simulation: Simulation, author: UserEntry, draft: Draft) -> Happening:
    """Make a Post and begin to tell of it.

    Raises:
        Refusal: 186 it is too long, 187 its author has just posted the same, 407 the host of a
            link in it cannot be written in ASCII, 425 or 433 what it answers may not be answered.
    """
    world = simulation.world
    _check(world, author, draft)
    around = Surroundings(world.short_link, world.user_by_screen_name)
    text = post_texts.write(draft.typed, around, mentions=draft.mentions, link=draft.link)
    quotes = _quoted(world, text)
    media_link = world.short_link() if draft.media_ids else ""
    text = post_texts.with_media(text, media_link)
    answered = draft.in_reply_to
    post = PostEntry(
        post_id=world.ids.next(),
        user_id=author.user_id,
        created_timestamp=world.timestamp(),
        app_id=draft.app_id,
        typed=draft.typed,
        text=text.text,
        shown=text.shown,
        entities=text.entities,
        in_reply_to=answered.post_id if answered else "",
        in_reply_to_user=answered.user_id if answered else _addressed(text),
        quotes=quotes,
        link=draft.link,
        media_ids=draft.media_ids,
        media_link=media_link,
        replies_from=draft.replies_from,
    )
    if any(_is_same(post, other) for other in _recent(world, author)):
        raise refusal(187)
    for media_id in draft.media_ids:
        world.media.use(media_id, post.post_id)
    return _put(simulation, post)


def _check(world: World, author: UserEntry, draft: Draft) -> None:
    if weights.weight(draft.typed) > weights.LONGEST:
        raise refusal(186, reason=f"it weighs {weights.weight(draft.typed)}")
    for url in texts.links_in(draft.typed):
        if not texts.has_possible_host(url):
            raise refusal(407, reason=f"the host of {url!r} cannot be written in ASCII")
    answered = draft.in_reply_to
    if answered is not None:
        named = mentioned_in(world, answered)
        post_access.check_answered(answered, world.users[answered.user_id], author, named)


def repost(
    simulation: Simulation, author: UserEntry, original: PostEntry, *, app_id: str
) -> Happening:
    """Repost a Post as it is."""
    world = simulation.world
    repeated = post_texts.repeat(post_texts.of(original), world.users[original.user_id])
    post = PostEntry(
        post_id=world.ids.next(),
        user_id=author.user_id,
        created_timestamp=world.timestamp(),
        app_id=app_id,
        text=repeated.text,
        shown=repeated.shown,
        entities=repeated.entities,
        reposts=original.post_id,
    )
    return _put(simulation, post)


def delete(simulation: Simulation, post: PostEntry) -> Happening:
    """Delete a Post. Its author's apps are told, since they have to delete their copies."""
    world = simulation.world
    world.posts.remove(post)
    event = PostDeletion(DeletedStatus(post.post_id, post.user_id), world.timestamp())
    news = News(
        "tweet_delete_events",
        post.post_id,
        (post.user_id,),
        lambda user_id: PostDeletionActivity(user_id, [event]),
    )
    parcels = simulation.courier.announce(news)
    change = {"post_id": post.post_id, "user_id": post.user_id}
    simulation.records.ledger.append(
        "post_deleted", **change, deliveries=[parcel.delivery_id for parcel in parcels]
    )
    simulation.live.publish("post_deleted", change)
    return Happening(post.post_id, [event], parcels)


def find(world: World, post_id: str, viewer_id: str) -> PostEntry:
    """Give a Post to somebody who may see it.

    Raises:
        Refusal: 144 it is not there, 179 it is not for the viewer, 421 or 422 X has taken it away.
    """
    post = world.posts.find(post_id)
    if post is None:
        raise refusal(144)
    post_access.check_seen(world, post, viewer_id)
    return post


def deep_link_of(post: PostEntry) -> DeepLink | None:
    """Give the deep link that X shows as a button: attached, or at the end of the text."""
    return post_links.deep_link_in(post.link or _last_link(post_texts.of(post)))


def mentioned_in(world: World, post: PostEntry) -> Sequence[str]:
    """Give the ids of those a Post mentions, as far as they are there."""
    ids = [_mention.decode(item).id_str for item in post.entities.user_mentions]
    return [user_id for user_id in ids if user_id in world.users]


def _put(simulation: Simulation, post: PostEntry) -> Happening:
    world = simulation.world
    world.posts.put(post)
    shown = post_views.tweet(world, post, post_views.WEBHOOK)
    event = replace(shown, timestamp_ms=post.created_timestamp)
    mentions = () if post.reposts else mentioned_in(world, post)

    def body(user_id: str) -> PostActivity:
        is_mentioned = user_id in mentions and user_id != post.user_id
        has_blocked = post.user_id in world.users[user_id].blocks
        return PostActivity(user_id, [event], has_blocked if is_mentioned else UNSET)

    news = News("tweet_create_events", post.post_id, _concerned(world, post, mentions), body)
    parcels = simulation.courier.announce(news)
    simulation.records.ledger.append(
        "post",
        post_id=post.post_id,
        user_id=post.user_id,
        app_id=post.app_id,
        text=post.text,
        deliveries=[parcel.delivery_id for parcel in parcels],
    )
    simulation.live.publish("post", {"post_id": post.post_id, "user_id": post.user_id})
    return Happening(post.post_id, [event], parcels)


def _concerned(world: World, post: PostEntry, mentions: Sequence[str]) -> Sequence[str]:
    """Give who is told: its author, and who is mentioned, answered, quoted or reposted by it.

    Those mentioned in a Post that is reposted are not, nor is who may not see its author's Posts.
    """
    others = [world.posts.find(one) for one in (post.in_reply_to, post.quotes, post.reposts) if one]
    ids = (
        post.user_id,
        *mentions,
        post.in_reply_to_user,
        *(other.user_id for other in others if other is not None),
    )
    author = world.users[post.user_id]
    return [
        user_id
        for user_id in dict.fromkeys(ids)
        if user_id in world.users and relating.may_see(world, user_id, author)
    ]


def _addressed(text: PostText) -> str:
    """Give the id of the user whose mention a text begins with."""
    for item in text.entities.user_mentions:
        found = _mention.decode(item)
        if found.indices[0] == 0:
            return found.id_str
    return ""


def _quoted(world: World, text: PostText) -> str:
    post_id = post_links.post_in(_last_link(text))
    return post_id if world.posts.find(post_id) else ""


def _last_link(text: PostText) -> str:
    """Give the address at the very end of a text."""
    urls = text.entities.urls
    ends_with_link = bool(urls) and urls[-1].indices[1] == len(text.text)
    return urls[-1].expanded_url if ends_with_link else ""


def _recent(world: World, author: UserEntry) -> itertools.takewhile[PostEntry]:
    oldest = world.clock.now() - SAME_WITHIN
    return itertools.takewhile(
        lambda one: from_milliseconds(one.created_timestamp) >= oldest,
        world.posts.by(author.user_id),
    )


def _is_same(one: PostEntry, other: PostEntry) -> bool:
    def content(post: PostEntry) -> tuple[str, ...]:
        return (" ".join(post.typed.split()), post.in_reply_to, post.link, *post.media_ids)

    return not other.reposts and content(one) == content(other)
