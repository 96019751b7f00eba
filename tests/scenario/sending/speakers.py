"""Custom profiles of the account: a world that has two, what is known of them, one that goes."""

from __future__ import annotations

from msgspec.structs import replace
from tests.scenario.sending.conftest import ACCOUNT, Application

from roost.simulator import world_file
from roost.simulator.entries import WorldFile
from roost.simulator.welcome_entries import CustomProfileEntry

ASSISTANT, HERS = "5001", "5002"
NAMES = ["Acme Assistant", "Ann of Acme"]


def world_with_two() -> WorldFile:
    """Give a world whose account speaks under two custom profiles."""
    world = world_file.built_in()
    profiles = [
        CustomProfileEntry(profile_id=x_id, user_id=ACCOUNT, name=name, media_id="6001")
        for x_id, name in zip((ASSISTANT, HERS), NAMES, strict=True)
    ]
    return replace(world, custom_profiles=tuple(profiles))


def delete(application: Application, profile_id: str) -> None:
    """Delete a profile at X."""
    profiles = application.x.simulation.world.custom_profiles
    profiles[profile_id] = replace(profiles[profile_id], destroyed=True)


async def known(application: Application) -> list[str]:
    """Give the names that the application knows."""
    found = await application.store.transact(lambda tx: tx.x_objects.of(ACCOUNT))
    return [one.name for one in found]
