"""How rows of different tables belong together: the conditions that several queries join by."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, bindparam

from roost.store.people_tables import remarks
from roost.store.statements import fixed
from roost.store.tables import deliveries, events, messages, outbox

BROUGHT_BY: ColumnElement[bool] = and_(
    deliveries.c.account_id == events.c.account_id,
    deliveries.c.delivery_id == events.c.delivery_id,
)
"""A delivery, and the events it brought."""

QUEUED_AS: ColumnElement[bool] = and_(
    outbox.c.account_id == messages.c.account_id,
    outbox.c.outbox_id == messages.c.outbox_id,
)
"""A message, and the outbox entry that it was sent from."""

TOLD_BY: ColumnElement[bool] = and_(
    events.c.account_id == messages.c.account_id,
    events.c.event_key == messages.c.message_id,
    events.c.kind.in_([fixed("message_received"), fixed("message_sent")]),
)
"""A message, and the event that told of it."""

REMARKS_BETWEEN: tuple[ColumnElement[bool], ...] = (
    remarks.c.account_id == bindparam("account"),
    remarks.c.conversation_id == bindparam("conversation"),
    remarks.c.at >= bindparam("since"),
    remarks.c.at < bindparam("until"),
)
"""The remarks of a conversation in a span of time, its end not included."""
