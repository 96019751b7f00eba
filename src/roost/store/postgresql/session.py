"""One transaction on one connection, as the row groups see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import cast

from asyncpg import Connection

from roost.store import arrays, conversation_statements, encoding, locks
from roost.store.postgresql.numbering import Numbered, arrayed, numbered
from roost.store.statements import Command, Parameter, Parameters, Query, R

LeaseClock = Callable[[Connection], Awaitable[int]]
"""Gives the clock of leases, in milliseconds."""

_DATABASE_CLOCK = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"
_TRY_LOCK = "SELECT pg_try_advisory_xact_lock($1::int, $2::int)"
_LOCK = "SELECT pg_advisory_xact_lock($1::int, $2::int)"


async def database_milliseconds(connection: Connection) -> int:
    """Give the database's clock, the one that all processes share."""
    return cast("int", await connection.fetchval(_DATABASE_CLOCK))


class PostgresSession:
    """`roost.store.statements.Session` in a PostgreSQL transaction.

    Attributes:
        n_rows: Rows changed so far. A command run for many sets counts as one row for each.
    """

    __slots__ = ("_connection", "_held", "_holder", "_lease_clock", "n_rows")

    def __init__(
        self, connection: Connection, *, holder: Callable[[], int], lease_clock: LeaseClock
    ) -> None:
        """Begin with a connection in a transaction.

        Args:
            connection: Nobody else uses it meanwhile.
            holder: Gives the number of this process.
            lease_clock: The same in all processes.
        """
        self._connection = connection
        self._holder = holder
        self._lease_clock = lease_clock
        self._held: set[tuple[str, str]] = set()
        self.n_rows = 0

    @property
    def holder(self) -> int:
        """The number under which this process holds leases.

        Raises:
            StoreUnavailable: It has none, because others cannot see that it lives.
        """
        return self._holder()

    async def rows(self, query: Query[R], parameters: Parameters) -> list[R]:
        """Run a query and give all its rows."""
        rows = await fetch(self._connection, query, parameters)
        if numbered(query).is_change:
            self.n_rows += len(rows)
        return rows

    async def rows_each(self, query: Query[R], parameters: Sequence[Parameters]) -> list[R]:
        """Run a query once per set of parameters: in one round trip, or many at a time."""
        text = arrayed(query)
        if text is None:
            return await self._pipelined(query, parameters)
        storable = [encoding.storable_parameters(one) for one in parameters]
        keys = [arrays.key_of(one, query.row) for one in storable]
        found: dict[int, R] = {}
        for places in arrays.rounds(keys):
            rows = await self._run_arrays(text, [storable[place] for place in places])
            by_key = {row[: len(query.row)]: row for row in rows}
            found.update((place, cast("R", by_key[keys[place]])) for place in places)
        return [found[place] for place in range(len(parameters))]

    async def _pipelined(self, query: Query[R], parameters: Sequence[Parameters]) -> list[R]:
        if not parameters:
            return []
        text = numbered(query)
        arguments = [text.arguments(one) for one in parameters]
        records = await self._connection.fetchmany(text.sql, arguments)
        if text.is_change:
            self.n_rows += len(records)
        return cast("list[R]", list(map(tuple, records)))

    async def run(self, command: Command, parameters: Parameters) -> int:
        """Run a command and give the number of rows it changed."""
        text = numbered(command)
        status = await self._connection.execute(text.sql, *text.arguments(parameters))
        n_rows = int(status.rpartition(" ")[2])
        self.n_rows += n_rows
        return n_rows

    async def run_each(self, command: Command, parameters: list[Parameters]) -> None:
        """Run a command once per set of parameters: in one round trip, or many at a time."""
        if not parameters:
            return
        text = arrayed(command)
        if text is None or len(parameters) == 1:
            text = numbered(command)
            arguments = [text.arguments(one) for one in parameters]
            await self._connection.executemany(text.sql, arguments)
            self.n_rows += len(parameters)
            return
        storable = [encoding.storable_parameters(one) for one in parameters]
        keys = [arrays.key_of(one, command.row) for one in storable]
        for places in arrays.rounds(keys) if command.row else [range(len(storable))]:
            await self._run_arrays(text, [storable[place] for place in places])

    async def _run_arrays(
        self, text: Numbered, parameters: Sequence[Parameters]
    ) -> list[tuple[object, ...]]:
        rows = [[one[name] for name in text.names] for one in parameters]
        return await self.insert_many(text, rows)

    async def insert_many(
        self, text: Numbered, rows: Sequence[Sequence[Parameter]]
    ) -> list[tuple[object, ...]]:
        """Run a statement that takes an array for each column; give what it returns.

        Args:
            text: With its parameters in the order of a row's values.
            rows: At least one. Their texts are storable.
        """
        records = await self._connection.fetch(text.sql, *map(list, zip(*rows, strict=True)))
        self.n_rows += len(rows)
        return list(map(tuple, records))

    async def lease_now(self) -> int:
        """Give the clock of leases in milliseconds."""
        return await self._lease_clock(self._connection)

    async def hold(self, account_id: str, conversation_id: str) -> None:
        """Lock a conversation's row, once; wait for another transaction that has it."""
        key = (encoding.storable_text(account_id), encoding.storable_text(conversation_id))
        if key not in self._held:
            account, conversation = key
            await self.rows(
                conversation_statements.HOLD,
                {"account": account, "conversation": conversation},
            )
            self._held.add(key)

    def now_holds(self, account_id: str, conversation_id: str) -> None:
        """Note that a statement has just locked a conversation's row, as `hold` would."""
        self._held.add(
            (encoding.storable_text(account_id), encoding.storable_text(conversation_id))
        )

    async def may_file(self) -> bool:
        """Tell whether no other open transaction files events; filing is ours until the end."""
        taken = await self._connection.fetchval(_TRY_LOCK, locks.WORK, locks.FILING)
        return taken is True

    async def stop_filing(self) -> None:
        """Wait for another open transaction that files events; filing is ours until the end."""
        await self._connection.execute(_LOCK, locks.WORK, locks.FILING)


async def fetch(connection: Connection, query: Query[R], parameters: Parameters) -> list[R]:
    """Run a query on a connection and give all its rows."""
    text = numbered(query)
    records = await connection.fetch(text.sql, *text.arguments(parameters))
    return cast("list[R]", list(map(tuple, records)))
