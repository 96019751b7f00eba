"""What the desk's API says of what was looked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from roost.desk.wire import Customer


class SnippetPart(Struct, frozen=True, kw_only=True):
    """A piece of a text, and whether it is one of the words looked for."""

    text: str
    is_match: bool


class FoundMessage(Struct, frozen=True, kw_only=True):
    """A message that holds every word.

    Attributes:
        account_id: Our account.
        conversation_id: Where it was written.
        customer: With whom.
        message_id: X's id of it.
        is_received: Whether the customer wrote it.
        at: When, by X's clock.
        snippet: Up to 160 characters of its text, from before the first word found.
    """

    account_id: str
    conversation_id: str
    customer: Customer
    message_id: str
    is_received: bool
    at: datetime
    snippet: Sequence[SnippetPart]


class FoundMessages(Struct, frozen=True, kw_only=True):
    """Part of what was found, the latest first.

    Attributes:
        messages: In that order.
        after: To be given to get the next part; `None` on the last one.
    """

    messages: Sequence[FoundMessage]
    after: str | None


class FoundCustomer(Struct, frozen=True, kw_only=True):
    """A customer in whose names every word is, or begins one.

    Attributes:
        account_id: Our account.
        conversation_id: The conversation with them.
        customer: Who they are.
        last_at: When its last message was written.
    """

    account_id: str
    conversation_id: str
    customer: Customer
    last_at: datetime


class FoundCustomers(Struct, frozen=True, kw_only=True):
    """Part of the customers found; who wrote for the first time last comes first.

    Attributes:
        customers: In that order.
        after: To be given to get the next part; `None` on the last one.
    """

    customers: Sequence[FoundCustomer]
    after: str | None
