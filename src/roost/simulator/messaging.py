"""Sending a Direct Message, whether an app or a person does it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from roost.simulator import texts, views
from roost.simulator.courier import News, Parcel
from roost.simulator.entries import MessageEntry, UserEntry
from roost.simulator.simulation import Simulation
from roost.simulator.texts import Surroundings
from roost.simulator.world import World
from roost.xapi.wire_dm import Cta, InitiatedVia, MessageData


def may_write(world: World, sender: UserEntry, recipient: UserEntry) -> bool:
    """Say whether X lets one user write to another.

    Neither blocks the other, and the recipient follows the sender, takes messages from anyone, or
    has written to the sender before. The last is assumed; so is that blocking works both ways.
    """
    if sender.user_id in recipient.blocks or recipient.user_id in sender.blocks:
        return False
    return (
        recipient.dms_from_anyone
        or recipient.user_id == sender.user_id
        or sender.user_id in recipient.follows
        or any(
            message.sender_id == recipient.user_id
            for message in world.conversation(sender.user_id, recipient.user_id)
        )
    )


def is_for(message: MessageEntry, viewer_id: str) -> bool:
    """Say whether a message is in a user's conversations: theirs, and not deleted by them."""
    is_theirs = viewer_id in {message.sender_id, message.recipient_id}
    return is_theirs and viewer_id not in message.hidden_from


def send(
    simulation: Simulation,
    sender_id: str,
    recipient_id: str,
    data: MessageData,
    *,
    app_id: str,
    initiated_via: InitiatedVia | UnsetType = UNSET,
) -> tuple[MessageEntry, Sequence[Parcel]]:
    """Let X take a message: store it, and begin to deliver it.

    Args:
        simulation: Where.
        sender_id: A user who may write to the recipient.
        recipient_id: A user.
        data: As it was asked for, checked.
        app_id: What it is sent with.
        initiated_via: What it was begun from.
    """
    world = simulation.world
    message = MessageEntry(
        message_id=world.ids.next(),
        created_timestamp=world.timestamp(),
        sender_id=sender_id,
        recipient_id=recipient_id,
        app_id=app_id,
        data=_as_stored(world, data),
        initiated_via=initiated_via,
    )
    world.put_message(message)
    simulation.allowance.received(by=recipient_id, sender=sender_id)
    news = News(
        "direct_message_events",
        message.message_id,
        tuple(dict.fromkeys((sender_id, recipient_id))),
        lambda user_id: views.activity(world, message, user_id),
    )
    parcels = simulation.courier.announce(news)
    _tell(simulation, message, parcels)
    return message, parcels


def _as_stored(world: World, data: MessageData) -> MessageData:
    around = Surroundings(world.short_link, world.user_by_screen_name)
    text, entities = texts.as_x_gives(data.text, around)
    return replace(data, text=text, entities=entities, ctas=_with_short_links(world, data.ctas))


def _with_short_links(world: World, ctas: list[Cta] | UnsetType) -> list[Cta] | UnsetType:
    if ctas is UNSET:
        return UNSET
    return [replace(cta, tco_url=world.short_link()) for cta in ctas]


def _tell(simulation: Simulation, message: MessageEntry, parcels: Sequence[Parcel]) -> None:
    simulation.records.ledger.append(
        "message",
        message_id=message.message_id,
        sender_id=message.sender_id,
        recipient_id=message.recipient_id,
        app_id=message.app_id,
        text=message.data.text,
        deliveries=[parcel.delivery_id for parcel in parcels],
    )
    simulation.live.publish(
        "message",
        {
            "participants": [message.sender_id, message.recipient_id],
            "event": views.event(message, names_app=True),
        },
    )
