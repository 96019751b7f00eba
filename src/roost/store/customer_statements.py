"""The SQL of what is known of a customer."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Text,
    bindparam,
    func,
    literal_column,
    select,
    tuple_,
)

from roost.model.activities import AROUND_CUSTOMERS
from roost.store import joins
from roost.store.people_tables import remarks
from roost.store.statements import Query, fixed
from roost.store.tables import deliveries, events, messages, outbox
from roost.store.x_object_rows import x_objects

_number = bindparam("number", type_=BigInteger)
_limit = bindparam("limit", type_=BigInteger)
_ONE: ColumnElement[int] = literal_column("1", Integer)
_OF_MESSAGES = (
    messages.c.account_id == bindparam("account"),
    messages.c.conversation_id == bindparam("conversation"),
)
_AROUND = (
    events.c.account_id == bindparam("account"),
    events.c.conversation_id == bindparam("conversation"),
    # As the index has it.
    events.c.kind.in_([fixed(kind) for kind in AROUND_CUSTOMERS]),
)
_REMARKED = (
    remarks.c.account_id == bindparam("account"),
    remarks.c.conversation_id == bindparam("conversation"),
)
# Pages of lists name nobody but by their ids.
_DELIVERED = joins.BROUGHT_BY & (deliveries.c.source == fixed("webhook"))

TOLD_WITH_MESSAGES = Query[tuple[bytes | None, int | None]](
    select(deliveries.c.body, deliveries.c.received_at)
    .join_from(messages, events, joins.TOLD_BY, isouter=True)
    .join(deliveries, _DELIVERED, isouter=True)
    .where(*_OF_MESSAGES)
    .order_by(messages.c.position.desc(), messages.c.message_id.desc())
    .limit(_limit)
)
TOLD_WITH_ACTIVITIES = Query[tuple[bytes | None, int | None]](
    select(deliveries.c.body, deliveries.c.received_at)
    .join_from(events, deliveries, _DELIVERED, isouter=True)
    .where(*_AROUND)
    .order_by(events.c.position.desc())
    .limit(_limit)
)

_counted = (
    select(messages.c.direction)
    .where(*_OF_MESSAGES)
    .order_by(messages.c.position.desc(), messages.c.message_id.desc())
    .limit(_limit)
    .subquery("counted")
)
COUNTS = Query[tuple[int, int]](
    select(
        func.count().filter(_counted.c.direction == fixed("in")),
        func.count().filter(_counted.c.direction == fixed("out")),
    ).select_from(_counted)
)

FIRST_MESSAGE = Query[tuple[bytes, str, int, str | None]](
    select(messages.c.payload, messages.c.direction, messages.c.at, outbox.c.trace_id)
    .join_from(messages, outbox, joins.QUEUED_AS, isouter=True)
    .where(*_OF_MESSAGES)
    .order_by(messages.c.position, messages.c.message_id)
    .limit(_ONE)
)

ActivityRow = tuple[str, str, int, bytes]
"""Kind, key, position, payload."""

_activity = select(events.c.kind, events.c.event_key, events.c.position, events.c.payload)
_has_content = func.length(events.c.payload) > fixed(0)
_ORDER = (events.c.position, events.c.kind, events.c.event_key)

FIRST_ACTIVITY = Query[ActivityRow](
    _activity.where(*_AROUND, _has_content).order_by(*_ORDER).limit(_ONE)
)
ACTIVITY_TRACED = Query[ActivityRow](
    _activity.where(*_AROUND, _has_content, events.c.trace_id == bindparam("trace"))
    .order_by(*_ORDER)
    .limit(_ONE)
)
HISTORY = Query[ActivityRow](
    _activity.where(
        *_AROUND,
        _has_content,
        tuple_(*_ORDER)
        < tuple_(_number, bindparam("last_kind", type_=Text), bindparam("last", type_=Text)),
    )
    .order_by(*(column.desc() for column in _ORDER))
    .limit(_limit)
)

POST = Query[tuple[str, bytes]](
    select(events.c.kind, events.c.payload)
    .where(
        events.c.account_id == bindparam("account"),
        events.c.kind.in_(
            [fixed(kind) for kind in ("posted", "mentioned", "replied", "quoted", "reposted")]
        ),
        events.c.event_key == bindparam("post"),
        _has_content,
    )
    .limit(_ONE)
)

WELCOME_NAMED = Query[tuple[str]](
    select(x_objects.c.name).where(
        x_objects.c.account_id == bindparam("account"),
        x_objects.c.kind == fixed("welcome"),
        x_objects.c.x_id == bindparam("welcome"),
    )
)

RESOLVED = Query[tuple[str, int]](
    select(remarks.c.person_id, remarks.c.at)
    .where(*_REMARKED, remarks.c.kind == fixed("resolved"))
    .order_by(remarks.c.at.desc(), remarks.c.remark_id.desc())
    .limit(_limit)
)

FIRST_SINCE = Query[tuple[str, str, int]](
    select(messages.c.message_id, messages.c.text, messages.c.at)
    .where(*_OF_MESSAGES, messages.c.position >= bindparam("since", type_=BigInteger))
    .order_by(messages.c.position, messages.c.message_id)
    .limit(_ONE)
)

NOTES = Query[tuple[str, str, int]](
    select(remarks.c.person_id, remarks.c.text, remarks.c.at)
    .where(*_REMARKED, remarks.c.kind == fixed("note"))
    .order_by(remarks.c.at.desc(), remarks.c.remark_id.desc())
    .limit(_limit)
)
