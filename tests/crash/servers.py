"""PostgreSQL databases that keep the trace of fences."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager

import asyncpg
from tests import postgres
from tests.postgres import Databases

from roost.store.postgresql import migrating
from roost.store.postgresql.server import Server
from roost.testing import ledger_trace


def traced(databases: Databases, n: int, template: str) -> Sequence[str]:
    """Give the DSNs of so many fresh databases. Not to be called on a running loop.

    Args:
        databases: Makes them.
        n: How many.
        template: DSN of a migrated one.
    """
    with_trace = databases.made(template=template, options="")
    asyncio.run(_watch(with_trace))
    return [databases.made(template=with_trace, options="") for _ in range(n)]


@contextmanager
def served(environment: Mapping[str, str], n: int) -> Generator[Sequence[str]]:
    """Run a server with so many traced databases. Not to be entered on a running loop."""
    with postgres.server(environment) as dsn:
        databases = Databases(dsn)
        template = databases.made()
        asyncio.run(migrating.upgrade(Server(template)))
        yield traced(databases, n, template)


async def _watch(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in ledger_trace.POSTGRESQL:
            await connection.execute(statement)
    finally:
        await connection.close()
