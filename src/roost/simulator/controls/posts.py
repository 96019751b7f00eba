"""Posts, as the phone shows them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import msgspec
from litestar import Controller, get
from litestar.params import FromQuery

from roost.simulator import post_views, posting
from roost.simulator.actions import InvalidAction
from roost.simulator.controls.parts import Parts
from roost.simulator.entries import PostEntry, PostStanding, RepliesFrom
from roost.simulator.post_views import Form, Look
from roost.simulator.world import World
from roost.xapi.wire_tweets import Tweet

PAGE = 100
"""Posts given at once."""


class ShownLink(msgspec.Struct, frozen=True):
    """A deep link, which X shows as the button *Send a private message*; `""` for what it lacks."""

    recipient_id: str
    welcome_message_id: str
    text: str


class ShownPost(msgspec.Struct, frozen=True):
    """A Post for people.

    Attributes:
        text: What its author wrote, links and all; without what X added before and after.
        liked_by: Ids of users.
        in_reply_to: The id of the Post it answers, `""` for none; likewise `quotes`, `reposts`.
        replies_from: Whom its author lets answer.
        standing: What X thinks of it; what it has taken away is shown here all the same.
        tweet: The whole Post as X's API shows it.
    """

    post_id: str
    user_id: str
    created_timestamp: str
    text: str
    liked_by: Sequence[str]
    in_reply_to: str
    quotes: str
    reposts: str
    deep_link: ShownLink | None
    replies_from: RepliesFrom
    standing: PostStanding
    tweet: Tweet


class PostPage(msgspec.Struct, frozen=True):
    """Posts, newest first; `next` is the `after` of the next page, null at the end."""

    posts: Sequence[ShownPost]
    next: str | None


class PostController(Controller):
    """Looking at Posts."""

    path = "/_sim/posts"

    @get()
    async def posts(
        self, parts: Parts, user_id: FromQuery[str], after: FromQuery[int | None] = None
    ) -> PostPage:
        """Show a user's Posts, newest first, a hundred at once; `after` gives those before one."""
        world = parts.world
        if user_id not in world.users:
            raise InvalidAction("user_id", f"there is no user {user_id}")
        older = (
            post for post in world.posts.by(user_id) if after is None or int(post.post_id) < after
        )
        found = list(itertools.islice(older, PAGE + 1))
        page = found[:PAGE]
        return PostPage(
            [_shown(world, post) for post in page],
            page[-1].post_id if len(found) > PAGE else None,
        )


def _shown(world: World, post: PostEntry) -> ShownPost:
    link = posting.deep_link_of(post)
    return ShownPost(
        post_id=post.post_id,
        user_id=post.user_id,
        created_timestamp=post.created_timestamp,
        text=post.typed,
        liked_by=world.posts.likers(post.post_id),
        in_reply_to=post.in_reply_to,
        quotes=post.quotes,
        reposts=post.reposts,
        deep_link=ShownLink(link.recipient_id, link.welcome_message_id, link.text)
        if link
        else None,
        replies_from=post.replies_from,
        standing=post.standing,
        tweet=post_views.tweet(world, post, Look(Form.WHOLE)),
    )
