"""The SQL of what admins look into."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Text,
    and_,
    bindparam,
    delete,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import insert

from roost.store import joins
from roost.store.activity_tables import IS_LATE, rejections
from roost.store.people_tables import remarks
from roost.store.statements import Command, Query, fixed
from roost.store.tables import deliveries, events, messages, outbox

EventRow = tuple[str, str, str, str, str, str, int, str, int]
"""Account, kind, key, conversation, state, reason, attempts, dialect, received."""

_EVENT = (
    events.c.account_id,
    events.c.kind,
    events.c.event_key,
    events.c.conversation_id,
    events.c.state,
    events.c.reason,
    events.c.attempts,
    events.c.dialect,
    events.c.received_at,
)
_is_late: ColumnElement[bool] = literal_column(IS_LATE.replace("reason", "events.reason"), Boolean)
_ORDER = (events.c.received_at, events.c.event_key)
_number = bindparam("number", type_=BigInteger)
_last = bindparam("last", type_=Text)


def _list(*wanted: ColumnElement[bool]) -> Query[EventRow]:
    return Query[EventRow](
        select(*_EVENT)
        .where(
            events.c.account_id == bindparam("account"),
            events.c.kind == bindparam("of_kind"),
            *wanted,
            tuple_(*_ORDER) < tuple_(_number, _last),
        )
        .order_by(*(column.desc() for column in _ORDER))
        .limit(bindparam("limit"))
    )


def _unusual(state: str) -> ColumnElement[bool]:
    # As the index of what is unusual has it, and then what is wanted of that.
    either = events.c.state.in_([fixed("ignored"), fixed("quarantined")])
    return and_(either, events.c.state == fixed(state))


ALL = _list()
DONE = _list(events.c.state == fixed("done"), ~_is_late)
LATE = _list(_is_late)
IGNORED = _list(_unusual("ignored"), ~_is_late)
QUARANTINED = _list(_unusual("quarantined"))
NEW = _list(events.c.state == fixed("new"))
PENDING = _list(events.c.state == fixed("pending"))
HELD = _list(events.c.state == fixed("held"))

_REPEATED_ORDER = (deliveries.c.received_at, deliveries.c.delivery_id)
REPEATED = Query[tuple[str, str, str, int]](
    select(
        deliveries.c.account_id,
        deliveries.c.delivery_id,
        deliveries.c.dialect,
        deliveries.c.received_at,
    )
    .where(
        deliveries.c.account_id == bindparam("account"),
        deliveries.c.is_duplicate == fixed(1),
        tuple_(*_REPEATED_ORDER) < tuple_(_number, _last),
    )
    .order_by(*(column.desc() for column in _REPEATED_ORDER))
    .limit(bindparam("limit"))
)

_REJECTED_ORDER = (rejections.c.first_at, rejections.c.reason)
REJECTED = Query[tuple[str, str, int, int, int]](
    select(
        rejections.c.app_key,
        rejections.c.reason,
        rejections.c.n,
        rejections.c.first_at,
        rejections.c.last_at,
    )
    .where(
        rejections.c.app_key == bindparam("app"),
        tuple_(*_REJECTED_ORDER) < tuple_(_number, _last),
    )
    .order_by(*(column.desc() for column in _REJECTED_ORDER))
    .limit(bindparam("limit"))
)

_new = insert(rejections)
COUNT_REJECTIONS = Command(
    _new.on_conflict_do_update(
        index_elements=[rejections.c.app_key, rejections.c.reason, rejections.c.minute],
        set_={
            "n": rejections.c.n + _new.excluded.n,
            "last_at": _new.excluded.last_at,
        },
    )
)
FORGET_REJECTIONS = Command(
    delete(rejections).where(
        rejections.c.app_key == bindparam("app"),
        rejections.c.first_at < bindparam("before", type_=BigInteger),
    )
)

RecordRow = tuple[
    *EventRow, str, int, int | None, str | None, str | None, str | None, bytes | None, int | None
]
"""An event, its trace, position, whether history; and of its delivery: id, app, source, body,
received."""

RECORD = Query[RecordRow](
    select(
        *_EVENT,
        events.c.trace_id,
        events.c.position,
        events.c.is_history,
        deliveries.c.delivery_id,
        deliveries.c.app_key,
        deliveries.c.source,
        deliveries.c.body,
        deliveries.c.received_at,
    )
    .join_from(
        events,
        deliveries,
        joins.BROUGHT_BY,
        isouter=True,
    )
    .where(
        events.c.account_id == bindparam("account"),
        events.c.kind == bindparam("of_kind"),
        events.c.event_key == bindparam("key"),
    )
)

AnswerRow = tuple[
    str,
    int,
    str,
    str,
    bytes,
    str,
    str,
    int,
    int,
    int | None,
    int,
    str | None,
    int | None,
    int | None,
    str,
]
"""The columns of `_answer`."""

_echoes = events.alias("echoes")
_answer = (
    select(
        outbox.c.account_id,
        outbox.c.outbox_id,
        outbox.c.conversation_id,
        outbox.c.trace_id,
        outbox.c.body,
        outbox.c.state,
        outbox.c.reason,
        outbox.c.attempts,
        outbox.c.created_at,
        outbox.c.due_at,
        outbox.c.attempted_at,
        outbox.c.message_id,
        messages.c.at,
        _echoes.c.received_at,
        outbox.c.person_id,
    )
    .join_from(
        outbox,
        messages,
        (messages.c.account_id == outbox.c.account_id)
        & (messages.c.message_id == outbox.c.message_id),
        isouter=True,
    )
    .join(
        _echoes,
        (_echoes.c.account_id == outbox.c.account_id)
        & (_echoes.c.kind.in_([fixed("message_sent"), fixed("posted")]))
        & (_echoes.c.event_key == outbox.c.message_id),
        isouter=True,
    )
    .where(outbox.c.account_id == bindparam("account"))
)

ANSWERS = Query[AnswerRow](
    _answer.where(outbox.c.trace_id == bindparam("trace"))
    .order_by(outbox.c.outbox_id)
    .limit(bindparam("limit"))
)
ANSWER = Query[AnswerRow](_answer.where(outbox.c.outbox_id == bindparam("entry")))
ANSWER_SENT = Query[AnswerRow](
    _answer.where(
        # As the index has it.
        outbox.c.message_id.is_not(None),
        outbox.c.message_id == bindparam("message"),
    )
)

_received = (
    (events.c.account_id == messages.c.account_id)
    & (events.c.event_key == messages.c.message_id)
    & (events.c.kind == fixed("message_received"))
)
_here = (
    messages.c.account_id == bindparam("account"),
    messages.c.conversation_id == bindparam("conversation"),
)

ORIGIN = Query[tuple[str]](
    select(events.c.event_key)
    .join_from(messages, events, _received)
    .where(*_here, events.c.trace_id == bindparam("trace"))
    .order_by(messages.c.position.desc())
    .limit(literal_column("1", BigInteger))
)

NEXT_RECEIVED = Query[tuple[str, str, int]](
    select(events.c.event_key, events.c.trace_id, events.c.received_at)
    .join_from(messages, events, _received)
    .where(
        *_here,
        messages.c.position > bindparam("position", type_=BigInteger),
        events.c.received_at <= bindparam("until", type_=BigInteger),
    )
    .order_by(messages.c.position)
    .limit(bindparam("limit"))
)

REMARKS = Query[tuple[str, str, str, int]](
    select(remarks.c.kind, remarks.c.person_id, remarks.c.text, remarks.c.at)
    .where(*joins.REMARKS_BETWEEN)
    .order_by(remarks.c.at, remarks.c.remark_id)
    .limit(bindparam("limit"))
)

LAST_RECEIVED = Query[tuple[int | None]](
    select(func.max(events.c.received_at)).where(
        events.c.account_id == bindparam("account"), events.c.kind == bindparam("of_kind")
    )
)
