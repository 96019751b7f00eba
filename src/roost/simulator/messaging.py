"""Sending a Direct Message, whether an app or a person does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from roost.simulator import attachments, texts, views, welcome_views
from roost.simulator.courier import News, Parcel
from roost.simulator.entries import MessageEntry, UserEntry
from roost.simulator.limits import Meter
from roost.simulator.simulation import Simulation
from roost.simulator.texts import Surroundings
from roost.simulator.world import X_CLIENT, World
from roost.xapi.routes.route import DAY, Window
from roost.xapi.wire_dm import Cta, InitiatedVia, MessageData


@dataclass(frozen=True, slots=True)
class Along:
    """What goes with a message besides its content; `""` for nothing.

    Attributes:
        media_id: Media that its sender may put on a message.
        custom_profile_id: One of the sender's.
        begun_from: The Post whose link the conversation was opened by.
    """

    media_id: str = ""
    custom_profile_id: str = ""
    begun_from: InitiatedVia | UnsetType = UNSET


_NOTHING = Along()
_ROUTE = "dm.events.new"


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
        or _has_written(world, recipient, sender)
    )


def is_open_to(world: World, sender: UserEntry, recipient: UserEntry) -> bool:
    """Say whether a message would be no request, or one that X takes from its sender.

    A request is what is written to somebody who neither follows the sender nor has ever written.
    """
    if world.rules.message_requests == "anyone" or sender.verified:
        return True
    return (
        recipient.user_id == sender.user_id
        or sender.user_id in recipient.follows
        or _has_written(world, recipient, sender)
    )


def _has_written(world: World, one: UserEntry, other: UserEntry) -> bool:
    messages = world.conversation(one.user_id, other.user_id)
    return any(message.sender_id == one.user_id for message in messages)


def count(simulation: Simulation, sender_id: str, recipient_id: str, *, app_id: str) -> None:
    """Count a message that is about to be sent: a free reply, or on the day of user and app.

    What is written in X's own apps counts for the user and for no app.

    Raises:
        Refusal: 88, the day's messages are used up.
    """
    rules = simulation.world.rules
    is_free = simulation.allowance.use(by=sender_id, recipient=recipient_id)
    if is_free or rules.limits == "off":
        return
    meters = [user_meter(simulation.world, sender_id)]
    if app_id != X_CLIENT.app_id:
        meters.append(app_meter(simulation.world, app_id))
    simulation.limits.take(meters)


def user_meter(world: World, user_id: str) -> Meter:
    """Give what a user's messages of 24 hours are counted on, whichever app sends them."""
    return Meter((_ROUTE, "user", user_id), Window(world.rules.user_dm_per_24h, DAY))


def app_meter(world: World, app_id: str) -> Meter:
    """Give what an app's messages of 24 hours are counted on, whoever it sends them for."""
    return Meter((_ROUTE, "app", app_id), Window(world.rules.app_dm_per_24h, DAY, per="app"))


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
    along: Along = _NOTHING,
) -> tuple[MessageEntry, Sequence[Parcel]]:
    """Let X take a message: store it, and begin to deliver it.

    Args:
        simulation: Where.
        sender_id: A user who may write to the recipient.
        recipient_id: A user.
        data: As it was asked for, checked.
        app_id: What it is sent with.
        along: What goes with it.
    """
    world = simulation.world
    message_id = world.ids.next()
    message = MessageEntry(
        message_id=message_id,
        created_timestamp=world.timestamp(),
        sender_id=sender_id,
        recipient_id=recipient_id,
        app_id=app_id,
        custom_profile_id=along.custom_profile_id,
        media_id=along.media_id,
        data=as_stored(world, data, owner_id=message_id, media_id=along.media_id),
        initiated_via=_before(
            world.openings.message_passed(sender_id, recipient_id), along.begun_from
        ),
    )
    world.put_message(message)
    world.media.use(along.media_id, message_id)
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


def _before(
    passed: InitiatedVia | UnsetType, begun_from: InitiatedVia | UnsetType
) -> InitiatedVia | UnsetType:
    """Join what an opening left behind with the Post that a message was begun from."""
    if passed is UNSET or begun_from is UNSET:
        return begun_from if passed is UNSET else passed
    return replace(passed, tweet_id=begun_from.tweet_id)


def as_stored(world: World, data: MessageData, *, owner_id: str, media_id: str) -> MessageData:
    """Turn content as it was asked for into content as X gives it to readers.

    Args:
        world: Where.
        data: Checked.
        owner_id: The message it is of, or the welcome message.
        media_id: The media on it; `""` for none.
    """
    around = Surroundings(world.short_link, world.user_by_screen_name)
    text, entities = texts.as_x_gives(data.text, around)
    ctas = _with_short_links(world, data.ctas)
    stored = replace(data, text=text, entities=entities, ctas=ctas)
    media = world.media.media(media_id)
    if media is None:
        return stored
    return attachments.with_media(
        stored, media, owner_id=owner_id, link=world.short_link(), rules=world.rules
    )


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
        is_quick_reply=message.data.quick_reply_response is not UNSET,
        deliveries=[parcel.delivery_id for parcel in parcels],
    )
    simulation.live.publish(
        "message",
        {
            "participants": [message.sender_id, message.recipient_id],
            "event": views.event(message, names_app=True),
            "custom_profiles": welcome_views.custom_profiles(
                simulation.world, [message.custom_profile_id]
            ),
        },
    )
