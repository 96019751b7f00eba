"""What stands between a user and a Post: X has taken it away, or its author answers to few.

Source: https://developer.x.com/en/support/x-api/error-troubleshooting (archived), codes 144, 179,
421, 422, 425 and 433; which calls answer with which of them is assumed.
"""

from __future__ import annotations

from collections.abc import Sequence

from roost.simulator import relating
from roost.simulator.entries import PostEntry, UserEntry
from roost.simulator.refusals import Refusal, refusal
from roost.simulator.world import World

_WITHDRAWN = {"unavailable": 421, "violating": 422}


def check_seen(world: World, post: PostEntry, viewer_id: str) -> None:
    """Refuse whoever may not see a Post. Its author still sees what X has taken away.

    Raises:
        Refusal: 179 it is for its author's followers, 421 or 422 X has taken it away, or what it
            reposts.
    """
    if not relating.may_see(world, viewer_id, world.users[post.user_id]):
        raise refusal(179)
    code = _withdrawn(world, post)
    if code is not None and viewer_id != post.user_id:
        raise refusal(code)


def is_shown(world: World, post: PostEntry | None, viewer_id: str) -> bool:
    """Say whether a Post is there for a viewer."""
    if post is None:
        return False
    try:
        check_seen(world, post, viewer_id)
    except Refusal:
        return False
    return True


def is_withdrawn(world: World, post: PostEntry) -> bool:
    """Say whether X has taken away a Post, or what it reposts."""
    return _withdrawn(world, post) is not None


def check_acted_on(post: PostEntry) -> None:
    """Refuse to like, repost or answer a Post with which X lets nobody do anything.

    Raises:
        Refusal: 425.
    """
    if post.standing == "limited":
        raise refusal(425)


def check_answered(post: PostEntry, author: UserEntry, by: UserEntry, named: Sequence[str]) -> None:
    """Refuse an answer of somebody whom a Post's author does not let answer.

    Args:
        post: What is answered.
        author: Who wrote it.
        by: Who answers.
        named: Ids of those it mentions, who always may.

    Raises:
        Refusal: 433, or 425.
    """
    check_acted_on(post)
    is_let = (
        post.replies_from == "everyone"
        or by.user_id in {author.user_id, *named}
        or (post.replies_from == "followed" and by.user_id in author.follows)
    )
    if not is_let:
        raise refusal(433, reason=f"@{author.screen_name} lets {post.replies_from} answer")


def _withdrawn(world: World, post: PostEntry) -> int | None:
    original = world.posts.find(post.reposts)
    return _WITHDRAWN.get((original or post).standing)
