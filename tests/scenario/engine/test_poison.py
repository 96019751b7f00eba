"""Events that a bot cannot get over, and bots that are not there: who is counted, who waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
import structlog
from tests.scenario.engine.conftest import ACCOUNT, Line, echo, line_over

from roost.engine import quarantine
from roost.engine.failing import OnError
from roost.engine.turns import OnLate, TurnPolicy
from roost.errors import DeciderAway, DeciderLost, HandlerFailed
from roost.model.decisions import Decision
from roost.model.events import MessageReceived
from roost.model.turns import Turn
from roost.store.registry import AccountRow, AppRow


def has_poison(turn: Turn) -> bool:
    return any(isinstance(e, MessageReceived) and e.message.text == "poison" for e in turn.events)


async def in_one_turn(line: Line, *texts: str) -> None:
    """Receive messages of one customer before anybody works, then work until all is settled."""
    for number, text in enumerate(texts, start=1):
        await line.receives(number, text)
    async with line.working():
        await line.until_settled()


async def states(line: Line) -> list[tuple[str, str]]:
    async def unit(tx):
        sql = "SELECT event_key, state FROM events ORDER BY position"
        return tx.events._session._connection.execute(sql).fetchall()

    return await line.store.transact(unit)


async def test_only_the_message_that_kills_its_process_is_set_aside(line: Line) -> None:
    async def deadly(turn: Turn) -> tuple[Decision, ...]:
        if has_poison(turn):
            raise DeciderLost("gone")
        return await echo(turn)

    line = line_over(line.store, policy=TurnPolicy(on_error=OnError.KEEP))
    line.decider.decides = deadly
    await in_one_turn(line, "one", "poison", "three")
    assert await states(line) == [("1", "done"), ("2", "quarantined"), ("3", "done")]
    assert line.gateway.texts == ["re: one", "re: three"]
    tried = [turn.attempt for turn in line.decider.turns if has_poison(turn)]
    assert tried == [1, 2, 3, 4, 5]


async def test_behind_a_message_that_is_set_aside_people_answer(line: Line) -> None:
    async def deadly(turn: Turn) -> tuple[Decision, ...]:
        if has_poison(turn):
            raise DeciderLost("gone")
        return await echo(turn)

    line.decider.decides = deadly
    await in_one_turn(line, "one", "poison", "three")
    assert await states(line) == [("1", "done"), ("2", "quarantined"), ("3", "done")]
    assert line.gateway.texts == ["re: one"]


async def test_only_the_message_whose_handler_raises_is_set_aside(line: Line) -> None:
    async def raises(turn: Turn) -> tuple[Decision, ...]:
        if has_poison(turn):
            raise HandlerFailed("ValueError", place="bot.py:1")
        return await echo(turn)

    line = line_over(line.store, policy=TurnPolicy(on_error=OnError.KEEP))
    line.decider.decides = raises
    await in_one_turn(line, "one", "poison", "three")
    assert await states(line) == [("1", "done"), ("2", "quarantined"), ("3", "done")]
    assert line.gateway.texts == ["re: one", "re: three"]
    assert [turn.attempt for turn in line.decider.turns if has_poison(turn)] == [1, 2]


async def test_a_message_for_a_bot_that_runs_elsewhere_waits_for_it(line: Line) -> None:
    await line.store.register([AppRow("main", "1", "key")], [AccountRow(ACCOUNT, "main", "b2")])
    async with line.working():
        await line.receives(1, "hello")
        await until_filed(line)
        await line.receives(2, "still there?")
        await until_filed(line, 2)
    assert await states(line) == [("1", "pending"), ("2", "pending")]
    assert line.decider.turns == []

    line.worker._turns._deciders = {"b2": line.decider}
    async with line.working():
        line.worker.wake()
        await line.until_settled()
    assert line.gateway.texts == ["re: hello", "re: still there?"]


async def until_filed(line: Line, n: int = 1) -> None:
    await line.until_counted(lambda now: now.events["pending"] == n)


async def test_it_is_said_that_nobody_serves_a_bot(line: Line) -> None:
    await line.store.register([AppRow("main", "1", "key")], [AccountRow(ACCOUNT, "main", "b2")])
    async with line.working():
        await line.receives(1, "hello")
        await until_filed(line)
    line = line_over(line.store)
    line.clock.advance(timedelta(seconds=31))
    with structlog.testing.capture_logs() as logs:
        async with line.working():
            await line.until(lambda: any("bot" in one for one in logs))
    (said,) = [one for one in logs if one.get("bot") == "b2"]
    assert (said["log_level"], said["conversations"]) == ("error", 1)


async def test_an_attempt_whose_bot_is_away_does_not_count_and_holds_up_nobody(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roost.engine.turns.AWAY_FOR", timedelta(0))
    n_away = 0

    async def away(turn: Turn) -> tuple[Decision, ...]:
        nonlocal n_away
        if turn.conversation_id == "1001-2002" and n_away < 7:
            n_away += 1
            line.worker.look()
            raise DeciderAway("being restarted")
        return await echo(turn)

    line.decider.decides = away
    async with line.working():
        await line.receives(1, "hello")
        await line.receives(2, "me too", customer="2003")
        await line.until_settled()
    assert n_away == 7
    assert {turn.attempt for turn in line.decider.turns} == {1}
    assert sorted(line.gateway.texts) == ["re: hello", "re: me too"]


@pytest.mark.parametrize("on_late", OnLate)
async def test_what_was_requeued_is_for_the_bot_however_old_it_is(
    line: Line, on_late: OnLate
) -> None:
    async def raises(turn: Turn) -> tuple[Decision, ...]:
        raise HandlerFailed("ValueError", place="bot.py:1")

    line = line_over(line.store, policy=TurnPolicy(on_late=on_late))
    line.decider.decides = raises
    async with line.working():
        await line.receives(1, "hello")
        await line.until_settled()
        (aside,) = await line.store.quarantined(10)
        line.decider.decides = echo
        line.clock.advance(timedelta(hours=25))
        at = line.clock.now()
        assert await line.store.transact(lambda tx: quarantine.requeue(tx, aside, at=at)) == ""
        line.worker.wake()
        await line.until_settled()
    assert line.gateway.texts == ["re: hello"]
