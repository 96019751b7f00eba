"""Turns on a real database: once, in order, and never lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest
from tests.scenario.engine.conftest import ACCOUNT, NOON, Line, echo, line_over

from roost.engine.failing import OnError
from roost.engine.turns import TurnPolicy
from roost.errors import DeciderLost, HandlerFailed
from roost.model.decisions import Decision, HandOff, Remember, Reply
from roost.model.ids import ConversationId
from roost.model.messages import OutboundMessage
from roost.model.opting import BUILT_IN, STOPPED, YES
from roost.model.turns import Progress, Turn

CONVERSATION = ConversationId("1001-2002")


async def test_a_message_is_answered_once(line: Line) -> None:
    await line.handles("hello")
    assert line.gateway.texts == ["re: hello"]


async def test_the_same_message_a_hundred_times_is_answered_once(line: Line) -> None:
    async with line.working():
        async with asyncio.TaskGroup() as tasks:
            for _ in range(100):
                tasks.create_task(line.receives(1, "hello"))
        await line.until_settled()
        await line.receives(1, "hello")
        await line.until_settled()
    assert line.gateway.texts == ["re: hello"]


async def test_messages_that_arrive_out_of_order_are_decided_in_id_order(line: Line) -> None:
    for number in (30, 10, 20, 40):
        await line.receives(number, str(number))
    async with line.working():
        await line.until_settled()
    assert line.gateway.texts == ["re: 10", "re: 20", "re: 30", "re: 40"]
    assert len(line.decider.turns) == 1


async def test_a_message_that_arrives_while_the_bot_thinks_is_the_next_turn(line: Line) -> None:
    thinking, go_on = asyncio.Event(), asyncio.Event()

    async def slow(turn: Turn) -> tuple[Decision, ...]:
        thinking.set()
        await go_on.wait()
        return await echo(turn)

    line.decider.decides = slow
    async with line.working():
        await line.receives(1, "first")
        await thinking.wait()
        await line.receives(2, "second")
        await line.receives(3, "other customer", customer="2003")
        await line.until(lambda: len(line.decider.turns) == 2)
        go_on.set()
        await line.until_settled()
    assert [one.conversation_id for one in line.decider.turns][:2] == ["1001-2002", "1001-2003"]
    assert [text for text in line.gateway.texts if text != "re: other customer"] == [
        "re: first",
        "re: second",
    ]


async def test_a_hundred_messages_make_turns_of_at_most_32_in_order(line: Line) -> None:
    for number in range(1, 101):
        await line.receives(number, str(number))
    async with line.working():
        await line.until_settled()
    assert line.gateway.texts == [f"re: {number}" for number in range(1, 101)]
    assert max(len(turn.events) for turn in line.decider.turns) == 32


async def test_a_turn_whose_process_dies_is_redone(line: Line) -> None:
    async def dies_once(turn: Turn) -> tuple[Decision, ...]:
        if turn.attempt == 1:
            raise DeciderLost("gone")
        return await echo(turn)

    line.decider.decides = dies_once
    await line.handles("hello")
    assert line.gateway.texts == ["re: hello"]
    assert [turn.attempt for turn in line.decider.turns] == [1, 2]


async def test_a_message_that_kills_every_process_is_set_aside_after_five_attempts(
    line: Line,
) -> None:
    async def deadly(turn: Turn) -> tuple[Decision, ...]:
        if turn.conversation_id == CONVERSATION:
            raise DeciderLost("gone")
        return await echo(turn)

    line.decider.decides = deadly
    async with line.working():
        await line.receives(1, "poison")
        await line.receives(2, "hello", customer="2003")
        await line.until_settled()
    assert (await line.store.counts()).events["quarantined"] == 1
    tried = [turn for turn in line.decider.turns if turn.conversation_id == CONVERSATION]
    assert [turn.attempt for turn in tried] == [1, 2, 3, 4, 5]
    assert line.gateway.texts == ["re: hello"]


async def test_a_turn_over_its_deadline_is_redone(line: Line) -> None:
    line = line_over(line.store, policy=TurnPolicy(deadline=timedelta(milliseconds=20)))

    async def hangs_once(turn: Turn) -> tuple[Decision, ...]:
        if turn.attempt == 1:
            await asyncio.Event().wait()
        return await echo(turn)

    line.decider.decides = hangs_once
    await line.handles("hello")
    assert line.gateway.texts == ["re: hello"]


async def fails(turn: Turn) -> tuple[Decision, ...]:
    raise HandlerFailed("ZeroDivisionError: division by zero", place="my_bot.py:7")


async def test_a_handler_that_raises_leaves_the_conversation_to_people(line: Line) -> None:
    line.decider.decides = fails
    async with line.working():
        await line.receives(1, "hello")
        await line.until_settled()
        line.decider.decides = echo
        await line.receives(2, "anybody?")
        await line.until_settled()
        assert line.gateway.texts == []
        handed_back = await line.store.transact(
            lambda tx: tx.conversations.hand_back(ACCOUNT, CONVERSATION)
        )
        assert handed_back
        await line.receives(3, "again")
        await line.until_settled()
    assert line.gateway.texts == ["re: again"]
    assert (await line.store.counts()).events["quarantined"] == 1


async def test_while_a_bot_is_written_it_keeps_the_conversation_it_failed_in(line: Line) -> None:
    line = line_over(line.store, policy=TurnPolicy(on_error=OnError.KEEP))
    line.decider.decides = fails
    async with line.working():
        await line.receives(1, "hello")
        await line.until_settled()
        line.decider.decides = echo
        await line.receives(2, "mended?")
        await line.until_settled()
    assert line.gateway.texts == ["re: mended?"]


async def test_what_is_said_before_handing_off_is_sent_and_then_the_bot_is_silent(
    line: Line,
) -> None:
    async def hands_off(turn: Turn) -> tuple[Decision, ...]:
        return Reply(OutboundMessage("one moment")), HandOff("asked for a person")

    line.decider.decides = hands_off
    async with line.working():
        await line.receives(1, "person please")
        await line.until_settled()
        await line.receives(2, "hello?")
        await line.until_settled()
    assert line.gateway.texts == ["one moment"]


async def test_what_a_bot_decides_after_somebody_took_over_is_withheld(line: Line) -> None:
    thinking, go_on = asyncio.Event(), asyncio.Event()

    async def slow(turn: Turn) -> tuple[Decision, ...]:
        thinking.set()
        await go_on.wait()
        return await echo(turn)

    line.decider.decides = slow
    async with line.working():
        await line.receives(1, "hello")
        await thinking.wait()
        await line.store.transact(lambda tx: tx.conversations.hand_back(ACCOUNT, CONVERSATION))
        go_on.set()
        await line.until_settled()
    assert line.gateway.attempts == []


async def test_an_opt_out_that_was_decided_when_somebody_took_over_counts(line: Line) -> None:
    async def stops(turn: Turn) -> tuple[Decision, ...]:
        await line.store.transact(lambda tx: tx.conversations.hand_back(ACCOUNT, CONVERSATION))
        return Remember(*STOPPED, YES), Reply(OutboundMessage("You will get no more."))

    line.decider.decides = stops
    async with line.working():
        await line.receives(1, "stop")
        await line.until_settled()
        line.decider.decides = echo
        await line.receives(2, "hello")
        await line.until_settled()
    assert [(one.scope, one.name) for one in line.decider.turns[-1].memories] == [STOPPED]
    assert line.gateway.texts == ["re: hello"]


async def test_an_opt_out_too_old_for_the_bot_to_answer_counts(line: Line) -> None:
    async with line.working():
        await line.receives(1, "stop", at=NOON - timedelta(days=2))
        await line.until_settled()
        await line.store.transact(lambda tx: tx.conversations.hand_back(ACCOUNT, CONVERSATION))
        await line.receives(2, "hello")
        await line.until_settled()
    (turn,) = line.decider.turns
    assert [(one.scope, one.name) for one in turn.memories] == [STOPPED]


async def test_each_progress_is_committed_before_the_decider_goes_on(line: Line) -> None:
    committed: list[int] = []

    class TwoSteps:
        kinds: frozenset[str] = frozenset()
        opt_out = BUILT_IN

        async def decide(self, turn: Turn) -> AsyncGenerator[Progress]:
            yield Progress((Reply(OutboundMessage("looking")),), final=False)
            committed.append(sum((await line.store.counts()).outbox.values()))
            yield Progress((Reply(OutboundMessage("found")),), final=True)

    line.worker = _with_decider(line, TwoSteps())
    await line.handles("hello")
    assert line.gateway.texts == ["looking", "found"]
    assert committed == [1]


def _with_decider(line: Line, decider: object) -> object:
    fresh = line_over(line.store)
    fresh.worker._turns._deciders = {"b": decider}
    line.gateway = fresh.gateway
    return fresh.worker


@pytest.mark.parametrize("n_customers", [50])
async def test_many_customers_are_answered_each_in_order(line: Line, n_customers: int) -> None:
    async with line.working():
        async with asyncio.TaskGroup() as tasks:
            for customer in range(n_customers):
                for number in range(3):
                    tasks.create_task(
                        line.receives(
                            customer * 10 + number + 1, str(number), customer=str(3000 + customer)
                        )
                    )
        await line.until_settled()
    by_customer: dict[str, list[str]] = {}
    for entry, _ in line.gateway.taken:
        by_customer.setdefault(entry.recipient_id, []).append(entry.message.text)
    assert len(by_customer) == n_customers
    assert all(sorted(texts) == ["re: 0", "re: 1", "re: 2"] for texts in by_customer.values())


async def test_a_turn_that_leaves_nothing_behind_costs_no_further_claim(line: Line) -> None:
    worker = line.worker._turns
    found: list[bool] = []
    claim_in, wait = worker._claim_in, worker.wake.wait

    async def counting(tx):
        n_filed, claims = await claim_in(tx)
        found.append(bool(n_filed or claims))
        return n_filed, claims

    async def only_for_hints() -> None:
        await wait(timedelta(hours=1))

    worker._claim_in, worker.wake.wait = counting, only_for_hints
    async with line.working():
        await line.until(lambda: len(found) == 1)
        for number in range(1, 21):
            await line.receives(number, "hello", customer=str(3000 + number))
            await line.until_settled()
    assert found == [False] + [True] * 20, "one look when work begins, and one for each message"
