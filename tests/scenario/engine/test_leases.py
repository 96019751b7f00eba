"""Leases: a long turn keeps its own, and one that cannot is stopped before it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest
from tests.scenario.engine.conftest import Line, echo, line_over

from roost.engine import leases as leases_module
from roost.engine.leases import Leases
from roost.engine.turns import TurnPolicy
from roost.errors import StaleClaim, StoreUnavailable
from roost.model.decisions import Decision
from roost.model.opting import BUILT_IN
from roost.model.turns import Claim, Progress, Turn

LEASE = timedelta(seconds=5)
POLICY = TurnPolicy(deadline=timedelta(seconds=60), lease=LEASE)


@pytest.fixture(autouse=True)
def _renewed_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Renew long before the end, so that a machine that stands still for a while loses none."""
    monkeypatch.setattr(leases_module, "RENEWED_AFTER", 0.1)


class Cut:
    """A store that can be cut off from its engine."""

    def __init__(self, store):
        self._store = store
        self.is_cut = False

    def __getattr__(self, name):
        return getattr(self._store, name)

    async def transact(self, unit, *, is_durable=True):
        if self.is_cut:
            raise StoreUnavailable("cut off")
        return await self._store.transact(unit, is_durable=is_durable)


class Slow:
    """A decider that thinks until it is told to go on; counts how its turns ended."""

    kinds: frozenset[str] = frozenset()
    opt_out = BUILT_IN

    def __init__(self) -> None:
        self.thinking, self.go_on = asyncio.Event(), asyncio.Event()
        self.n_begun = self.n_stopped = 0

    async def decide(self, turn: Turn) -> AsyncGenerator[Progress]:
        self.n_begun += 1
        self.thinking.set()
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.n_stopped += 1
            raise
        decisions: tuple[Decision, ...] = await echo(turn)
        yield Progress(decisions, final=True)


def slow_line(store) -> tuple[Line, Slow]:
    line, slow = line_over(store, policy=POLICY), Slow()
    line.worker._turns._deciders = {"b": slow}
    return line, slow


async def lease_until(line: Line) -> int | None:
    async def unit(tx):
        connection = tx.events._session._connection
        return connection.execute("SELECT lease_until FROM conversations").fetchone()[0]

    return await line.store.transact(unit)


async def test_a_turn_longer_than_its_lease_keeps_it(line: Line) -> None:
    line, slow = slow_line(line.store)
    rival = line_over(line.store, policy=POLICY)
    async with line.working():
        await line.receives(1, "hello")
        await slow.thinking.wait()
        async with rival.working(), asyncio.timeout(30):
            ends = {await lease_until(line)}
            while max(ends) - min(ends) <= LEASE / timedelta(milliseconds=1):
                await asyncio.sleep(0.05)
                ends.add(await lease_until(line))
            slow.go_on.set()
            await line.until_settled()
    assert (slow.n_begun, slow.n_stopped) == (1, 0)
    assert rival.decider.turns == []
    assert line.gateway.texts + rival.gateway.texts == ["re: hello"]


async def test_a_turn_whose_lease_cannot_be_renewed_is_stopped_and_done_by_another(
    line: Line,
) -> None:
    cut = Cut(line.store)
    cut_off, slow = slow_line(cut)
    rival = line_over(line.store, policy=POLICY)
    async with cut_off.working():
        await line.receives(1, "hello")
        await slow.thinking.wait()
        cut.is_cut = True
        async with rival.working():
            await rival.until(lambda: slow.n_stopped == 1)
            await rival.until(lambda: rival.gateway.texts == ["re: hello"])
            slow.go_on.set()
            cut.is_cut = False
            await rival.until_settled()
    assert (slow.n_begun, slow.n_stopped) == (1, 1)
    assert cut_off.gateway.texts == []


async def test_a_database_that_is_away_for_a_moment_costs_no_turn(line: Line) -> None:
    cut = Cut(line.store)
    line, slow = slow_line(cut)
    async with line.working():
        await line.receives(1, "hello")
        await slow.thinking.wait()
        before = await lease_until(line)
        failures = 0
        renew = line.worker._turns._leases._renew

        async def counting(old):
            nonlocal failures
            cut.is_cut = failures == 0
            failures += 1
            await renew(old)
            cut.is_cut = False

        line.worker._turns._leases._renew = counting
        await line.until(lambda: failures >= 3)
        assert await lease_until(line) > before
        slow.go_on.set()
        await line.until_settled()
    assert (slow.n_begun, slow.n_stopped) == (1, 0)
    assert line.gateway.texts == ["re: hello"]


async def a_claim(line: Line) -> tuple[Claim, float]:
    await line.receives(1, "hello")
    since = line.worker._turns._leases.now()
    _, (claim,) = await line.store.transact(line.worker._turns._claim_in)
    return claim, since


async def test_a_turn_is_to_stop_well_before_its_lease_ends(line: Line) -> None:
    claim, since = await a_claim(line)
    leases = Leases(line.store, timedelta(seconds=100))
    async with leases.holding(claim, since=since):
        (held,) = leases._held
        assert since + 60 < held.scope.when() <= since + 90
    assert leases._held == set()


async def test_a_lease_that_is_another_s_by_now_is_given_up_at_once(line: Line) -> None:
    claim, since = await a_claim(line)
    leases = Leases(line.store, timedelta(seconds=100))
    await line.store.transact(lambda tx: tx.conversations.release(claim, waiting_since=None))

    async def go_on() -> None:
        async with leases.holding(claim, since=since):
            await leases._renew(list(leases._held))
            await asyncio.Event().wait()

    with pytest.raises(StaleClaim, match="could not be renewed"):
        await go_on()


async def test_a_timeout_inside_of_a_turn_is_not_taken_for_a_lost_lease(line: Line) -> None:
    claim, since = await a_claim(line)
    with pytest.raises(TimeoutError, match="its own"):
        async with Leases(line.store, timedelta(seconds=100)).holding(claim, since=since):
            raise TimeoutError("its own")
