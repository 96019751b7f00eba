"""A standby beside a PostgreSQL server of our own, which can take over from it."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import asyncpg
from tests import postgres
from tests.postgres import Cluster

CATCHES_UP_WITHIN = 60.0

SETTINGS = {"wal_level": "replica", "max_wal_senders": "4", "hot_standby": "on"}
"""Of a server that is to have a standby."""


@dataclass(frozen=True, slots=True)
class Standby:
    """A server that repeats what another commits.

    Attributes:
        folder: Where its socket is.
        primary: Whom it repeats.
    """

    folder: Path
    primary: Cluster

    @property
    def dsn(self) -> str:
        """The DSN of its database alone."""
        return f"postgresql://postgres@/postgres?host={quote(str(self.folder))}"

    @property
    def either(self) -> str:
        """A DSN of both, of which the one is used that takes writes."""
        hosts = f"{quote(str(self.primary.folder))},{quote(str(self.folder))}"
        return f"postgresql://postgres@/postgres?host={hosts}"

    async def promote(self) -> None:
        """Let it take writes; returns once it does."""
        connection = await asyncpg.connect(self.dsn)
        try:
            await connection.execute("SELECT pg_promote(true, 60)")
        finally:
            await connection.close()


@asynccontextmanager
async def standby(primary: Cluster) -> AsyncGenerator[Standby]:
    """Have a standby of a running server that every commit of it waits for.

    Args:
        primary: With `SETTINGS`.
    """
    folder = primary.folder / "standby"
    folder.mkdir(mode=0o700)
    if primary.user is not None:
        shutil.chown(folder, primary.user)
    await asyncio.to_thread(_copy, primary, folder)
    made = Standby(folder, primary)
    with postgres.beside(primary, folder):
        await _set(primary.dsn, "ALTER SYSTEM SET synchronous_standby_names = '*'")
        await _until_it_follows(primary.dsn)
        yield made


def _copy(primary: Cluster, folder: Path) -> None:
    subprocess.run(
        [
            primary.programs / "pg_basebackup",
            *("-h", primary.folder, "-U", "postgres", "-D", folder / "data"),
            *("--write-recovery-conf", "--checkpoint=fast", "--no-sync"),
        ],
        user=primary.user,
        cwd="/",
        check=True,
        capture_output=True,
    )


async def _set(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()


async def _until_it_follows(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        async with asyncio.timeout(CATCHES_UP_WITHIN):
            while not await connection.fetchval(
                "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
            ):
                await connection.execute("SELECT pg_sleep(0.05)")
    finally:
        await connection.close()
