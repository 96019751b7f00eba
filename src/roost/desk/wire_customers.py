"""What the desk's API says of everything that is stored of a customer."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from roost.desk.wire import Conversation, Line, Outgoing, Remark
from roost.model.memories import Scope


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
    """Everything that an account has of a customer."""

    account_id: str
    customer_id: str
    conversations: Sequence[ExportedConversation]


class CustomerErased(Struct, frozen=True, kw_only=True):
    """How many conversations and messages are gone, and deliveries emptied."""

    conversations: int
    messages: int
    deliveries: int
