"""Whom or what an action is done to, or the field that is wrong."""

from __future__ import annotations

from collections.abc import Callable

from roost.simulator import post_access
from roost.simulator.actions import Action, InvalidAction
from roost.simulator.entries import AppEntry, PostEntry, UserEntry
from roost.simulator.happenings import Happening
from roost.simulator.refusals import Refusal
from roost.simulator.simulation import Simulation


def post(simulation: Simulation, viewer: UserEntry, action: Action) -> PostEntry:
    """Give the Post `post_id` names.

    Raises:
        InvalidAction: There is none that the user may see.
    """
    if not action.post_id:
        raise InvalidAction("post_id", f"is missing: {action.action} needs the id of a Post")
    world = simulation.world
    found = world.posts.find(action.post_id)
    if found is None or not post_access.is_shown(world, found, viewer.user_id):
        raise InvalidAction("post_id", f"there is no Post {action.post_id} this user may see")
    return found


def app(simulation: Simulation, action: Action) -> AppEntry:
    """Give the app `app_id` names, or the only one there is.

    Raises:
        InvalidAction: There is none, or several and none is named.
    """
    apps = simulation.world.apps
    if not action.app_id and len(apps) == 1:
        return next(iter(apps.values()))
    found = apps.get(action.app_id)
    if found is None:
        raise InvalidAction("app_id", f"must be one of: {', '.join(apps)}")
    return found


def allowed(field: str, check: Callable[[], None]) -> None:
    """Ask whether X allows something, and say of which field it thinks that it does not.

    Raises:
        InvalidAction: X refuses.
    """
    try:
        check()
    except Refusal as error:
        raise InvalidAction(field, error.reason) from error


def doing(field: str, act: Callable[[], Happening]) -> Happening:
    """Do something that X may refuse, and say of which field it thinks so.

    Raises:
        InvalidAction: X refuses.
    """
    try:
        return act()
    except Refusal as error:
        raise InvalidAction(field, error.reason) from error
