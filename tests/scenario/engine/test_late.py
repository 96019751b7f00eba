"""Messages in the wrong order, late ones, and history."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scenario.engine.conftest import ACCOUNT, Line, _message, echo, line_over

from roost.engine.turns import OnLate, TurnPolicy
from roost.model.decisions import Decision, Reply
from roost.model.events import MessageReceived
from roost.model.ids import ConversationId
from roost.model.messages import OutboundMessage
from roost.model.timers import SetTimer
from roost.model.turns import Turn
from roost.ports import Delivery
from roost.store import schema
from roost.store.registry import AccountRow, AppRow
from roost.store.sqlite import SqliteStore
from roost.testing.clocks import NOON

CONVERSATION = ConversationId("1001-2002")


async def sql(line: Line, text: str) -> list[tuple[object, ...]]:
    async def unit(tx):
        return tx.events._session._connection.execute(text).fetchall()

    return await line.store.transact(unit)


async def transcript(line: Line) -> list[str]:
    """Give the customer's messages in the order of the transcript."""
    rows = await sql(
        line, "SELECT message_id FROM messages WHERE direction = 'in' ORDER BY position"
    )
    return [str(message_id) for (message_id,) in rows]


async def settled(line: Line, *numbers: int) -> None:
    for number in numbers:
        await line.receives(number, str(number))
        await line.until_settled()


async def says_what_is_late(turn: Turn) -> tuple[Decision, ...]:
    return tuple(
        Reply(OutboundMessage(f"{one.event_key}{' late' * (one.event_key in turn.late)}"))
        for one in turn.events
    )


async def test_a_late_message_takes_its_place_and_the_bot_is_told_that_it_is_late(
    line: Line,
) -> None:
    line.decider.decides = says_what_is_late
    async with line.working():
        await settled(line, 10, 20, 15, 30, 5)
    assert line.gateway.texts == ["10", "20", "15 late", "30", "5 late"]
    assert await transcript(line) == ["5", "10", "15", "20", "30"]
    marked = await sql(line, "SELECT event_key FROM events WHERE reason = 'late' ORDER BY position")
    assert marked == [("5",), ("15",)]


async def test_a_message_that_waits_beside_a_late_one_is_not_late(line: Line) -> None:
    line.decider.decides = says_what_is_late
    async with line.working():
        await settled(line, 10)
    await line.receives(20, "20")
    await line.receives(5, "5")
    async with line.working():
        await line.until_settled()
    assert line.gateway.texts == ["10", "5 late", "20"]


async def test_a_message_that_comes_in_during_the_turn_of_a_later_one_is_late(line: Line) -> None:
    thinking, go_on = asyncio.Event(), asyncio.Event()

    async def slow(turn: Turn) -> tuple[Decision, ...]:
        thinking.set()
        await go_on.wait()
        return await says_what_is_late(turn)

    line.decider.decides = slow
    async with line.working():
        await line.receives(20, "20")
        await thinking.wait()
        await line.receives(10, "10")
        await line.receives(11, "other", customer="2003")
        await line.until(lambda: len(line.decider.turns) == 2)
        go_on.set()
        await line.until_settled()
    assert sorted(line.gateway.texts) == ["10 late", "11", "20"]


async def test_late_messages_can_be_ignored(line: Line) -> None:
    line = line_over(line.store, policy=TurnPolicy(on_late=OnLate.IGNORE))
    async with line.working():
        await settled(line, 10, 5)
        await line.receives(4, "4")
        await line.receives(20, "20")
        await line.until_settled()
    assert line.gateway.texts == ["re: 10", "re: 20"]
    assert await transcript(line) == ["4", "5", "10", "20"]
    rows = await sql(line, "SELECT event_key, reason FROM events WHERE state = 'ignored'")
    assert sorted(rows) == [("4", "late"), ("5", "late")]


async def test_late_messages_can_be_left_to_people(line: Line) -> None:
    line = line_over(line.store, policy=TurnPolicy(on_late=OnLate.HAND_OFF))
    async with line.working():
        await settled(line, 10, 5, 20)
    assert line.gateway.texts == ["re: 10"]
    assert await sql(line, "SELECT control, control_reason FROM conversations") == [
        ("queue", "a message came late")
    ]
    assert (await line.store.counts()).events["done"] == 3


