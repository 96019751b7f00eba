"""What the tables of both databases are made of: names, types, columns and partial indexes."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Text, text
from sqlalchemy.types import UserDefinedType
from typing_extensions import override

metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s"})

ROWID = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite numbers rows by itself only where the type is exactly `INTEGER`."""

TEXT = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that sorts by code point in every database, whatever language the server speaks."""


class Xid8(UserDefinedType[int]):
    """PostgreSQL's number of a transaction, which never wraps around."""

    cache_ok = True

    @override
    def get_col_spec(self, **_kw: object) -> str:
        """Give the type's name."""
        return "xid8"


XID = BigInteger().with_variant(Xid8(), "postgresql")
"""A transaction's number; 0 in SQLite."""


def text_column(name: str, *, primary_key: bool = False) -> Column[str]:
    """Make a column of text."""
    return Column(name, TEXT, primary_key=primary_key, nullable=False)


def further_text(name: str) -> Column[str]:
    """Make a column of text that came later; empty in rows made before, or by older versions."""
    return Column(name, TEXT, nullable=False, server_default="")


def whole(name: str) -> Column[int]:
    """Make a column of 64-bit numbers."""
    return Column(name, BigInteger, nullable=False)


def counted(name: str, default: int = 0) -> Column[int]:
    """Make a column of counts that begin somewhere."""
    return Column(name, Integer, nullable=False, server_default=str(default))


def holds() -> list[Column[str] | Column[int] | Column[int | None]]:
    """Make the columns that say why X is not called, and until when."""
    return [
        Column("hold_reason", TEXT, nullable=False, server_default=""),
        Column("held_at", BigInteger),
        Column("check_at", BigInteger),
        counted("holds"),
    ]


def partial_index(name: str, *columns: Column[str] | Column[int], where: str) -> Index:
    """Make an index of the rows that a condition chooses."""
    condition = text(where)
    return Index(name, *columns, sqlite_where=condition, postgresql_where=condition)
