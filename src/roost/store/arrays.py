"""Inserts of many rows at once, in PostgreSQL: one array for each column, one statement for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from sqlalchemy import (
    BigInteger,
    ClauseElement,
    Column,
    ColumnElement,
    Integer,
    LargeBinary,
    Table,
    Text,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.visitors import ExternallyTraversible

from roost.store.statements import Parameters

Values = Mapping[str, ClauseElement]
"""What each column of a new row is; its parameters are named as columns are."""


def given(*names: str) -> Values:
    """Make a parameter of each column."""
    parameters: dict[str, ClauseElement] = {name: bindparam(name) for name in names}
    return parameters


def insert_many(table: Table, values: Values) -> Insert:
    """Make of an insert of one row one that takes an array for each of its parameters.

    Rows are inserted in the order of the arrays. A column that is a parameter itself is meant by
    parameters of its name in other columns too.
    """
    names = [
        name
        for name, value in values.items()
        if isinstance(value, BindParameter) and value.key == name
    ]
    arrays = [_array(name, table.c[name]) for name in names]
    rows = func.unnest(*arrays).table_valued(*names, name="given").render_derived()

    def of_row(element: ExternallyTraversible, **_: object) -> ColumnElement[object] | None:
        return rows.c[element.key] if isinstance(element, BindParameter) else None

    chosen = [
        cast("ColumnElement[object]", visitors.replacement_traverse(value, {}, of_row))
        for value in values.values()
    ]
    return insert(table).from_select(list(values), select(*chosen), include_defaults=False)


def _array(name: str, column: Column[object]) -> BindParameter[object]:
    for kind in (BigInteger, Integer, LargeBinary):
        if isinstance(column.type, kind):
            return bindparam(name, type_=ARRAY(kind))
    return bindparam(name, type_=ARRAY(Text))


def rounds(keys: Sequence[tuple[object, ...]]) -> list[list[int]]:
    """Part places such that no key comes twice in a round, and each key's stay in their order.

    For a statement that cannot change one row twice.

    Example:
        >>> rounds([("a",), ("b",), ("a",)])
        [[0, 1], [2]]
    """
    parted: list[list[int]] = []
    seen: dict[tuple[object, ...], int] = {}
    for place, key in enumerate(keys):
        number = seen[key] = seen.get(key, -1) + 1
        if number == len(parted):
            parted.append([])
        parted[number].append(place)
    return parted


def key_of(parameters: Parameters, names: Sequence[str]) -> tuple[object, ...]:
    """Give what names the row that a set of parameters changes."""
    return tuple(parameters[name] for name in names)
