"""Pages of a list: how many, from where, and the cursor to the next."""

from __future__ import annotations

import base64
import binascii
import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from msgspec import UNSET, UnsetType

from roost.simulator.calls import Call
from roost.simulator.json_path import Node, malformed

COUNT = 20
"""Rows of a page, unless asked for otherwise."""

MOST = 50
"""Rows of a page at most; more may be asked for, as clients do that page by a hundred."""

T = TypeVar("T")


def count(call: Call) -> int:
    """Give how many rows are asked for.

    Raises:
        Refusal: 214: not a number from 1 on.
    """
    text = call.parameter("count")
    if not text:
        return COUNT
    number = int(Node(text, "count").long())
    if number < 1:
        raise malformed(f"count: {number} is less than 1")
    return min(number, MOST)


def position(call: Call) -> int | None:
    """Give the id below which a page begins; `None` for the first page.

    Raises:
        Refusal: 214: the cursor is none of ours.
    """
    cursor = call.parameter("cursor")
    if not cursor:
        return None
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        text = base64.b64decode(padded, altchars="-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise Node(cursor, "cursor").invalid("cursor") from error
    return int(Node(text, "cursor").long())


def page(
    call: Call, newest_first: Iterable[T], id_of: Callable[[T], str]
) -> tuple[Sequence[T], str | UnsetType]:
    """Take a page, and give it with the cursor to the next, which is unset after the last.

    Args:
        call: Says how many.
        newest_first: The rows from where the page begins.
        id_of: Gives a row's id.
    """
    most = count(call)
    found = list(itertools.islice(newest_first, most + 1))
    rows = found[:most]
    return rows, UNSET if rows == found else _cursor(id_of(rows[-1]))


def below(call: Call, rows: Iterable[T], id_of: Callable[[T], str]) -> Iterable[T]:
    """Give rows newest first, from where a page begins; for lists that are short."""
    start = position(call)
    listed = (row for row in rows if start is None or int(id_of(row)) < start)
    return sorted(listed, key=lambda row: int(id_of(row)), reverse=True)


def _cursor(last_id: str) -> str:
    return base64.urlsafe_b64encode(last_id.encode()).decode().rstrip("=")
