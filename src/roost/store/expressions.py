"""SQL that the two databases say differently, inside statements they share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self, TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    column,
    exists,
    false,
    func,
    literal_column,
    select,
    table,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import operators
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.operators import OperatorType
from typing_extensions import override

from roost.store import locks
from roost.store.columns import TEXT
from roost.store.statements import fixed

T = TypeVar("T")


class ByDatabase(ColumnElement[T]):
    """One expression in SQLite, another in PostgreSQL; of the same type and meaning."""

    inherit_cache = False

    def __init__(self, *, sqlite: ColumnElement[T], postgresql: ColumnElement[T]) -> None:
        self.type = sqlite.type
        self.sqlite = sqlite
        self.postgresql = postgresql

    @override
    def self_group(self, against: OperatorType | None = None) -> Self:
        """Stay as it is: what it stands for is grouped where it is written."""
        return self


@compiles(ByDatabase, "sqlite")
def _in_sqlite(element: ByDatabase[object], compiler: SQLCompiler, **how: object) -> str:
    return compiler.process(element.sqlite.self_group(operators.and_), **how)


@compiles(ByDatabase, "postgresql")
def _in_postgresql(element: ByDatabase[object], compiler: SQLCompiler, **how: object) -> str:
    return compiler.process(element.postgresql.self_group(operators.and_), **how)


THIS_TRANSACTION = ByDatabase[int](
    sqlite=literal_column("0", BigInteger),
    postgresql=literal_column("pg_current_xact_id()", BigInteger),
)
"""The number of the transaction this runs in; SQLite has one writer and needs none."""

FIRST_OPEN_TRANSACTION = ByDatabase[int](
    sqlite=literal_column("1", BigInteger),
    postgresql=literal_column("pg_snapshot_xmin(pg_current_snapshot())", BigInteger),
)
"""Every transaction with a lower number has ended, and what it wrote is seen or will never be."""


def unlocked(
    table: Table, condition: Callable[[FromClause], ColumnElement[bool]]
) -> ColumnElement[bool]:
    """Choose the rows to change without waiting for those that others have locked.

    Args:
        table: What is changed.
        condition: What is wanted of its rows. Those left out are to be seen to another time.
    """
    free = table.alias("free")
    key = [column.name for column in table.primary_key.columns]
    chosen = select(*(free.c[name] for name in key)).where(condition(free))
    return ByDatabase(
        sqlite=condition(table),
        postgresql=tuple_(*(table.c[name] for name in key)).in_(
            chosen.with_for_update(skip_locked=True)
        ),
    )


_pg_locks = table("pg_locks", *map(column, ("locktype", "classid", "objsubid", "database", "pid")))
_pg_database = table("pg_database", column("oid"), column("datname"))
_this_database = (
    select(_pg_database.c.oid)
    .where(_pg_database.c.datname == func.current_database())
    .scalar_subquery()
)


def _held(held: FromClause, first_half: int) -> ColumnElement[bool]:
    return and_(
        held.c.locktype == fixed("advisory"),
        held.c.classid == fixed(first_half),
        held.c.objsubid == fixed(2),  # a lock of two numbers
        held.c.database == _this_database,
    )


_living = (
    select(literal_column("objid::bigint", BigInteger))
    .select_from(_pg_locks)
    .where(_held(_pg_locks, locks.PROCESSES))
)
_indexing = _pg_locks.alias("indexing_locks")

AN_OLDER_LIVES = ByDatabase[bool](
    sqlite=false(),
    postgresql=exists().where(
        _held(_pg_locks, locks.PROCESSES),
        ~exists().where(_held(_indexing, locks.INDEXES), _indexing.c.pid == _pg_locks.c.pid),
    ),
)
"""Whether a process lives that does not make findable what it files. SQLite has no other."""

N_WORKERS = ByDatabase[int](
    sqlite=literal_column("1", Integer),
    postgresql=select(func.count())
    .select_from(_pg_locks)
    .where(_held(_pg_locks, locks.WORKERS))
    .scalar_subquery(),
)
"""How many processes run bots and send. Of a SQLite file that is its owner."""


def is_abandoned(held_by: ColumnElement[int | None]) -> ColumnElement[bool]:
    """Tell whether the process that held a row is gone.

    In PostgreSQL every process holds a lock for as long as it lives; in SQLite there can be no
    other than this one.
    """
    return ByDatabase(
        sqlite=true(),
        postgresql=and_(held_by != bindparam("holder"), held_by.not_in(_living)),
    )


def is_among(of: ColumnElement[str | None]) -> ByDatabase[bool]:
    """Make the test whether a column is one of the texts in the parameter `keys`, a JSON array."""
    keys = bindparam("keys", type_=Text)
    return ByDatabase[bool](
        sqlite=of.in_(
            select(column("value", Text)).select_from(func.json_each(keys).table_valued("value"))
        ),
        postgresql=of.in_(select(cast(func.jsonb_array_elements_text(cast(keys, JSONB)), TEXT))),
    )
