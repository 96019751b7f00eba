"""What happened at X, decoded and typed; the same whichever dialect told us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

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


Event = MessageReceived | MessageSent | Unrecognised
"""The closed union of events."""

EVENT_TYPES: Mapping[str, type[MessageReceived | MessageSent | Unrecognised]] = MappingProxyType(
    {
        "message_received": MessageReceived,
        "message_sent": MessageSent,
        "unrecognised": Unrecognised,
    }
)
"""Each kind, as stored, and its class."""

KINDS: Mapping[type, str] = MappingProxyType({cls: kind for kind, cls in EVENT_TYPES.items()})
"""Each event class and its kind."""
