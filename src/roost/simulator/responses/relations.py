"""Following, blocking and muting."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from roost.simulator import limits, parameters, relating, user_views
from roost.simulator.calls import Answer, json_answer
from roost.simulator.entries import UserEntry
from roost.simulator.happenings import Happening
from roost.simulator.refusals import refusal
from roost.simulator.registry import ApiCall, responds
from roost.simulator.simulation import Simulation
from roost.xapi.wire_users import Friendship


@responds("friendships.show")
async def show(simulation: Simulation, asked: ApiCall) -> Answer:
    """Show how two users stand to each other; the source is the caller where none is named."""
    call, world = asked.call, simulation.world
    is_named = any(call.parameter(f"source_{name}") for name in ("id", "screen_name"))
    caller = world.users.get(asked.caller.user_id)
    source = parameters.user(world, call, "source_") if is_named or caller is None else caller
    target = parameters.user(world, call, "target_")
    return json_answer(Friendship(user_views.relationship(world, source, target)))


@responds("friendships.create", counts_itself=True)
async def follow(simulation: Simulation, asked: ApiCall) -> Answer:
    """Follow a user."""
    source, target = _pair(simulation, asked)
    if simulation.world.rules.limits == "on":
        caller = asked.caller
        counted = limits.meters(asked.route, app_id=caller.app_id, user_id=caller.user_id)
        simulation.limits.take(counted, code=161)
    relating.follow(simulation, source, target)
    return _shown(simulation, target)


def _changes(
    change: Callable[[Simulation, UserEntry, UserEntry], Happening],
) -> Callable[[Simulation, ApiCall], Awaitable[Answer]]:
    async def respond(simulation: Simulation, asked: ApiCall) -> Answer:
        source, target = _pair(simulation, asked)
        change(simulation, source, target)
        return _shown(simulation, target)

    return respond


responds("friendships.destroy")(_changes(relating.unfollow))
responds("blocks.create")(_changes(relating.block))
responds("blocks.destroy")(_changes(relating.unblock))
responds("mutes.create")(_changes(relating.mute))
responds("mutes.destroy")(_changes(relating.unmute))


def _pair(simulation: Simulation, asked: ApiCall) -> tuple[UserEntry, UserEntry]:
    target = parameters.user(simulation.world, asked.call)
    if target.suspended:
        raise refusal(63)
    return simulation.world.users[asked.caller.user_id], target


def _shown(simulation: Simulation, target: UserEntry) -> Answer:
    world = simulation.world
    return json_answer(user_views.full(world, world.users[target.user_id]))
