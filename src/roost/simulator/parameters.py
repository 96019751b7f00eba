"""Parameters of a call, wherever a client put them: X takes them from query, form and JSON."""

from __future__ import annotations

from roost.simulator.calls import Call
from roost.simulator.entries import UserEntry
from roost.simulator.refusals import Refusal, refusal
from roost.simulator.world import World

_TRUE = frozenset({"true", "1", "t"})
_FALSE = frozenset({"false", "0", "f"})


def need(call: Call, name: str, *, status: int | None = None) -> str:
    """Give a parameter that has to be there.

    Raises:
        Refusal: 38, it is missing.
    """
    value = call.parameter(name)
    if not value:
        raise missing(name, status=status)
    return value


def flag(call: Call, name: str, *, default: bool) -> bool:
    """Give a parameter that says yes or no; what is neither counts as missing."""
    value = call.parameter(name).lower()
    return value in _TRUE if value in _TRUE | _FALSE else default


def user(world: World, call: Call, prefix: str = "", *, unknown: int = 50) -> UserEntry:
    """Give the user that `user_id` or `screen_name` names.

    Args:
        world: Its users.
        call: The call.
        prefix: `source_` or `target_`, where X calls them `source_id` and `source_screen_name`.
        unknown: X's code where there is no such user.

    Raises:
        Refusal: 38 neither is there; `unknown` there is no such user.
    """
    id_name = f"{prefix}id" if prefix else "user_id"
    user_id, screen_name = call.parameter(id_name), call.parameter(f"{prefix}screen_name")
    if not user_id and not screen_name:
        raise missing(id_name)
    found = world.users.get(user_id) if user_id else _named(world, screen_name)
    if found is None:
        raise refusal(unknown, reason=f"there is no user {user_id or screen_name!r}")
    return found


def missing(name: str, *, status: int | None = None) -> Refusal:
    """Make X's refusal of a call that lacks a parameter."""
    return refusal(38, message=f"{name} parameter is missing.", status=status)


def _named(world: World, screen_name: str) -> UserEntry | None:
    return world.user_by_screen_name(screen_name.removeprefix("@"))
