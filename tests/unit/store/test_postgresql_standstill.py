"""Who is connected to PostgreSQL and stands still, and who only seems to."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import asyncpg
import pytest

from roost.store import locks
from roost.store.postgresql import standstill
from roost.store.postgresql.standstill import Standstill

NUMBER = 5


@pytest.fixture
async def ours(dsn: str) -> AsyncGenerator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


@pytest.fixture
async def theirs(dsn: str) -> AsyncGenerator[asyncpg.Connection]:
    """Connected as a process is whose number is 5."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(f"SELECT pg_advisory_lock({locks.PROCESSES}, {NUMBER})")
    yield connection
    connection.terminate()


async def lives(ours: asyncpg.Connection) -> bool:
    """Tell whether the number is somebody's."""
    taken = await ours.fetchval(f"SELECT pg_try_advisory_lock({locks.PROCESSES}, {NUMBER})")
    return not taken


async def until_gone(ours: asyncpg.Connection) -> None:
    await ours.execute(f"SELECT pg_advisory_lock({locks.PROCESSES}, {NUMBER})", timeout=10)


async def test_who_stands_still_is_cut_off_and_not_before_the_last_look(ours, theirs) -> None:
    watched = Standstill()
    for _ in range(standstill.LOOKS):
        await watched.look(ours, within=5)
    assert await lives(ours)

    await watched.look(ours, within=5)

    await until_gone(ours)


async def test_who_has_said_anything_since_the_last_look_lives(ours, theirs) -> None:
    watched = Standstill()

    for _ in range(3):
        for _ in range(standstill.LOOKS):
            await watched.look(ours, within=5)
        await theirs.fetchval("SELECT 1")

    assert await lives(ours)


async def test_what_is_said_to_somebody_is_no_sign_of_their_life(ours, theirs) -> None:
    await theirs.execute("LISTEN roost_stored")
    watched = Standstill()

    for _ in range(standstill.LOOKS + 1):
        await watched.look(ours, within=5)
        await ours.execute("NOTIFY roost_stored")

    await until_gone(ours)


async def test_who_was_not_looked_at_for_long_is_not_taken_for_gone(ours, theirs) -> None:
    """The server, or we, may have been stopped for a day between two looks."""
    watched = Standstill()
    await watched.look(ours, within=5)
    await theirs.fetchval("SELECT pg_sleep(0.1)")

    for _ in range(standstill.LOOKS):
        await watched.look(ours, within=5)

    assert await lives(ours)


@pytest.mark.parametrize("role", ["pg_monitor", "pg_signal_backend"])
async def test_who_is_connected_under_another_role_stays(ours, theirs, role: str) -> None:
    """One of the two sees that somebody stands still, and may not end that."""
    await ours.execute(f"SET ROLE {role}")
    watched = Standstill()

    for _ in range(standstill.LOOKS + 1):
        await watched.look(ours, within=5)

    assert await lives(ours)


async def test_a_server_that_lets_nobody_look_lets_everybody_stay(ours, theirs) -> None:
    await ours.execute("REVOKE SELECT ON pg_locks FROM PUBLIC; SET ROLE pg_monitor")
    watched = Standstill()

    for _ in range(standstill.LOOKS + 1):
        await watched.look(ours, within=5)

    assert not ours.is_closed()
    assert await lives(ours)
