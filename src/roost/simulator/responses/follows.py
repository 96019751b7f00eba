"""Who follows a user, and whom a user follows, page by page."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from roost.simulator import parameters, relating, user_views
from roost.simulator.calls import Answer, json_answer
from roost.simulator.entries import UserEntry
from roost.simulator.json_path import Node, malformed
from roost.simulator.refusals import Refusal
from roost.simulator.registry import ApiCall, responds
from roost.simulator.simulation import Simulation
from roost.simulator.world import World
from roost.xapi.wire_users import IdPage, UserPage

MOST_IDS = 5_000
MOST_USERS = 200
"""How many are given at once."""

_USERS = 20
_CURSOR = re.compile(r"-?[0-9]{1,18}")


Listed = Callable[[World, UserEntry], Sequence[UserEntry]]


@dataclass(frozen=True, slots=True)
class _Found:
    """A page of users, and the numbers of the pages beside it; 0 for none."""

    users: Sequence[UserEntry]
    following: int
    previous: int


@responds("followers.ids")
async def follower_ids(simulation: Simulation, asked: ApiCall) -> Answer:
    """List the ids of a user's followers."""
    return _ids(simulation, asked, _followers)


@responds("friends.ids")
async def friend_ids(simulation: Simulation, asked: ApiCall) -> Answer:
    """List the ids of those whom a user follows."""
    return _ids(simulation, asked, _friends)


@responds("followers.list")
async def list_followers(simulation: Simulation, asked: ApiCall) -> Answer:
    """List a user's followers."""
    return _users(simulation, asked, _followers)


@responds("friends.list")
async def list_friends(simulation: Simulation, asked: ApiCall) -> Answer:
    """List those whom a user follows."""
    return _users(simulation, asked, _friends)


def _followers(world: World, user: UserEntry) -> Sequence[UserEntry]:
    return [one for one in world.users.values() if user.user_id in one.follows]


def _friends(world: World, user: UserEntry) -> Sequence[UserEntry]:
    """Give them as X does, the latest first."""
    return [world.users[user_id] for user_id in reversed(user.follows) if user_id in world.users]


def _ids(simulation: Simulation, asked: ApiCall, listed: Listed) -> Answer:
    page = _page(simulation, asked, listed, MOST_IDS)
    user_ids = [user.user_id for user in page.users]
    is_text = parameters.flag(asked.call, "stringify_ids", default=False)
    return json_answer(
        IdPage(
            ids=user_ids if is_text else [int(user_id) for user_id in user_ids],
            next_cursor=page.following,
            next_cursor_str=str(page.following),
            previous_cursor=page.previous,
            previous_cursor_str=str(page.previous),
        )
    )


def _users(simulation: Simulation, asked: ApiCall, listed: Listed) -> Answer:
    page = _page(simulation, asked, listed, MOST_USERS)
    return json_answer(
        UserPage(
            users=[user_views.full(simulation.world, user) for user in page.users],
            next_cursor=page.following,
            next_cursor_str=str(page.following),
            previous_cursor=page.previous,
            previous_cursor_str=str(page.previous),
        )
    )


def _page(simulation: Simulation, asked: ApiCall, listed: Listed, most: int) -> _Found:
    world, call = simulation.world, asked.call
    is_named = call.parameter("user_id") or call.parameter("screen_name")
    caller = world.users.get(asked.caller.user_id)
    user = caller if caller and not is_named else parameters.user(world, call, unknown=34)
    if not relating.may_see(world, asked.caller.user_id, user):
        raise _not_authorized(asked)
    usual = _USERS if most == MOST_USERS else most
    count = min(int(Node(call.parameter("count") or str(usual), "count").long()), most)
    begin = max(0, _cursor(call.parameter("cursor")))
    # A cursor is how many come before a page; -1, and what X gives as 0, are the first.
    users, end = listed(world, user), begin + count
    return _Found(
        users[begin:end],
        following=end if count and end < len(users) else 0,
        previous=-max(1, begin - count) if begin else 0,
    )


def _cursor(text: str) -> int:
    if not text:
        return -1
    if not _CURSOR.fullmatch(text):
        raise malformed(f"cursor: '{text}' is not a valid Long")
    return int(text)


def _not_authorized(asked: ApiCall) -> Refusal:
    """Make the refusal that X writes in its oldest form: one string, no code.

    Source: answers recorded in client libraries' test suites.
    """
    body = {"request": asked.call.path, "error": "Not authorized."}
    return Refusal(json_answer(body, status=401), reason="a protected user's followers and friends")
