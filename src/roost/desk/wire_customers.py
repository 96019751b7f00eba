"""What the desk's API says of everything that is stored of a customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from roost.desk.wire import Conversation, Line, Outgoing, Remark
from roost.desk.wire_panel import CustomerActivity, CustomerProfile
from roost.model.memories import Scope
from roost.ports.erasing import Traces


class ExportedMemory(Struct, frozen=True, kw_only=True):
    """What a bot remembers, its value as JSON."""

    scope: Scope
    name: str
    value: str


class ExportedConversation(Struct, frozen=True, kw_only=True):
    """A conversation with everything in it, oldest first."""

    conversation: Conversation
    lines: Sequence[Line]
    remarks: Sequence[Remark]
    outgoing: Sequence[Outgoing]
    memories: Sequence[ExportedMemory]


class CustomerExport(Struct, frozen=True, kw_only=True):
    """Everything that an account has of a customer.

    Attributes:
        account_id: The account.
        customer_id: X's user id.
        profile: As X last described them.
        activities: What happened around them beside messages, newest first.
        conversations: With everything in them.
        records: Every row that erasing the customer would take out or empty, by its table: the
            drafts of agents and the bodies of deliveries, which may name others too, timers and
            dialogs, and what the rest is made of. Numbers are written in digits, times in
            milliseconds since 1970 UTC.
    """

    account_id: str
    customer_id: str
    profile: CustomerProfile
    activities: Sequence[CustomerActivity]
    conversations: Sequence[ExportedConversation]
    records: Mapping[str, Sequence[Mapping[str, str | None]]]


class CustomerErased(Struct, frozen=True, kw_only=True):
    """What is gone.

    Attributes:
        conversations: How many are gone.
        messages: How many of theirs, and of those that were still to be sent.
        deliveries: How many deliveries were emptied.
        traces: What may still hold pieces of it, where nothing finds them any more. `none`:
            nothing. `log`: the database's log, which another program reads; it is emptied as soon
            as that ends. `file`: unused parts of a database file that is too large to be written
            anew in use. `server`: PostgreSQL's files, until it has vacuumed.
    """

    conversations: int
    messages: int
    deliveries: int
    traces: Traces
