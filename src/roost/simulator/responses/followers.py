"""Who follows a user, page by page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from roost.simulator import parameters, relating, user_views
from roost.simulator.calls import Answer, json_answer
from roost.simulator.entries import UserEntry
from roost.simulator.json_path import Node, malformed
from roost.simulator.refusals import Refusal
from roost.simulator.registry import ApiCall, responds
from roost.simulator.simulation import Simulation
from roost.xapi.wire_users import IdPage, UserPage

MOST_IDS = 5_000
MOST_USERS = 200
"""How many are given at once."""

_USERS = 20
_CURSOR = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class _Found:
    """A page of followers, newest last, and the numbers of the pages beside it; 0 for none."""

    users: Sequence[UserEntry]
    following: int
    previous: int


@responds("followers.ids")
async def ids(simulation: Simulation, asked: ApiCall) -> Answer:
    """List the ids of a user's followers."""
    page = _page(simulation, asked, MOST_IDS, MOST_IDS)
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


@responds("followers.list")
async def list_users(simulation: Simulation, asked: ApiCall) -> Answer:
    """List a user's followers."""
    page = _page(simulation, asked, _USERS, MOST_USERS)
    return json_answer(
        UserPage(
            users=[user_views.full(simulation.world, user) for user in page.users],
            next_cursor=page.following,
            next_cursor_str=str(page.following),
            previous_cursor=page.previous,
            previous_cursor_str=str(page.previous),
        )
    )


def _page(simulation: Simulation, asked: ApiCall, usual: int, most: int) -> _Found:
    world, call = simulation.world, asked.call
    is_named = parameters.text(call, "user_id") or parameters.text(call, "screen_name")
    caller = world.users.get(asked.caller.user_id)
    user = caller if caller and not is_named else parameters.user(world, call, unknown=34)
    if not relating.may_see(world, asked.caller.user_id, user):
        raise _not_authorized(asked)
    count = min(int(Node(parameters.text(call, "count") or str(usual), "count").long()), most)
    begin = max(0, _cursor(parameters.text(call, "cursor")))
    # A cursor is how many come before a page; -1, and what X gives as 0, are the first.
    followers = [one for one in world.users.values() if user.user_id in one.follows]
    end = begin + count
    return _Found(
        followers[begin:end],
        following=end if count and end < len(followers) else 0,
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
    return Refusal(json_answer(body, status=401), reason="a protected user's followers")
