"""Messages and customers that hold some words. Sees what is committed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import Profile


@dataclass(frozen=True, slots=True)
class FoundKey:
    """The last thing found on a page, after which the next one begins.

    Attributes:
        number: What they are ordered by first: a position, in PostgreSQL and SQLite alike.
        account_id: Second.
        key: Third: the message's or the conversation's id.
    """

    number: int
    account_id: UserId
    key: str


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message that holds the words.

    Attributes:
        account_id: Our account.
        conversation_id: Where it was written.
        customer: With whom.
        message_id: X's id of it.
        is_received: Whether the customer wrote it.
        at: When, by X's clock.
        text: All of it.
    """

    account_id: UserId
    conversation_id: ConversationId
    customer: Profile
    message_id: MessageId
    is_received: bool
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class FoundCustomer:
    """A customer whose names begin with the words.

    Attributes:
        account_id: Our account.
        conversation_id: The conversation with them.
        customer: Who they are.
        last_at: When its last message was written.
    """

    account_id: UserId
    conversation_id: ConversationId
    customer: Profile
    last_at: datetime


F_co = TypeVar("F_co", bound=FoundMessage | FoundCustomer, covariant=True)


@dataclass(frozen=True, slots=True)
class FoundPage(Generic[F_co]):
    """Part of what was found, the newest first.

    Attributes:
        found: In their order.
        after: Where the next page begins; `None` on the last one.
    """

    found: Sequence[F_co]
    after: FoundKey | None


class SearchLookup(Protocol):
    """What people look for. Words are as `roost.model.searching.looked_for` gives them."""

    async def messages(
        self,
        accounts: Sequence[UserId],
        words: Sequence[str],
        *,
        after: FoundKey | None,
        limit: int,
    ) -> FoundPage[FoundMessage]:
        """Give up to `limit` messages that hold every word, the latest first."""
        ...

    async def customers(
        self,
        accounts: Sequence[UserId],
        words: Sequence[str],
        *,
        after: FoundKey | None,
        limit: int,
    ) -> FoundPage[FoundCustomer]:
        """Give up to `limit` customers in whose names every word is or begins one.

        Who wrote to us for the first time last comes first.
        """
        ...
