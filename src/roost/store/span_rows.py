"""Rows of open spans as values, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import TypeVar

import msgspec

from roost.model import waiting
from roost.ports import Gap, Replay
from roost.store import encoding
from roost.store.statements import Parameters

S = TypeVar("S", Gap, Replay)

_MOMENTS = ("_at", "_to", "_until")


def column_of(value: object) -> str | int | None:
    """Give what a column holds of a field's value; of a moment, milliseconds since 1970.

    Raises:
        TypeError: No span has a field of the value's type.
    """
    match value:
        case datetime():
            return encoding.milliseconds(value)
        case None | str() | int():
            return value
        case _:
            raise TypeError(f"a span holds no {type(value).__name__}")


def read(kind: type[S], row: Sequence[str | int | None]) -> S:
    """Give a span of a row.

    Args:
        kind: What it is.
        row: The columns, in the order of the fields.
    """
    named = zip((one.name for one in fields(kind)), row, strict=True)
    return msgspec.convert({name: _read(name, value) for name, value in named}, kind)


def due(now: datetime, holder: int | None, limit: int) -> Parameters:
    """Give the parameters that `roost.store.span_statements.due` needs."""
    no_wait = encoding.milliseconds(now + waiting.NO_WAIT)
    return {
        "now": encoding.milliseconds(now),
        "no_wait": no_wait,
        "holder": holder,
        "limit": limit,
    }


def has_wrong_times(span: Gap | Replay, *, now: datetime) -> bool:
    """Tell whether a span was worked on by a clock that has been put right since."""
    return any(waiting.is_wrong(one, now=now) for one in (span.due_at, span.ended_at))


def put_right(span: S, *, now: datetime) -> S:
    """Give a span that has wrong times as one that is due and has ended by now."""
    return replace(span, due_at=min(span.due_at, now), ended_at=min(span.ended_at, now))


def _read(name: str, value: str | int | None) -> object:
    if isinstance(value, int) and name.endswith(_MOMENTS):
        return encoding.moment(value)
    return value
