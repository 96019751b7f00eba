"""A turn that a stop interrupts was not tried; one that its deadline ends was."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from tests.scenario.engine.conftest import ACCOUNT, Line, echo, line_over

from roost.engine.turns import TurnPolicy
from roost.model.decisions import Decision
from roost.model.turns import Turn
from roost.service import working
from roost.service.signals import Stop
from roost.store.durable import DurableStore
from roost.store.postgresql.store import PostgresStore
from roost.store.registry import AccountRow, AppRow
from roost.store.sqlite import SqliteStore

STOPS = 6
POLICY = TurnPolicy()
assert POLICY.attempts < STOPS


@pytest.fixture(params=["sqlite", "postgresql"])
def opening(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AbstractAsyncContextManager[DurableStore]:
    """A store of either database, not opened yet."""
    if request.param == "sqlite":
        return SqliteStore.open(tmp_path / "roost.db")
    return PostgresStore.open(request.getfixturevalue("dsn"))


@pytest.fixture
async def store(opening: AbstractAsyncContextManager[DurableStore]) -> AsyncGenerator[DurableStore]:
    """A store with our account."""
    async with opening as opened:
        await opened.register([AppRow("main", "1", "key")], [AccountRow(ACCOUNT, "main", "b")])
        yield opened


class Slow:
    """Decides only after longer than a stop leaves it."""

    def __init__(self, line: Line) -> None:
        self.begun = asyncio.Event()
        line.decider.decides = self

    async def __call__(self, turn: Turn) -> tuple[Decision, ...]:
        self.begun.set()
        await asyncio.sleep(3_600)
        return await echo(turn)


async def lived_briefly(line: Line) -> None:
    """Run a process that is asked to stop in the middle of its turn."""
    slow = Slow(line)
    async with working.running(line.worker, line.store, Stop()):
        line.worker.wake()
        async with asyncio.timeout(30):
            await slow.begun.wait()


async def test_a_turn_that_stops_catch_again_and_again_is_answered_in_the_end(
    store: DurableStore, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(working, "ENDS_WITHIN", 0.05)
    first = line_over(store)
    await first.receives(1, "hello")
    for _ in range(STOPS):
        await lived_briefly(line_over(store))

    last = line_over(store)
    async with last.working():
        last.worker.wake()
        await last.until_settled()

    counts = await store.counts()
    assert [entry.message.text for entry, _ in last.gateway.taken] == ["re: hello"]
    assert counts.events.get("quarantined", 0) == 0


async def test_a_turn_that_its_deadline_ends_counts_though_a_stop_follows(
    store: DurableStore, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(working, "ENDS_WITHIN", 0.05)
    hurried = TurnPolicy(deadline=timedelta(seconds=0.05))
    line = line_over(store, policy=hurried)
    Slow(line)
    await line.receives(1, "hello")

    async with working.running(line.worker, store, Stop()):
        line.worker.wake()
        await line.until_counted(lambda now: now.events.get("quarantined"))

    assert line.gateway.taken == []
