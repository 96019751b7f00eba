"""The SQL of the `outbox` table."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    null,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from roost.store.expressions import ByDatabase, is_abandoned, unlocked
from roost.store.statements import Command, Query, fixed
from roost.store.tables import messages, outbox, outbox_ids

_OPEN = (fixed("queued"), fixed("sending"), fixed("uncertain"))


def _is_in_flight(table: FromClause) -> ColumnElement[bool]:
    return table.c.state.in_([fixed("sending"), fixed("uncertain")])


_IS_IN_FLIGHT = _is_in_flight(outbox)
_THIS = (outbox.c.account_id == bindparam("account"), outbox.c.outbox_id == bindparam("entry"))
_ATTEMPT = (*_THIS, outbox.c.attempts == bindparam("attempt"), _IS_IN_FLIGHT)

_created_at = bindparam("created_at", type_=BigInteger)

_any = outbox.alias("known")
_last_id = (
    select(func.max(_any.c.outbox_id))
    .where(_any.c.account_id == bindparam("account_id"))
    .scalar_subquery()
)
_next_id = ByDatabase[int](
    sqlite=func.coalesce(_last_id, fixed(0)) + fixed(1),
    # The highest one would be the same for two transactions at once.
    postgresql=literal_column(f"nextval('{outbox_ids.name}')", BigInteger),
)
_is_behind = exists().where(
    _any.c.account_id == bindparam("account_id"),
    _any.c.conversation_id == bindparam("conversation_id"),
    _any.c.state.in_(_OPEN),
)

PUT = Command(
    insert(outbox)
    .values(
        {
            **{
                name: bindparam(name)
                for name in (
                    "account_id",
                    "conversation_id",
                    "recipient_id",
                    "body",
                    "trace_id",
                    "created_at",
                    "person_id",
                )
            },
            "outbox_id": _next_id,
            "state": fixed("queued"),
            "due_at": case((_is_behind, null()), else_=_created_at),
            "attempts": fixed(0),
            "baseline": fixed(0),
            "attempted_at": fixed(0),
            "reason": fixed(""),
        }
    )
    .inline()
)

_first_open = (
    select(func.min(_any.c.outbox_id))
    .where(
        _any.c.account_id == bindparam("account"),
        _any.c.conversation_id == bindparam("conversation"),
        _any.c.state.in_(_OPEN),
    )
    .scalar_subquery()
)

NEXT = Command(
    update(outbox)
    .where(
        outbox.c.account_id == bindparam("account"),
        outbox.c.outbox_id == _first_open,
        outbox.c.state == fixed("queued"),
        outbox.c.due_at.is_(None),
    )
    .values(due_at=outbox.c.created_at)
)

_highest_position = (
    select(func.max(messages.c.position))
    .where(
        messages.c.account_id == outbox.c.account_id,
        messages.c.conversation_id == outbox.c.conversation_id,
    )
    .scalar_subquery()
)

DUE = Query[tuple[int, str, str, str, bytes, int, int]](
    select(
        outbox.c.outbox_id,
        outbox.c.account_id,
        outbox.c.conversation_id,
        outbox.c.recipient_id,
        outbox.c.body,
        outbox.c.attempts,
        func.coalesce(_highest_position, fixed(0)),
    )
    .where(
        outbox.c.state == fixed("queued"),
        outbox.c.due_at.is_not(None),
        outbox.c.due_at <= bindparam("now"),
    )
    .order_by(outbox.c.due_at, outbox.c.account_id, outbox.c.outbox_id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)

START = Command(
    update(outbox)
    .where(*_THIS)
    .values(
        state=fixed("sending"),
        attempts=bindparam("attempt"),
        attempted_at=bindparam("now"),
        baseline=bindparam("highest"),
        held_by=bindparam("holder"),
    )
)

END = Command(
    update(outbox)
    .where(*_ATTEMPT)
    .values(state=bindparam("ended"), message_id=bindparam("message"), reason=bindparam("why"))
)

POSTPONE = Command(
    update(outbox)
    .where(*_ATTEMPT)
    .values(state=fixed("queued"), due_at=bindparam("due"), reason=bindparam("why"))
)

SUSPECT = Command(
    update(outbox)
    .where(*_ATTEMPT, outbox.c.state == fixed("sending"))
    .values(state=fixed("uncertain"), reason=bindparam("why"))
)

SUSPECT_ABANDONED = Command(
    update(outbox)
    .where(
        unlocked(
            outbox,
            lambda table: and_(
                _is_in_flight(table),
                table.c.state == fixed("sending"),
                is_abandoned(table.c.held_by),
            ),
        )
    )
    .values(state=fixed("uncertain"), reason=bindparam("why"))
)

_uncertain = (
    select(
        outbox.c.outbox_id,
        outbox.c.account_id,
        outbox.c.conversation_id,
        outbox.c.recipient_id,
        outbox.c.body,
        outbox.c.attempts,
        outbox.c.baseline,
        outbox.c.attempted_at,
    )
    .where(_IS_IN_FLIGHT, outbox.c.state == fixed("uncertain"))
    .order_by(outbox.c.account_id, outbox.c.conversation_id, outbox.c.outbox_id)
)

UNCERTAIN = Query[tuple[int, str, str, str, bytes, int, int, int]](_uncertain)

UNCERTAIN_HERE = Query[tuple[int, str, str, str, bytes, int, int, int]](
    _uncertain.where(
        outbox.c.account_id == bindparam("account"),
        outbox.c.conversation_id == bindparam("conversation"),
    )
)
