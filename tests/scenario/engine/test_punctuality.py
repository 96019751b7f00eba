"""Timers on the machine's own clock: never early, and hardly late."""

from __future__ import annotations

import asyncio
import statistics
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.scenario.engine.conftest import ACCOUNT, Line, line_over
from tests.stalls import stood_still

from roost.model.decisions import Decision
from roost.model.events import TimerFired
from roost.model.timers import SetTimer
from roost.model.turns import Turn
from roost.service.clock import SystemClock
from roost.store.registry import AccountRow, AppRow
from roost.store.sqlite import SqliteStore

N_CUSTOMERS = 200
FIRST_AFTER = timedelta(seconds=1)
BETWEEN = timedelta(milliseconds=10)

LATE_AT_MOST = timedelta(seconds=1)
AS_LONG_AS = 10
"""So many times what a message waited in the same run are added: some machines are busy."""


class Watch:
    """A bot that sets a timer for each message, and notes how long anything has waited for it."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.written: dict[str, datetime] = {}
        self.waits: list[timedelta] = []
        self.late: list[timedelta] = []

    async def decide(self, turn: Turn) -> tuple[Decision, ...]:
        now = self._line.clock.now()
        (event,) = turn.events
        if isinstance(event, TimerFired):
            self.late.append(now - event.due_at)
            return ()
        self.waits.append(now - self.written[turn.customer.user_id])
        return (SetTimer("reminder", after=FIRST_AFTER + len(self.waits) * BETWEEN),)


@pytest.mark.timeout(120)
async def test_timers_fire_at_their_time_on_the_clock_of_the_machine(tmp_path: Path) -> None:
    clock = SystemClock()
    async with SqliteStore.open(tmp_path / "roost.db") as store:
        await store.register([AppRow("main", "1", "key")], [AccountRow(ACCOUNT, "main", "b")])
        line = line_over(store, clock=clock)
        watch = Watch(line)
        line.decider.decides = watch.decide
        async with line.working(), asyncio.timeout(60), stood_still() as lost:
            for n in range(N_CUSTOMERS):
                customer = str(3_000 + n)
                watch.written[customer] = clock.now()
                await line.receives(1 + n, "remind me", customer=customer, at=clock.now())
            await line.until(lambda: len(watch.late) == N_CUSTOMERS)

    p95 = statistics.quantiles([one.total_seconds() for one in watch.late], n=20)[-1]
    latest, waited = max(watch.late), max(watch.waits)
    print(f"\n  {N_CUSTOMERS} timers: p95 {p95 * 1000:.0f} ms late, the latest {latest}")
    print(f"  a message in the same run waited {waited} at most")
    assert min(watch.late) >= timedelta(0), "never early"
    stalled = timedelta(seconds=max(lost))
    assert latest < LATE_AT_MOST + AS_LONG_AS * waited + stalled
