"""Timers on a real database: never early, once, in order, however many are due."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

from tests.scenario.engine.conftest import ACCOUNT, Line, echo, line_over

from roost.engine.turns import TurnPolicy
from roost.errors import DeciderLost, HandlerFailed
from roost.model.decisions import Decision, HandOff, Reply
from roost.model.events import MessageReceived, TimerFired
from roost.model.ids import ConversationId
from roost.model.messages import OutboundMessage
from roost.model.timers import CancelTimer, SetTimer
from roost.model.turns import Turn
from roost.testing.clocks import NOON

CONVERSATION = ConversationId("1001-2002")
HOUR = timedelta(hours=1)


def said(text: str) -> Reply:
    return Reply(OutboundMessage(text))


async def reminds(turn: Turn) -> tuple[Decision, ...]:
    """Answer a message and set a timer; say so when that fires."""
    decisions: list[Decision] = []
    for event in turn.events:
        match event:
            case MessageReceived():
                decisions += [said("later"), SetTimer("reminder", after=HOUR, data="order 7")]
            case TimerFired():
                decisions.append(said(f"{event.name}: {event.data}"))
    return tuple(decisions)


async def advance(line: Line, by: timedelta) -> None:
    line.clock.advance(by)
    line.worker.look()


async def reasons(line: Line, kind: str = "timer_fired") -> list[tuple[str, str]]:
    """Give state and reason of each event of a kind."""

    async def unit(tx):
        connection = tx.events._session._connection
        sql = "SELECT state, reason FROM events WHERE kind = ? ORDER BY position"
        return connection.execute(sql, [kind]).fetchall()

    return await line.store.transact(unit)


async def until_fired(line: Line) -> None:
    async with asyncio.timeout(30):
        while True:
            if await reasons(line):
                return
            await asyncio.sleep(0.005)


async def test_a_timer_a_bot_sets_comes_back_when_it_is_due(line: Line) -> None:
    line.decider.decides = reminds
    async with line.working():
        await line.receives(1, "remind me")
        await line.until_settled()
        await advance(line, HOUR - timedelta(milliseconds=1))
        await line.receives(2, "still there?", customer="2003")
        await line.until_settled()
        assert line.gateway.texts == ["later", "later"], "not a millisecond early"
        await advance(line, timedelta(milliseconds=1))
        await line.until(lambda: len(line.gateway.texts) == 3)
        await line.until_settled()
    assert line.gateway.texts[-1] == "reminder: order 7"
    (event,) = line.decider.turns[-1].events
    assert isinstance(event, TimerFired)
    assert (event.due_at, event.at) == (NOON + HOUR, NOON + HOUR)


async def test_a_timer_that_came_due_while_nobody_worked_fires_at_the_next_start(
    line: Line,
) -> None:
    line.decider.decides = reminds
    await line.handles("remind me")
    after = line_over(line.store)
    after.gateway._next_id = 19_000
    after.clock.advance(10 * HOUR)
    after.decider.decides = reminds
    async with after.working():
        await after.until(lambda: after.gateway.texts == ["reminder: order 7"])


async def test_a_timer_set_by_a_timer_fires_too(line: Line) -> None:
    async def thrice(turn: Turn) -> tuple[Decision, ...]:
        n = sum(isinstance(one, TimerFired) for one in turn.events) and int(turn.events[0].data)
        return said(str(n)), *([SetTimer("again", after=HOUR, data=str(n + 1))] if n < 3 else [])

    line.decider.decides = thrice
    async with line.working():
        await line.receives(1, "go")
        for n in range(1, 4):
            await line.until(lambda n=n: len(line.gateway.texts) == n)
            await advance(line, HOUR)
        await line.until(lambda: len(line.gateway.texts) == 4)
    assert line.gateway.texts == ["0", "1", "2", "3"]


async def test_a_cancelled_timer_and_a_replaced_one_do_not_fire(line: Line) -> None:
    scripts = {
        "set": (SetTimer("a", after=HOUR, data="old"), SetTimer("b", after=HOUR)),
        "change": (SetTimer("a", after=2 * HOUR, data="new"), CancelTimer("b")),
    }

    async def script(turn: Turn) -> tuple[Decision, ...]:
        (event,) = turn.events
        if isinstance(event, TimerFired):
            return (said(f"{event.name} {event.data}"),)
        return scripts[event.message.text]

    line.decider.decides = script
    async with line.working():
        for number, text in enumerate(scripts, 1):
            await line.receives(number, text)
            await line.until_settled()
        await advance(line, 2 * HOUR - timedelta(seconds=1))
        await line.receives(3, "set", customer="2003")
        await line.until_settled()
        assert line.gateway.texts == []
        await advance(line, timedelta(seconds=1))
        await line.until(lambda: len(line.gateway.texts) == 1)
    assert line.gateway.texts == ["a new"]


async def test_a_timer_waits_its_turn_behind_the_one_that_is_being_decided(line: Line) -> None:
    thinking, go_on = asyncio.Event(), asyncio.Event()

    async def slow(turn: Turn) -> tuple[Decision, ...]:
        if any(isinstance(one, MessageReceived) and one.position > 1 for one in turn.events):
            thinking.set()
            await go_on.wait()
            return (said("soon"),)  # to set the timer again would overtake what has fired
        return await reminds(turn)

    line.decider.decides = slow
    async with line.working():
        await line.receives(1, "remind me")
        await line.until_settled()
        await line.receives(2, "and?")
        await thinking.wait()
        await advance(line, HOUR)
        await line.receives(3, "hello", customer="2003")
        await line.until(lambda: any(t.conversation_id != CONVERSATION for t in line.decider.turns))
        assert [len(t.events) for t in line.decider.turns] == [1, 1, 1]
        go_on.set()
        await line.until(lambda: "reminder: order 7" in line.gateway.texts)


async def _answers_slowly(line: Line, then: Decision) -> None:
    """Let a timer fire while the bot is about to decide something else of it."""
    thinking, go_on = asyncio.Event(), asyncio.Event()

    async def decide(turn: Turn) -> tuple[Decision, ...]:
        match turn.events:
            case (MessageReceived(position=2),):
                thinking.set()
                await go_on.wait()
                return (then,)
            case _:
                return await reminds(turn)

    line.decider.decides = decide
    await line.receives(1, "remind me")
    await line.until_settled()
    await line.receives(2, "here I am")
    await thinking.wait()
    await advance(line, HOUR)
    await until_fired(line)
    go_on.set()
    await line.until_settled()


async def test_a_timer_that_has_fired_but_is_cancelled_before_its_turn_is_not_told(
    line: Line,
) -> None:
    async with line.working():
        await _answers_slowly(line, CancelTimer("reminder"))
    assert line.gateway.texts == ["later"]
    assert await reasons(line) == [("ignored", "cancelled")]


async def test_of_a_timer_that_is_set_again_the_earlier_firing_is_not_told(line: Line) -> None:
    async with line.working():
        await _answers_slowly(line, SetTimer("reminder", after=HOUR, data="order 8"))
        assert line.gateway.texts == ["later"]
        await advance(line, HOUR)
        await line.until(lambda: len(line.gateway.texts) == 2)
    assert line.gateway.texts == ["later", "reminder: order 8"]
    assert await reasons(line) == [("ignored", "set again"), ("done", "")]


async def test_a_timer_may_be_set_again_by_the_turn_it_has_woken(line: Line) -> None:
    async def again(turn: Turn) -> tuple[Decision, ...]:
        return (said("later"), SetTimer("reminder", after=HOUR))

    line.decider.decides = again
    async with line.working():
        await line.receives(1, "remind me")
        await line.until_settled()
        await advance(line, HOUR)
        await line.until(lambda: len(line.gateway.texts) == 2)
    assert await reasons(line) == [("done", "")]


async def test_a_timer_is_dropped_while_people_control_the_conversation(line: Line) -> None:
    async def hands_off(turn: Turn) -> tuple[Decision, ...]:
        return *(await reminds(turn)), HandOff("asked for a person")

    line.decider.decides = hands_off
    async with line.working():
        await line.receives(1, "a person, please")
        await line.until_settled()
        await advance(line, HOUR)
        line.decider.decides = reminds
        await line.receives(2, "remind me", customer="2003")
        await line.until_settled()
        await until_fired(line)
        await line.until_settled()
    assert await reasons(line) == [("done", "controlled by queue")]
    assert line.gateway.texts == ["later", "later"]


async def test_a_timer_that_waits_when_its_bot_hands_off_is_dropped_with_the_rest(
    line: Line,
) -> None:
    thinking, go_on = asyncio.Event(), asyncio.Event()

    async def hands_off(turn: Turn) -> tuple[Decision, ...]:
        thinking.set()
        await go_on.wait()
        return (HandOff("asked for a person"),)

    line.decider.decides = reminds
    async with line.working():
        await line.receives(1, "remind me")
        await line.until_settled()
        line.decider.decides = hands_off
        await line.receives(2, "a person, please")
        await thinking.wait()
        await advance(line, HOUR)
        await until_fired(line)
        go_on.set()
        await line.until_settled()
    assert await reasons(line) == [("done", "handed off")]


async def test_a_timer_whose_handler_raises_is_set_aside(line: Line) -> None:
    async def fails(turn: Turn) -> tuple[Decision, ...]:
        if isinstance(turn.events[0], TimerFired):
            raise HandlerFailed("ZeroDivisionError: division by zero", place="my_bot.py:7")
        return await reminds(turn)

    line.decider.decides = fails
    async with line.working():
        await line.receives(1, "remind me")
        await line.until_settled()
        await advance(line, HOUR)
        await line.until(lambda: len(line.decider.turns) == 2)
        await line.until_settled()
    ((state, reason),) = await reasons(line)
    assert state == "quarantined"
    assert "division by zero" in reason


async def test_a_timer_that_kills_its_process_is_tried_five_times(line: Line) -> None:
    async def deadly(turn: Turn) -> tuple[Decision, ...]:
        if isinstance(turn.events[0], TimerFired):
            raise DeciderLost("gone")
        return await reminds(turn)

    line = line_over(line.store, policy=TurnPolicy(attempts=5))
    line.decider.decides = deadly
    async with line.working():
        await line.receives(1, "remind me")
        await line.until_settled()
        await advance(line, HOUR)
        await line.until(lambda: len(line.decider.turns) == 6)
        await line.until_settled()
    assert [turn.attempt for turn in line.decider.turns[1:]] == [1, 2, 3, 4, 5]
    assert [state for state, _ in await reasons(line)] == ["quarantined"]


async def test_three_thousand_timers_due_at_once_fire_once_each(line: Line) -> None:
    async def counts(turn: Turn) -> tuple[Decision, ...]:
        if isinstance(turn.events[0], MessageReceived):
            return tuple(SetTimer(f"t{n}", after=HOUR, data=str(n)) for n in range(300))
        fired.update((turn.conversation_id, one.name) for one in turn.events)
        return ()

    fired = Counter[tuple[str, str]]()
    line.decider.decides = counts
    async with line.working():
        for customer in range(10):
            await line.receives(customer + 1, "go", customer=str(3000 + customer))
        await line.until_settled()
        await advance(line, HOUR)
        await line.until(lambda: fired.total() == 3_000)
        await line.until_settled()
    assert set(fired.values()) == {1}
    assert len(fired) == 3_000


async def test_a_clock_that_stands_just_before_a_timer_keeps_nobody_busy(line: Line) -> None:
    line.decider.decides = reminds
    async with line.working():
        await line.receives(1, "remind me")
        await line.until_settled()
        await advance(line, HOUR - timedelta(milliseconds=1))
        n_wakes = 0
        wait = line.worker._timers.wake.wait

        async def counting(at_most: timedelta) -> None:
            nonlocal n_wakes
            n_wakes += 1
            assert at_most >= timedelta(milliseconds=20)
            await wait(at_most)

        line.worker._timers.wake.wait = counting
        await line.until(lambda: n_wakes >= 3)


async def test_a_timer_of_a_conversation_that_is_gone_is_ignored(line: Line) -> None:
    line.decider.decides = reminds
    await line.handles("remind me")

    async def forget(tx):
        tx.events._session._connection.execute("DELETE FROM conversations")

    await line.store.transact(forget)
    async with line.working():
        await advance(line, HOUR)
        await until_fired(line)
        await line.until_settled()
    assert await reasons(line) == [("ignored", "no such conversation")]


async def test_messages_and_timers_of_one_turn_come_in_the_order_of_their_times(
    line: Line,
) -> None:
    line.decider.decides = reminds
    await line.handles("remind me")
    line.decider.decides = echo_all
    await line.receives(2, "before")
    await line.receives(2**62, "after")
    line.clock.advance(HOUR)
    await line.store.transact(lambda tx: tx.timers.fire_due(10, now=line.clock.now()))
    async with line.working():
        await line.until(lambda: len(line.gateway.texts) == 4)
    assert line.gateway.texts == ["later", "re: before", "reminder", "re: after"]


async def echo_all(turn: Turn) -> tuple[Decision, ...]:
    decisions: list[Decision] = []
    for event in turn.events:
        if isinstance(event, TimerFired):
            decisions.append(said(event.name))
        else:
            decisions += await echo(
                Turn(turn.bot, ACCOUNT, CONVERSATION, turn.customer, (event,), 1, NOON)
            )
    return tuple(decisions)
