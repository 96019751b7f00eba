"""Which rows are a customer's: one list, by which they are given and by which they are erased."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Column, ColumnElement, LargeBinary, Table, bindparam, func, select

from roost.model.memories import Scope
from roost.store.composing_tables import drafts
from roost.store.dialog_tables import dialogs, points, timers
from roost.store.expressions import ByDatabase
from roost.store.mark_tables import memories, tags
from roost.store.people_tables import remarks
from roost.store.search_tables import customer_words, message_words
from roost.store.statements import Parameter, Query, fixed
from roost.store.tables import changes, conversations, deliveries, events, messages, outbox

Conditions = tuple[ColumnElement[bool], ...]
Row = tuple[Parameter, ...]

INDEXES = (message_words, customer_words)
"""They hold words of messages and names, and nothing that is not in `messages` and
`conversations`."""

OF_CONVERSATION = (
    *(*INDEXES, messages, outbox, remarks, drafts, tags),
    *(timers, dialogs, points, conversations),
)
"""Tables whose rows go with their conversation, which goes last."""

_needle = bindparam("needle", type_=LargeBinary)


def is_here(table: Table) -> Conditions:
    """Choose the rows of the conversation that parameters name."""
    return (
        table.c.account_id == bindparam("account"),
        table.c.conversation_id == bindparam("conversation"),
    )


def is_remembered(scope: ColumnElement[str] | ColumnElement[str | int], owner: str) -> Conditions:
    """Choose what bots remember of something of an account, whose id a parameter is."""
    return (
        memories.c.account_id == bindparam("account"),
        memories.c.scope == scope,
        memories.c.owner_id == bindparam(owner),
    )


def holds_needle(content: Column[bytes]) -> ColumnElement[bool]:
    """Choose what names the customer anywhere."""
    found = ByDatabase(
        sqlite=func.instr(content, _needle),
        postgresql=func.position(_needle.op("IN")(content)),
    )
    return found > fixed(0)


_told_of = (
    select(events.c.delivery_id)
    .where(*is_here(events), events.c.delivery_id != fixed(""))
    .scalar_subquery()
)
TOLD_OF: Conditions = (
    deliveries.c.account_id == bindparam("account"),
    deliveries.c.delivery_id.in_(_told_of),
    func.length(deliveries.c.body) > fixed(0),
)
"""The deliveries that brought what is in a conversation, or happened around its customer."""

NAMING: Conditions = (
    deliveries.c.account_id == bindparam("account"),
    holds_needle(deliveries.c.body),
)
"""Deliveries that name the customer, whatever they brought."""

_has_content = func.length(events.c.payload) > fixed(0)


def _rows(table: Table, *wanted: ColumnElement[bool]) -> Query[Row]:
    return Query[Row](select(*table.columns).where(*wanted))


IN_CONVERSATION: Mapping[Table, Query[Row]] = {
    **{table: _rows(table, *is_here(table)) for table in OF_CONVERSATION if table not in INDEXES},
    memories: _rows(memories, *is_remembered(fixed(Scope.CONVERSATION.value), "conversation")),
    events: _rows(events, *is_here(events), _has_content),
    deliveries: _rows(deliveries, *TOLD_OF),
    changes: _rows(changes, *is_here(changes)),
}
"""What is given of each conversation with a customer."""

BESIDE: Mapping[Table, Query[Row]] = {
    memories: _rows(memories, *is_remembered(fixed(Scope.CUSTOMER.value), "customer")),
    events: _rows(
        events,
        events.c.account_id == bindparam("account"),
        holds_needle(events.c.payload),
    ),
    deliveries: _rows(deliveries, *NAMING),
}
"""What is given of a customer besides."""
