"""Typing and read marks: shown after the commit, never worth failing for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from tests.scenario.engine.conftest import ACCOUNT, Line

from roost.engine.budgets import Budgets
from roost.engine.means import Means
from roost.engine.retry import RetryPolicy
from roost.engine.signals import MOST_WAITING, SignalWorker
from roost.errors import RateLimited, XApiUnavailable
from roost.model.budgets import Limit, RouteLimits, Standing
from roost.model.decisions import Decision, HandOff, MarkRead, Reply, ShowTyping
from roost.model.ids import ConversationId, MessageId
from roost.model.messages import OutboundMessage, Profile
from roost.model.turns import Turn
from roost.store.durable import DurableStore
from roost.store.postgresql.store import PostgresStore
from roost.store.registry import AccountRow, AppRow
from roost.store.sqlite import SqliteStore
from roost.testing.clocks import NOON, FrozenClock
from roost.testing.gateways import FakeGateway

TYPING, ALLOWED = "dm.indicate_typing", 5
WINDOW = RouteLimits(Limit(ALLOWED, timedelta(minutes=15)))
LIMITS = {TYPING: WINDOW, "dm.mark_read": WINDOW}
READ = MarkRead(MessageId("10"))
TURN = Turn("b", ACCOUNT, ConversationId("1001-2002"), Profile("2002"), (), 1, NOON)


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


def worker(
    store: DurableStore,
    gateway: FakeGateway,
    clock: FrozenClock,
    limits: Mapping[str, RouteLimits] = LIMITS,
) -> SignalWorker:
    """Put together what one process shows signals with."""
    return SignalWorker(Means(store, gateway, clock, Budgets(limits), RetryPolicy()))


async def reads_types_and_answers(turn: Turn) -> tuple[Decision, ...]:
    return READ, ShowTyping(), Reply(OutboundMessage("hello"))


async def test_what_a_turn_wants_shown_is_shown_beside_what_it_says(line: Line) -> None:
    line.decider.decides = reads_types_and_answers
    async with line.working():
        await line.receives(10, "hi")
        await line.until_settled()
        await line.until(lambda: len(line.gateway.shown) == 2)
    assert set(line.gateway.shown) == {("2002", READ), ("2002", ShowTyping())}
    assert line.gateway.texts == ["hello"]


async def test_what_x_refuses_to_show_fails_nothing(line: Line) -> None:
    line.decider.decides = reads_types_and_answers
    line.gateway.refusals.extend([XApiUnavailable("down"), XApiUnavailable("down")])
    async with line.working():
        await line.receives(10, "hi")
        await line.until_settled()
        await line.until(lambda: not line.gateway.refusals)
        await line.receives(20, "again")
        await line.until(lambda: len(line.gateway.shown) == 2)
        await line.until_settled()
    assert line.gateway.texts == ["hello", "hello"]
    assert (await line.store.counts()).events["done"] == 2


async def shown(signals: SignalWorker, gateway: FakeGateway, *decisions: Decision) -> int:
    """Show what a turn wants, and count what X has taken so far."""
    signals.want(TURN, decisions)
    signals.stop()
    await signals.run()
    return len(gateway.shown)


async def test_a_used_up_window_is_left_alone_by_all_processes_until_it_opens(
    store: DurableStore,
) -> None:
    clock, one, other = FrozenClock(), FakeGateway(), FakeGateway()
    opens_at = clock.now() + timedelta(minutes=5)
    one.refusals.append(RateLimited(TYPING, resets_at=opens_at))
    refused, rival = worker(store, one, clock), worker(store, other, clock)

    assert await shown(refused, one, ShowTyping()) == 0
    assert await shown(refused, one, ShowTyping(), READ) == 1
    assert await shown(rival, other, ShowTyping(), READ) == 1
    assert one.shown == other.shown == [("2002", READ)]
    clock.advance(timedelta(minutes=5))
    assert await shown(rival, other, ShowTyping()) == 2
    assert await shown(refused, one, ShowTyping()) == 2


async def test_all_processes_together_ask_for_no_more_than_x_allows(store: DurableStore) -> None:
    clock, gateways = FrozenClock(), [FakeGateway(), FakeGateway()]
    workers = [worker(store, one, clock) for one in gateways]

    async with asyncio.TaskGroup() as tasks:
        for signals, gateway in zip(workers, gateways, strict=True):
            tasks.create_task(shown(signals, gateway, *[ShowTyping()] * ALLOWED))

    assert sum(len(one.shown) for one in gateways) == ALLOWED


async def test_what_x_says_of_a_window_is_believed(store: DurableStore) -> None:
    clock, gateway = FrozenClock(), FakeGateway()
    signals = worker(store, gateway, clock)
    nothing_left = Standing(ALLOWED, 0, clock.now() + timedelta(minutes=5))
    gateway.standings[ACCOUNT, TYPING] = nothing_left

    assert await shown(signals, gateway, ShowTyping()) == 1
    assert await shown(signals, gateway, ShowTyping()) == 1


async def test_what_waits_too_long_is_dropped_oldest_first(store: DurableStore) -> None:
    gateway = FakeGateway()
    signals = worker(store, gateway, FrozenClock(), limits={})
    marks = [MarkRead(MessageId(str(n))) for n in range(MOST_WAITING + 3)]

    assert await shown(signals, gateway, *marks) == MOST_WAITING

    assert {signal for _, signal in gateway.shown} == set(marks[3:])


async def test_a_hand_off_to_a_team_tags_the_conversation(line: Line) -> None:
    async def hands_off(turn: Turn) -> tuple[Decision, ...]:
        return (HandOff("asked for a refund", "billing"),)

    line.decider.decides = hands_off
    async with line.working():
        await line.receives(10, "refund")
        await line.until_settled()

    async def unit(tx):
        rows = tx.events._session._connection.execute("SELECT name FROM tags").fetchall()
        return rows, tx.events._session._connection.execute(
            "SELECT control, control_reason FROM conversations"
        ).fetchall()

    assert await line.store.transact(unit) == ([("billing",)], [("queue", "asked for a refund")])