async def test_after_an_outage_old_messages_are_for_people_and_the_bot_answers_none(
    line: Line,
) -> None:
    await line.receives(10, "where is my order?")
    await line.receives(11, "just now", customer="2003")
    line.clock.advance(timedelta(hours=24))
    async with line.working():
        await line.until_settled()
    assert sorted(line.gateway.texts) == ["re: just now", "re: where is my order?"]

    line = line_over(line.store)
    await line.receives(20, "still waiting")
    line.clock.advance(timedelta(hours=24, seconds=1))
    async with line.working():
        await line.until_settled()
    assert line.gateway.texts == []
    assert await sql(line, "SELECT control, control_reason FROM conversations ORDER BY 1") == [
        ("bot", ""),
        ("queue", "a message is too old for the bot to answer"),
    ]


async def test_old_messages_can_be_ignored(line: Line) -> None:
    policy = TurnPolicy(on_late=OnLate.IGNORE, oldest=timedelta(hours=1))
    line = line_over(line.store, policy=policy)
    await line.receives(10, "old")
    line.clock.advance(timedelta(hours=2))
    async with line.working():
        await line.until_settled()
    assert line.gateway.texts == []
    rows = await sql(line, "SELECT event_key, reason FROM events WHERE state = 'ignored'")
    assert rows == [("10", "too old for the bot to answer")]


async def test_what_a_person_dealt_with_makes_later_arrivals_late(line: Line) -> None:
    async with line.working():
        await settled(line, 10, 30)
        line.decider.decides = says_what_is_late
        await line.store.transact(lambda tx: tx.conversations.hand_back(ACCOUNT, CONVERSATION))
        await settled(line, 20, 9_999)
    assert line.gateway.texts[2:] == ["20 late", "9999"]


async def test_history_wakes_no_bot_and_starts_no_timer(line: Line) -> None:
    async def sets_timers(turn: Turn) -> tuple[Decision, ...]:
        return *(await echo(turn)), SetTimer("reminder", after=timedelta(days=1))

    line.decider.decides = sets_timers
    known = secrets.token_hex(8)
    async with line.working():
        await line.store.inbox.put(
            Delivery(
                known,
                "main",
                ACCOUNT,
                known * 2,
                NOON,
                b"{}",
                tuple(_message(MessageReceived, n, str(n), "2002") for n in (3, 1, 2)),
                is_history=True,
            )
        )
        line.worker.wake()
        await line.until_settled()
        assert line.decider.turns == []
        assert await transcript(line) == ["1", "2", "3"]
        assert await sql(line, "SELECT DISTINCT state, reason FROM events") == [("done", "history")]
        assert await sql(line, "SELECT unread, control FROM conversations") == [(0, "bot")]
        assert await sql(line, "SELECT count(*) FROM timers") == [(0,)]

        await line.receives(4, "4")
        await line.until_settled()
    assert line.gateway.texts == ["re: 4"]
    assert line.decider.turns[0].late == ()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "roost.db"
    schema.upgrade(path)
    return path


N = 6


@given(
    order=st.permutations(range(1, N + 1)),
    rests=st.sets(st.integers(1, N - 1)),
    twice=st.sets(st.integers(1, N)),
)
@settings(max_examples=25, deadline=None)
def test_any_order_of_arrival_ends_in_the_same_transcript_and_the_same_effects(
    empty: Path, order: Sequence[int], rests: set[int], twice: set[int]
) -> None:
    """The arrivals come with pauses anywhere, and some of them twice."""

    async def play(folder: Path) -> tuple[list[str], Counter[str]]:
        shutil.copy(empty, folder / "roost.db")
        async with SqliteStore.open(folder / "roost.db") as store:
            await store.register([AppRow("main", "1", "key")], [AccountRow(ACCOUNT, "main", "b")])
            line = line_over(store)
            async with line.working():
                for n, number in enumerate(order, 1):
                    for _ in range(1 + (number in twice)):
                        await line.receives(number, str(number))
                    if n in rests:
                        await line.until_settled()
                await line.until_settled()
            return await transcript(line), Counter(line.gateway.texts)

    with tempfile.TemporaryDirectory() as folder:
        written, said = asyncio.run(play(Path(folder)))

    assert written == [str(number) for number in range(1, N + 1)]
    assert said == Counter(f"re: {number}" for number in range(1, N + 1))
