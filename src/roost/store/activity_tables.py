"""What admins look into: a table of what was refused, and the indexes that lists of events need."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table

from roost.model.activities import AROUND_CUSTOMERS
from roost.store.columns import metadata, partial_index, text_column, whole
from roost.store.tables import deliveries, events, outbox

__all__ = ["metadata", "rejections"]

rejections = Table(
    "rejections",
    metadata,
    text_column("app_key", primary_key=True),
    text_column("reason", primary_key=True),
    Column("minute", BigInteger, primary_key=True, autoincrement=False),
    whole("n"),
    whole("first_at"),
    whole("last_at"),
)
"""Requests that were refused unread, counted by the minute; whose they were nobody can say.

A row stands for as many requests as there were, so that whoever sends many fills nothing.
"""

_BY_TIME = (events.c.kind, events.c.received_at, events.c.event_key)
Index("events_activity", events.c.account_id, *_BY_TIME)
"""Lists of events, of one account and kind each, merged when they are read."""

IS_LATE = "substr(reason, 1, 4) = 'late'"
"""Whether an event was late; as written in the index, so that it is found."""

partial_index(
    "events_unusual",
    events.c.account_id,
    events.c.state,
    *_BY_TIME,
    where="state IN ('ignored', 'quarantined')",
)
partial_index("events_late", events.c.account_id, *_BY_TIME, where=IS_LATE)
partial_index(
    "deliveries_repeated",
    deliveries.c.account_id,
    deliveries.c.received_at,
    deliveries.c.delivery_id,
    where="is_duplicate = 1",
)
Index("outbox_trace", outbox.c.account_id, outbox.c.trace_id, outbox.c.outbox_id)

AROUND = f"kind IN {AROUND_CUSTOMERS}"
"""Whether an event is one around a customer; as written in the index, so that it is found."""

partial_index(
    "events_around_customer",
    events.c.account_id,
    events.c.conversation_id,
    events.c.position,
    events.c.kind,
    events.c.event_key,
    where=AROUND,
)
"""What happened around one customer; messages, of which there are most, are not in it."""
