"""The SQL that tables of open spans share: `gaps`, listed at X, and `replays`, delivered again.

Such a table has a key of two parts, whose span it is and which; `state` (`open` or `closed`), the
span itself (`begun_at`, `ended_at`), `due_at`, and `held_by`, the process that works on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVarTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Insert,
    Select,
    Table,
    Update,
    bindparam,
    case,
    exists,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from roost.store.expressions import is_abandoned
from roost.store.statements import fixed

Ts = TypeVarTuple("Ts")

AT = bindparam("at", type_=BigInteger)
"""When, in milliseconds since 1970."""

_begun: ColumnElement[int] = bindparam("begun", type_=BigInteger)
_ended: ColumnElement[int] = bindparam("ended", type_=BigInteger)


def is_open(spans: Table) -> ColumnElement[bool]:
    """Tell whether a span still has to be worked on."""
    return spans.c.state == fixed("open")


def another_has(spans: Table, mark: str) -> ColumnElement[bool]:
    """Tell whether another open span of the same owner has a column that is not empty."""
    owner, this = spans.primary_key.columns
    other = spans.alias("other")
    return exists().where(
        other.c[owner.name] == owner,
        other.c.state == fixed("open"),
        other.c[mark] != fixed(""),
        other.c[this.name] != this,
    )


def another_is_held(spans: Table) -> ColumnElement[bool]:
    """Tell whether another open span of the same owner is held by another process that lives."""
    owner, this = spans.primary_key.columns
    other = spans.alias("other_held")
    return exists().where(
        other.c[owner.name] == owner,
        other.c.state == fixed("open"),
        other.c.held_by != bindparam("holder", type_=BigInteger),
        case((is_abandoned(other.c.held_by), fixed(0)), else_=fixed(1)) == fixed(1),
        other.c[this.name] != this,
    )


def earlier(begun_at: Column[int]) -> ColumnElement[int]:
    """Give where a span begins that is widened."""
    return case((begun_at > _begun, _begun), else_=begun_at)


def widened(spans: Table, *which: ColumnElement[bool]) -> Update:
    """Widen open spans in both directions, due at once."""
    return (
        update(spans)
        .where(*which)
        .values(
            begun_at=earlier(spans.c.begun_at),
            ended_at=case((spans.c.ended_at < _ended, _ended), else_=spans.c.ended_at),
            due_at=AT,
        )
    )


def opened(
    spans: Table, *, given: Iterable[str], empty: Iterable[str], zero: Iterable[str]
) -> Insert:
    """Open a span.

    Args:
        spans: Where.
        given: Columns that have a parameter of their name.
        empty: Columns that begin as `""`.
        zero: Columns that begin as 0.
    """
    return insert(spans).values(
        {
            **{name: bindparam(name) for name in given},
            **{name: fixed("") for name in empty},
            **{name: fixed(0) for name in zero},
            "state": fixed("open"),
        }
    )


def due(spans: Table, wanted: Select[*Ts], *which: ColumnElement[bool]) -> Select[*Ts]:
    """Choose what is due and held by no other process that lives, and lock it.

    Due is also what was put off to a time that no wait reaches; see `roost.model.waiting`.

    Args:
        spans: Where.
        wanted: The columns.
        which: Of those that are due.
    """
    return (
        wanted.where(
            is_open(spans),
            or_(
                spans.c.due_at <= bindparam("now", type_=BigInteger),
                spans.c.due_at > bindparam("no_wait", type_=BigInteger),
            ),
            or_(
                spans.c.held_by.is_(None),
                spans.c.held_by == bindparam("holder", type_=BigInteger),
                is_abandoned(spans.c.held_by),
            ),
            *which,
        )
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True, of=spans)
    )


def saved(
    spans: Table, this: Iterable[ColumnElement[bool]], new: Iterable[str], **more: object
) -> Update:
    """Write down how far an open span has come, and give it back.

    Args:
        spans: Where.
        this: Which.
        new: Columns that have a parameter of their name, after `new_`.
        more: Other columns, and what is written there.
    """
    values: dict[str, object] = {name: bindparam(f"new_{name}") for name in new}
    values |= {**more, "held_by": null()}
    return update(spans).where(*this, is_open(spans)).values(values)


def latest(spans: Table, *which: ColumnElement[bool]) -> Select[str, str]:
    """Choose the id and the state of the latest span, open or closed."""
    _, this = spans.primary_key.columns
    return select(this, spans.c.state).where(*which).order_by(this.desc()).limit(bindparam("limit"))
