"""What is known of a customer beside the messages: for whoever answers them, and for export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from roost.model.activities import Activity
from roost.model.ids import ConversationId, UserId
from roost.model.people import PersonId
from roost.ports.remarks import Remark

MESSAGES_COUNTED = 10_000
"""Messages are counted among so many of the newest: nobody reads further."""

NOTES_AT_ONCE = 20
"""Notes of one conversation, the newest."""

EPISODES_AT_ONCE = 20
"""Episodes of one conversation, the newest."""


@dataclass(frozen=True, slots=True)
class Told:
    """A delivery that tells of a customer.

    Attributes:
        body: As it was received.
        at: When.
    """

    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a conversation began with, as far as it is known.

    Attributes:
        kind: `welcome_message` or `post`, which the customer answered, or the kind of the activity
            that our first message answered.
        at: When.
        x_id: X's id of the welcome message or Post; `""` for what has none, such as a follow.
        name: What the welcome message is called here; `""` where it is not known, or no such.
        text: Of the Post; `""` where it is not known, or no such.
        event_key: Of the activity; `""` where it was none.
        is_ours: Whether our account did it rather than the customer.
    """

    kind: str
    at: datetime
    x_id: str = ""
    name: str = ""
    text: str = ""
    event_key: str = ""
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """When a customer and an account have had to do with each other, and how much.

    Attributes:
        first_at: The first message or activity; `None` where there is none.
        received: The customer's messages among the newest `MESSAGES_COUNTED`.
        sent: Ours among them.
        beginning: What it began with; `None` where that is not known.
    """

    first_at: datetime | None
    received: int
    sent: int
    beginning: Beginning | None


@dataclass(frozen=True, slots=True)
class PastActivity:
    """Something a customer did around an account, or it around them, that is no message.

    Attributes:
        kind: One of `roost.model.activities.AROUND_CUSTOMERS`.
        event: What happened.
    """

    kind: str
    event: Activity


@dataclass(frozen=True, slots=True)
class PastKey:
    """The oldest activity of a page, before which the next one ends.

    Attributes:
        position: What they are ordered by first.
        kind: Second.
        event_key: Third.
    """

    position: int
    kind: str
    event_key: str


@dataclass(frozen=True, slots=True)
class PastPage:
    """Part of what happened around a customer, newest first.

    Attributes:
        activities: The part.
        before: Where the next part ends; `None` where nothing is older.
    """

    activities: Sequence[PastActivity]
    before: PastKey | None


@dataclass(frozen=True, slots=True)
class Episode:
    """Part of a conversation that somebody was done with.

    Attributes:
        message_id: Of its first message.
        text: What that says.
        began_at: When that was written.
        resolved_at: When somebody was done with it.
        person_id: Who; `None` for the bot.
    """

    message_id: str
    text: str
    began_at: datetime
    resolved_at: datetime
    person_id: PersonId | None


Record = Mapping[str, str | None]
"""One row, as text: numbers in digits, times in milliseconds since 1970 UTC, bytes as UTF-8, or
in Base64 where they are none."""


class CustomerLookup(Protocol):
    """What is read of a customer. Each answer is put together from a few queries."""

    async def told(self, account_id: UserId, conversation_id: ConversationId) -> Sequence[Told]:
        """Give the last deliveries that tell of a conversation's customer, newest first."""
        ...

    async def contact(self, account_id: UserId, conversation_id: ConversationId) -> Contact:
        """Say since when there is contact, how many messages, and what it began with."""
        ...

    async def history(
        self,
        account_id: UserId,
        conversation_id: ConversationId,
        *,
        before: PastKey | None,
        limit: int,
    ) -> PastPage:
        """Give the newest `limit` activities around a customer, or the newest before a key."""
        ...

    async def episodes(
        self, account_id: UserId, conversation_id: ConversationId
    ) -> Sequence[Episode]:
        """Give what of a conversation was resolved, up to `EPISODES_AT_ONCE`, newest first."""
        ...

    async def notes(self, account_id: UserId, conversation_id: ConversationId) -> Sequence[Remark]:
        """Give a conversation's notes, up to `NOTES_AT_ONCE`, newest first."""
        ...

    async def records(
        self, account_id: UserId, customer_id: UserId, conversations: Sequence[ConversationId]
    ) -> Mapping[str, Sequence[Record]]:
        """Give every row that erasing the customer would take out or empty, by its table.

        Only tables that have some are named. The search's indexes are left out: they hold nothing
        that is not in others. Reads everything that X has delivered to the account.

        Args:
            account_id: Of ours.
            customer_id: Digits.
            conversations: Those with the customer, and where things around them are filed.
        """
        ...
