"""What happened at X, decoded and typed; the same whichever dialect told us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from roost.model.activities import ACTIVITY_TYPES, Activity
from roost.model.ids import ConversationId, UserId
from roost.model.messages import Message, Profile


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A customer wrote to one of our accounts.

    Attributes:
        account_id: Our account.
        event_key: The message's id; the same event delivered again has the same key.
        position: Sort key, see `roost.model.ids.position_of`.
        conversation_id: The one-to-one conversation.
        customer: Who wrote.
        message: What they wrote.
        at: When, by X's clock.
    """

    account_id: UserId
    event_key: str
    position: int
    conversation_id: ConversationId
    customer: Profile
    message: Message
    at: datetime


@dataclass(frozen=True, slots=True)
class MessageSent:
    """One of our accounts wrote: the echo of our own send, or a person using X's own app.

    Attributes: as in `MessageReceived`; `customer` is who was written to.
    """

    account_id: UserId
    event_key: str
    position: int
    conversation_id: ConversationId
    customer: Profile
    message: Message
    at: datetime


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """Something X sent that this version does not know. Kept, and shown, never dropped.

    Attributes:
        account_id: Our account; `""` where the delivery named none.
        event_key: Hash of the element as received.
        position: Sort key.
        name: The key X put it under, for example `tweet_create_events`.
        at: When it was received.
    """

    account_id: UserId
    event_key: str
    position: int
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer of a conversation came due. It is ours: X knows nothing of it.

    Attributes:
        account_id: Our account.
        event_key: Drawn whenever a timer is set, so that each setting fires once.
        position: Sort key of the time it was due, among the conversation's messages.
        conversation_id: Whose timer it was.
        name: As it was set.
        data: As it was set.
        due_at: When it was due.
        at: When it fired, by the service's clock; never before `due_at`.
    """

    account_id: UserId
    event_key: str
    position: int
    conversation_id: ConversationId
    name: str
    data: str
    due_at: datetime
    at: datetime


Event = MessageReceived | MessageSent | Unrecognised | TimerFired | Activity
"""The closed union of events."""

TurnEvent = MessageReceived | TimerFired | Activity
"""Those that a decider is asked about."""

TURN_EVENT_TYPES: Mapping[str, type[TurnEvent]] = MappingProxyType(
    {
        "message_received": MessageReceived,
        "timer_fired": TimerFired,
        **ACTIVITY_TYPES,
    }
)
"""The kinds that a turn can hold."""

EVENT_TYPES: Mapping[str, type[Event]] = MappingProxyType(
    {
        **TURN_EVENT_TYPES,
        "message_sent": MessageSent,
        "unrecognised": Unrecognised,
    }
)
"""Each kind, as stored, and its class."""

KINDS: Mapping[type, str] = MappingProxyType({cls: kind for kind, cls in EVENT_TYPES.items()})
"""Each event class and its kind."""


def conversation_of(event: Event) -> str:
    """Name the conversation an event belongs to; `""` where it belongs to none."""
    return "" if isinstance(event, Unrecognised) else event.conversation_id
