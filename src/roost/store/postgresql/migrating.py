"""Bringing a PostgreSQL database's schema up to date: by one process, while the others wait."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from asyncpg import Connection
from sqlalchemy.engine import Connection as SyncConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from roost.errors import StoreUnavailable
from roost.store import locks, schema
from roost.store.postgresql.failures import FAILURES
from roost.store.postgresql.server import Server

_LOCK = "SELECT pg_advisory_lock($1::int, $2::int)"


async def upgrade(server: Server) -> None:
    """Run the migrations a database lacks. Any number of processes may call this at once.

    Each migration is one transaction, so a killed one leaves nothing behind and the next start goes
    on where it stopped. No copy is made: keep backups, as for any PostgreSQL.

    Raises:
        NewerSchema: A newer Roost wrote the database. It is left as it was.
        StoreUnavailable: The server cannot be reached, or a migration failed.
    """
    try:
        async with _alone(server):
            await _migrate(server)
    except (DBAPIError, *FAILURES) as error:
        raise StoreUnavailable(f"{server} cannot be migrated: {error}") from error


@asynccontextmanager
async def _alone(server: Server) -> AsyncGenerator[Connection]:
    connection = await server.connect()
    try:
        await connection.execute(_LOCK, locks.WORK, locks.MIGRATING)
        yield connection
    finally:
        # Which gives the lock back.
        await connection.close()


async def _migrate(server: Server) -> None:
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=server.connect,
        poolclass=NullPool,
        hide_parameters=True,
    )
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_upgrade, str(server))
    finally:
        await engine.dispose()


def _upgrade(connection: SyncConnection, name: str) -> None:
    current = schema.revision_of(connection)
    connection.rollback()
    if schema.is_behind(current, name=name):
        schema.migrate(connection)
