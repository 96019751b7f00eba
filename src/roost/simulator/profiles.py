"""Which custom profiles a user may speak under."""

from __future__ import annotations

from collections.abc import Sequence

from roost.simulator.json_path import malformed
from roost.simulator.welcome_entries import CustomProfileEntry
from roost.simulator.world import World


def of_user(world: World, user_id: str) -> Sequence[CustomProfileEntry]:
    """Give a user's custom profiles, without those that were destroyed."""
    return [
        entry
        for entry in world.custom_profiles.values()
        if entry.user_id == user_id and not entry.destroyed
    ]


def may_have(world: World, user_id: str) -> bool:
    """Tell whether X lets a user have custom profiles, which it can withdraw."""
    user = world.users[user_id]
    return user.verified and user.custom_profiles_allowed


def find(world: World, user_id: str, profile_id: str) -> CustomProfileEntry | None:
    """Give a user's custom profile, one that was destroyed too."""
    entry = world.custom_profiles.get(profile_id)
    return entry if entry is not None and entry.user_id == user_id else None


def check(world: World, user_id: str, profile_id: str, path: str) -> None:
    """Check that a user may speak under a profile; `""` is always allowed.

    Raises:
        Refusal: 214 naming `path`: there is no such profile of this user, or not any more, or X no
            longer lets the user have any.
    """
    if not profile_id:
        return
    entry = find(world, user_id, profile_id)
    if entry is None or entry.destroyed or not may_have(world, user_id):
        raise malformed(f"{path}: there is no custom profile {profile_id}")
