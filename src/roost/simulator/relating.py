"""Following, blocking and muting, whether an app or a person does it.

Source: https://developer.x.com/en/docs/x-api/v1/accounts-and-users (archived).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec.structs import replace

from roost.simulator import user_views
from roost.simulator.courier import News
from roost.simulator.entries import UserEntry
from roost.simulator.happenings import Happening
from roost.simulator.refusals import refusal
from roost.simulator.simulation import Simulation
from roost.simulator.world import World
from roost.xapi.wire_events import BlockActivity, FollowActivity, MuteActivity, RelationEvent

_BODIES: Mapping[str, tuple[str, Callable[[str, list[RelationEvent]], object]]] = MappingProxyType(
    {
        "follow": ("follow_events", FollowActivity),
        "unfollow": ("follow_events", FollowActivity),
        "block": ("block_events", BlockActivity),
        "unblock": ("block_events", BlockActivity),
        "mute": ("mute_events", MuteActivity),
        "unmute": ("mute_events", MuteActivity),
    }
)


def follow(simulation: Simulation, source: UserEntry, target: UserEntry) -> Happening:
    """Follow a user; who is protected is only asked, and nobody is told of that.

    Raises:
        Refusal: 158 oneself, 63 a suspended user, 162 somebody who blocks the follower, 160 a
            protected user who has been asked already.
    """
    if source.user_id == target.user_id:
        raise refusal(158)
    if target.suspended:
        raise refusal(63)
    if source.user_id in target.blocks:
        raise refusal(162)
    if target.user_id in source.follow_requests:
        raise refusal(160)
    if target.user_id in source.follows:
        return Happening(target.user_id)
    if target.protected:
        asked = (*source.follow_requests, target.user_id)
        simulation.world.put_user(replace(source, follow_requests=asked))
        return Happening(target.user_id)
    # Who follows somebody they have blocked no longer blocks them (assumed).
    follower = replace(
        source,
        follows=(*source.follows, target.user_id),
        blocks=_without(source.blocks, target),
    )
    simulation.world.put_user(follower)
    return _tell(simulation, "follow", follower, target)


def unfollow(simulation: Simulation, source: UserEntry, target: UserEntry) -> Happening:
    """No longer follow a user, or no longer ask to."""
    changed = replace(
        source,
        follows=_without(source.follows, target),
        follow_requests=_without(source.follow_requests, target),
    )
    simulation.world.put_user(changed)
    if target.user_id not in source.follows:
        return Happening(target.user_id)
    return _tell(simulation, "unfollow", changed, target)


def block(simulation: Simulation, source: UserEntry, target: UserEntry) -> Happening:
    """Block a user. Neither follows the other any longer, and nobody is told of that.

    To block oneself changes nothing (assumed).
    """
    if target.user_id in {*source.blocks, source.user_id}:
        return Happening(target.user_id)
    blocking = replace(
        source,
        blocks=(*source.blocks, target.user_id),
        follows=_without(source.follows, target),
        follow_requests=_without(source.follow_requests, target),
    )
    simulation.world.put_user(blocking)
    target = simulation.world.users[target.user_id]
    blocked = replace(
        target,
        follows=_without(target.follows, source),
        follow_requests=_without(target.follow_requests, source),
    )
    simulation.world.put_user(blocked)
    return _tell(simulation, "block", simulation.world.users[source.user_id], blocked)


def unblock(simulation: Simulation, source: UserEntry, target: UserEntry) -> Happening:
    """No longer block a user."""
    if target.user_id not in source.blocks:
        return Happening(target.user_id)
    changed = replace(source, blocks=_without(source.blocks, target))
    simulation.world.put_user(changed)
    return _tell(simulation, "unblock", changed, target)


def mute(simulation: Simulation, source: UserEntry, target: UserEntry) -> Happening:
    """Mute a user.

    Raises:
        Refusal: 271 oneself.
    """
    if source.user_id == target.user_id:
        raise refusal(271)
    if target.user_id in source.mutes:
        return Happening(target.user_id)
    changed = replace(source, mutes=(*source.mutes, target.user_id))
    simulation.world.put_user(changed)
    return _tell(simulation, "mute", changed, target)


def unmute(simulation: Simulation, source: UserEntry, target: UserEntry) -> Happening:
    """No longer mute a user.

    Raises:
        Refusal: 272 somebody who is not muted.
    """
    if target.user_id not in source.mutes:
        raise refusal(272)
    changed = replace(source, mutes=_without(source.mutes, target))
    simulation.world.put_user(changed)
    return _tell(simulation, "unmute", changed, target)


def may_see(world: World, viewer_id: str, author: UserEntry) -> bool:
    """Say whether a user may see another's Posts: `""` stands for an app by itself."""
    if viewer_id == author.user_id:
        return True
    if viewer_id in author.blocks:
        return False
    viewer = world.users.get(viewer_id)
    follows = viewer is not None and author.user_id in viewer.follows
    return follows or not author.protected


def _without(ids: tuple[str, ...], user: UserEntry) -> tuple[str, ...]:
    return tuple(one for one in ids if one != user.user_id)


def _tell(simulation: Simulation, kind: str, source: UserEntry, target: UserEntry) -> Happening:
    world = simulation.world
    event = RelationEvent(
        type=kind,
        created_timestamp=world.timestamp(),
        target=user_views.in_relation(world, target),
        source=user_views.in_relation(world, source),
    )
    name, body = _BODIES[kind]
    # Only that one begins to follow is told to both sides.
    told = (source.user_id, target.user_id) if kind == "follow" else (source.user_id,)
    news = News(name, target.user_id, told, lambda user_id: body(user_id, [event]))
    parcels = simulation.courier.announce(news)
    change = {"type": kind, "source_id": source.user_id, "target_id": target.user_id}
    simulation.records.ledger.append(
        "relation", **change, deliveries=[parcel.delivery_id for parcel in parcels]
    )
    simulation.live.publish("relation", change)
    return Happening(target.user_id, [event], parcels)
