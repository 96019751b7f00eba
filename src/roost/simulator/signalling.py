"""Typing and read marks, whether an app or a person makes them.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/typing-indicator-and-read-receipts
(archived).
"""

from __future__ import annotations

from roost.simulator import views
from roost.simulator.courier import News
from roost.simulator.entries import MessageEntry, UserEntry
from roost.simulator.happenings import Happening
from roost.simulator.simulation import Simulation
from roost.xapi.wire_dm import Target
from roost.xapi.wire_events import ReadActivity, ReadMark, Typing, TypingActivity


def show_typing(simulation: Simulation, sender: UserEntry, recipient: UserEntry) -> Happening:
    """Let the recipient see for about three seconds that the sender is writing."""
    world = simulation.world
    event = Typing(world.timestamp(), sender.user_id, Target(recipient.user_id))
    users = views.users_map(world, {sender.user_id, recipient.user_id})
    news = News(
        "direct_message_indicate_typing_events",
        sender.user_id,
        (recipient.user_id,),
        lambda user_id: TypingActivity(user_id, [event], users),
    )
    parcels = simulation.courier.announce(news)
    simulation.records.ledger.append(
        "typing",
        sender_id=sender.user_id,
        recipient_id=recipient.user_id,
        deliveries=[parcel.delivery_id for parcel in parcels],
    )
    simulation.live.publish("typing", event)
    return Happening(recipient.user_id, [event], parcels)


def mark_read(simulation: Simulation, reader: UserEntry, message: MessageEntry) -> Happening:
    """Mark a message and all before it as read. Where they are already, nobody is told."""
    world, writer_id = simulation.world, message.sender_id
    pair = (reader.user_id, writer_id)
    if int(world.reads.get(pair, "0")) >= int(message.message_id):
        return Happening(message.message_id)
    world.reads[pair] = message.message_id
    event = ReadMark(
        created_timestamp=world.timestamp(),
        sender_id=reader.user_id,
        target=Target(writer_id),
        last_read_event_id=message.message_id,
    )
    users = views.users_map(world, {reader.user_id, writer_id})
    news = News(
        "direct_message_mark_read_events",
        message.message_id,
        (writer_id,),
        lambda user_id: ReadActivity(user_id, [event], users),
    )
    parcels = simulation.courier.announce(news)
    simulation.records.ledger.append(
        "read",
        reader_id=reader.user_id,
        writer_id=writer_id,
        message_id=message.message_id,
        deliveries=[parcel.delivery_id for parcel in parcels],
    )
    simulation.live.publish("read", event)
    return Happening(message.message_id, [event], parcels)
