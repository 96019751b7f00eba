"""Core statements compiled once, at import, to SQL text for a raw driver.

SQLAlchemy describes the SQL and stays out of the hot path: running a statement is one dictionary
of parameters and one call of the driver. Each keeps its Core form, from which another database's
text is compiled the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from sqlalchemy import ClauseElement, ColumnElement, literal_column
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect

Parameter = str | int | bytes | None
"""What a parameter or a column can be; other types are converted in `roost.store.encoding`."""

Parameters = Mapping[str, Parameter]
"""Parameters by name. Every name the statement uses must be there."""

R = TypeVar("R", bound=tuple[Parameter, ...])
R_co = TypeVar("R_co", bound=tuple[Parameter, ...], covariant=True)

_NAMED: Dialect = sqlite.dialect(paramstyle="named")
_POSITIONAL: Dialect = sqlite.dialect(paramstyle="qmark")


class Command:
    """A statement that changes rows and gives none.

    Args:
        core: What is compiled for a database.
        for_sqlite: What is compiled for SQLite instead, where its planner wants the same said
            in another way.
        arrays: The same for many sets of parameters at once, where a database has a statement for
            that: each parameter is an array of its values. A query's first columns are then `row`.
        row: The parameters that name the row, where one statement cannot change it twice.

    Attributes:
        arrays: As above.
        row: As above.
        core: What other databases' texts are compiled from.
        sql: SQLite's text with `:name` parameters.
        constants: Parameters that are always the same, such as the offset of a limit.
    """

    __slots__ = ("arrays", "constants", "core", "row", "sql")

    def __init__(
        self,
        core: ClauseElement,
        *,
        for_sqlite: ClauseElement | None = None,
        arrays: ClauseElement | None = None,
        row: tuple[str, ...] = (),
    ) -> None:
        compiled = (core if for_sqlite is None else for_sqlite).compile(dialect=_NAMED)
        self.core = core
        self.arrays = arrays
        self.row = row
        self.sql = compiled.string
        self.constants: dict[str, Parameter] = {
            name: value for name, value in (compiled.params or {}).items() if value is not None
        }


class Query(Command, Generic[R_co]):
    """A statement that gives rows of the type `R_co`, a tuple with one member per column."""

    __slots__ = ()


class Bulk:
    """A statement run for many rows at once, with its parameters by position.

    SQLite binds a tuple in 0.4 of the time of a dictionary, which counts on the way of every
    delivery and nowhere else.

    Attributes:
        core: What it was compiled from.
        sql: SQLite's text with `?` parameters.
        names: The parameters' names, in the order the tuple must have.
    """

    __slots__ = ("core", "names", "sql")

    def __init__(self, core: ClauseElement) -> None:
        compiled = core.compile(dialect=_POSITIONAL)
        self.core = core
        self.sql = compiled.string
        # A compiled statement lists its parameters in the order of the text.
        self.names = tuple(compiled.params or ())


class Session(Protocol):
    """One open transaction, as the row groups see it. Each database has its own adapter.

    A transaction that writes anything of a conversation holds the conversation first, so that two
    of them never wait for each other. Where there is one writer, holding means nothing.
    """

    @property
    def holder(self) -> int | None:
        """The number under which this process holds leases; `None` where it is the only one."""
        ...

    async def rows(self, query: Query[R], parameters: Parameters) -> list[R]:
        """Run a query and give all its rows."""
        ...

    async def rows_each(self, query: Query[R], parameters: Sequence[Parameters]) -> list[R]:
        """Run a query once per set of parameters; give the rows of all, in the order of the sets.

        Where sets name the same row, each run sees what those before it have changed.
        """
        ...

    async def run(self, command: Command, parameters: Parameters) -> int:
        """Run a command and give the number of rows it changed."""
        ...

    async def run_each(self, command: Command, parameters: list[Parameters]) -> None:
        """Run a command once per set of parameters; as in `rows_each` where sets name one row."""
        ...

    async def lease_now(self) -> int:
        """Give the clock of leases in milliseconds. Every process on a database has the same."""
        ...

    async def hold(self, account_id: str, conversation_id: str) -> None:
        """Keep other transactions away from a conversation until this one ends."""
        ...

    def now_holds(self, account_id: str, conversation_id: str) -> None:
        """Note that a statement has just locked a conversation's row, as `hold` would."""
        ...

    async def may_file(self) -> bool:
        """Tell whether no other open transaction files events; filing is ours until the end."""
        ...

    async def stop_filing(self) -> None:
        """Wait until no other transaction files events; none does until this one ends.

        To be called before anything is locked: whoever files waits for locks, and keeps others off
        filing meanwhile.
        """
        ...


class Reading(Protocol):
    """How a database is read beside the writing."""

    async def rows(self, query: Query[R], parameters: Parameters) -> list[R]:
        """Run a query and give all its rows; each query sees what is committed.

        Raises:
            StoreUnavailable: The database does not answer.
        """
        ...


def fixed(value: str | int) -> ColumnElement[str | int]:
    """Write a constant into the SQL itself, where the planner can match it to a partial index.

    Raises:
        ValueError: `value` is neither a number, a plain word nor empty: it would need escaping.
    """
    if isinstance(value, int):
        return literal_column(str(value))
    if value and not value.isidentifier():
        raise ValueError(value)
    return literal_column(f"'{value}'")
