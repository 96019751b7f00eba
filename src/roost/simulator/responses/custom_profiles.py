"""Custom profiles: other names and pictures for an account to speak under."""

from __future__ import annotations

from msgspec.structs import replace

from roost.simulator import media_use, paging, profiles, welcome_views
from roost.simulator.calls import Answer, json_answer
from roost.simulator.json_path import Node
from roost.simulator.refusals import refusal
from roost.simulator.registry import ApiCall, responds
from roost.simulator.simulation import Simulation
from roost.simulator.welcome_entries import CustomProfileEntry
from roost.xapi.wire_profiles import CustomProfileList, OneCustomProfile

LONGEST_NAME = 48
"""Characters."""


@responds("custom_profiles.new")
async def new(simulation: Simulation, asked: ApiCall) -> Answer:
    """Make one, for a user that X lets have them."""
    wanted = Node.of(asked.call).need("custom_profile")
    name = wanted.need("name").text(LONGEST_NAME)
    media_id = wanted.need("avatar").need("media").need("id").long()
    world, user_id = simulation.world, asked.caller.user_id
    _check_right(simulation, asked)
    if media_use.claim(world, media_id, user_id).kind != "photo":
        raise refusal(324, reason=f"media {media_id} is no picture")
    entry = CustomProfileEntry(
        profile_id=world.ids.next(),
        user_id=user_id,
        created_timestamp=world.timestamp(),
        name=name,
        media_id=media_id,
    )
    world.custom_profiles[entry.profile_id] = entry
    return json_answer(OneCustomProfile(welcome_views.custom_profile(world, entry)))


@responds("custom_profiles.show")
async def show(simulation: Simulation, asked: ApiCall) -> Answer:
    """Show one; to others than its user, or once destroyed, it does not exist."""
    # X's own `rate_limit_status` calls it /custom_profiles/show, and clients ask for it so.
    _check_right(simulation, asked)
    given = asked.path["id"]
    entry = _own(simulation, asked, asked.call.parameter("id") if given == "show" else given)
    if entry.destroyed:
        raise refusal(34, reason="that custom profile was destroyed")
    return json_answer(OneCustomProfile(welcome_views.custom_profile(simulation.world, entry)))


@responds("custom_profiles.list")
async def list_profiles(simulation: Simulation, asked: ApiCall) -> Answer:
    """List a user's custom profiles, newest first."""
    _check_right(simulation, asked)
    own_ones = profiles.of_user(simulation.world, asked.caller.user_id)
    newest_first = paging.below(asked.call, own_ones, _id_of)
    page, next_cursor = paging.page(asked.call, newest_first, _id_of)
    shown = [welcome_views.custom_profile(simulation.world, entry) for entry in page]
    return json_answer(CustomProfileList(shown, next_cursor))


@responds("custom_profiles.destroy")
async def destroy(simulation: Simulation, asked: ApiCall) -> Answer:
    """Destroy one, once or more often; messages that were said under it still name it."""
    entry = _own(simulation, asked, asked.call.parameter("id"))
    simulation.world.custom_profiles[entry.profile_id] = replace(entry, destroyed=True)
    return Answer(204)


def _check_right(simulation: Simulation, asked: ApiCall) -> None:
    if not profiles.may_have(simulation.world, asked.caller.user_id):
        raise refusal(220, reason="X lets only verified users have them that it has listed")


def _own(simulation: Simulation, asked: ApiCall, profile_id: str) -> CustomProfileEntry:
    Node(profile_id, "id").long()
    entry = profiles.find(simulation.world, asked.caller.user_id, profile_id)
    if entry is None:
        raise refusal(34, reason=f"this user has no custom profile {profile_id}")
    return entry


def _id_of(entry: CustomProfileEntry) -> str:
    return entry.profile_id
