"""Sending, and finding out what became of a message whose sending nobody can vouch for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from tests.scenario.engine.conftest import ACCOUNT, Line, line_over

from roost.engine.reconcile import MOST_PAGES, MOST_SENDS
from roost.errors import RateLimited, RejectedByX, SendUncertain, XApiUnavailable
from roost.model.decisions import Decision, Reply, ReplyPublicly
from roost.model.events import MessageSent
from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import Message, OutboundMessage, Profile
from roost.model.outbound import OutboxEntry
from roost.model.posts import PublicReply
from roost.model.turns import Turn
from roost.testing.clocks import NOON

LOST = SendUncertain("dm.events.new", "the connection broke")
ROUTE = "dm.events.new"


def ours(number: int, text: str, *, where: str = "1001-2002") -> MessageSent:
    message = Message(MessageId(str(number)), text)
    conversation = ConversationId(where)
    return MessageSent(ACCOUNT, str(number), number, conversation, Profile("2002"), message, NOON)


async def look_twice(line: Line, *, n_pages: int = 1) -> None:
    """Let a message in doubt become old enough to be looked for once, and once more."""
    for n, seconds in enumerate((30, 90), 1):
        line.clock.advance(timedelta(seconds=seconds))
        line.worker.look()
        await line.until(lambda n=n: line.gateway.listings == n * n_pages)


async def state_of(line: Line) -> dict[str, int]:
    return {state: n for state, n in (await line.store.counts()).outbox.items() if n}


async def until_uncertain(line: Line) -> None:
    await line.until_counted(lambda now: now.outbox["uncertain"])


async def until_app_paused(line: Line) -> None:
    async with asyncio.timeout(30):
        while True:
            app = await line.store.transact(lambda tx: tx.health.app("main"))
            if app is not None and app.state == "paused":
                return
            await asyncio.sleep(0.005)


async def test_an_uncertain_message_is_settled_by_its_echo_and_not_sent_again(line: Line) -> None:
    line.gateway.failures.append(LOST)
    async with line.working():
        await line.receives(1, "hello")
        await until_uncertain(line)
        await line.echoes(500, "re: hello")
        await line.until_settled()
    assert len(line.gateway.attempts) == 1
    assert line.gateway.listings == 0
    assert await state_of(line) == {"sent": 1}


async def test_an_echo_that_came_before_the_doubt_settles_it_too(line: Line) -> None:
    line.gateway.failures.append(LOST)
    sending, go_on = asyncio.Event(), asyncio.Event()
    send = line.gateway.send

    async def slow_send(entry: OutboxEntry) -> MessageId:
        sending.set()
        await go_on.wait()
        return await send(entry)

    line.gateway.send = slow_send
    async with line.working():
        await line.receives(1, "hello")
        await sending.wait()
        await line.echoes(500, "re: hello")
        await line.receives(2, "other", customer="2003")
        go_on.set()
        await line.until_settled()
    assert len([one for one in line.gateway.attempts if one.recipient_id == "2002"]) == 1


async def test_an_uncertain_message_that_the_listing_shows_is_not_sent_again(line: Line) -> None:
    line.gateway.failures.append(LOST)
    line.gateway.listed.append(ours(500, "re: hello"))
    async with line.working():
        await line.receives(1, "hello")
        await until_uncertain(line)
        assert line.gateway.listings == 0
        line.clock.advance(timedelta(seconds=31))
        await line.until_settled()
    assert len(line.gateway.attempts) == 1
    assert line.gateway.listings == 1


async def test_a_message_absent_from_two_listings_is_sent_again(line: Line) -> None:
    line.gateway.failures.append(LOST)
    async with line.working():
        await line.receives(1, "hello")
        await until_uncertain(line)
        line.clock.advance(timedelta(seconds=31))
        await line.until(lambda: line.gateway.listings == 1)
        assert len(line.gateway.attempts) == 1
        line.clock.advance(timedelta(seconds=90))
        await line.until_settled()
    assert line.gateway.texts == ["re: hello"]
    assert [one.attempt for one in line.gateway.attempts] == [1, 2]
    assert line.gateway.listings == 2


async def test_a_message_in_doubt_is_looked_for_only_some_time_after_its_attempt_has_ended(
    line: Line,
) -> None:
    async def never_answered(entry: OutboxEntry) -> MessageId:
        line.clock.advance(timedelta(seconds=50))
        raise LOST

    line.gateway.send = never_answered
    async with line.working():
        await line.receives(1, "hello")
        await until_uncertain(line)
        line.clock.advance(timedelta(seconds=29))
        line.worker.look()
        await asyncio.sleep(0.1)
        assert line.gateway.listings == 0
        line.clock.advance(timedelta(seconds=1))
        line.worker.look()
        await line.until(lambda: line.gateway.listings == 1)


async def test_absence_from_a_listing_that_could_not_be_read_is_no_proof(line: Line) -> None:
    line.gateway.failures.append(LOST)
    line.gateway.unread.append(2)
    async with line.working():
        await line.receives(1, "hello")
        await until_uncertain(line)
        await look_twice(line)
        await line.until_settled()
    assert len(line.gateway.attempts) == 1
    assert await state_of(line) == {"parked": 1}


@pytest.mark.parametrize(
    ("unread", "elsewhere", "n_pages"),
    [
        pytest.param([500], [], 1, id="what cannot be read"),
        pytest.param([], range(900, 1_003), MOST_PAGES, id="more than the pages show"),
    ],
)
async def test_what_spoils_the_proof_for_an_old_message_does_not_spoil_it_for_a_fresh_one(
    line: Line, unread: Sequence[int], elsewhere: Sequence[int], n_pages: int
) -> None:
    line.gateway.page_size = 1
    line.gateway.unread += unread
    line.gateway.listed += [ours(n, "x", where="1001-2009") for n in elsewhere]
    line.gateway.failures.extend([LOST, LOST])
    async with line.working():
        await line.receives(1, "old")
        await until_uncertain(line)
        await line.receives(1_000, "fresh", customer="2003")
        await line.until_counted(lambda now: now.outbox["uncertain"] == 2)
        await look_twice(line, n_pages=n_pages)
        await line.until_settled()
    assert line.gateway.texts == ["re: fresh"]
    assert await state_of(line) == {"sent": 1, "parked": 1}


async def test_an_app_whose_plan_does_not_reach_is_held_by_what_its_listing_is_told(
    line: Line,
) -> None:
    line.gateway.failures.append(SendUncertain(ROUTE, "X answered 403, code 453"))
    line.gateway.not_listed.append(
        RejectedByX("dm.events.list", status=403, code=453, message="Upgrade.")
    )
    async with line.working():
        await line.receives(1, "hello")
        await until_uncertain(line)
        line.clock.advance(timedelta(seconds=30))
        line.worker.look()
        await line.until(lambda: line.gateway.listings == 1)
        await until_app_paused(line)
    assert line.gateway.listings == 1
    assert await state_of(line) == {"uncertain": 1}


async def test_an_older_message_with_the_same_text_proves_nothing(line: Line) -> None:
    async with line.working():
        await line.receives(1, "hello")
        await line.until_settled()
        line.gateway.failures.append(LOST)
        await line.receives(9_500, "hello")
        await until_uncertain(line)
        await line.echoes(9_001, "re: hello")
        await line.echoes(9_499, "re: hello")
        line.clock.advance(timedelta(seconds=31))
        await line.until(lambda: line.gateway.listings == 1)
        assert (await line.store.counts()).outbox["uncertain"] == 1


async def test_what_stood_in_sending_when_a_process_died_is_uncertain(line: Line) -> None:
    sending = asyncio.Event()

    async def never(entry: OutboxEntry) -> MessageId:
        sending.set()
        await asyncio.Event().wait()
        raise AssertionError

    line.gateway.send = never
    async with line.working():
        await line.receives(1, "hello")
        await sending.wait()
    successor = line_over(line.store)
    await successor.worker.take_over()
    assert await state_of(line) == {"uncertain": 1}
    async with successor.working():
        await successor.echoes(500, "re: hello")
        await successor.until_settled()
    assert successor.gateway.attempts == []
    assert await state_of(line) == {"sent": 1}


async def test_what_x_had_told_of_before_a_process_died_is_settled_by_the_next_at_once(
    line: Line,
) -> None:
    sending = asyncio.Event()

    async def never(entry: OutboxEntry) -> MessageId:
        sending.set()
        return await asyncio.Future()

    line.gateway.send = never
    async with line.working():
        await line.receives(1, "hello")
        await sending.wait()
        await line.echoes(500, "re: hello")
        await line.until_counted(lambda now: now.events_waiting == 0)
    assert await state_of(line) == {"sending": 1}

    following = line_over(line.store)
    await following.worker.take_over()
    assert await state_of(following) == {"sent": 1}
    assert following.gateway.listings == 0


async def test_a_rate_limited_message_waits_until_the_window_reopens(line: Line) -> None:
    line.gateway.failures.append(RateLimited(ROUTE, NOON + timedelta(minutes=5)))
    async with line.working():
        await line.receives(1, "hello")
        await line.until(lambda: len(line.gateway.attempts) == 1)
        line.clock.advance(timedelta(minutes=4, seconds=59))
        await line.receives(2, "wake up", customer="2003")
        await line.until(lambda: line.gateway.texts == ["re: wake up"])
        line.clock.advance(timedelta(seconds=1))
        await line.until_settled()
    assert line.gateway.texts == ["re: wake up", "re: hello"]


async def test_a_message_x_cannot_be_reached_with_is_tried_again(line: Line) -> None:
    line.gateway.failures.extend([XApiUnavailable("down"), XApiUnavailable("down")])
    async with line.working():
        await line.receives(1, "hello")
        for attempts in (1, 2):
            await line.until(lambda n=attempts: len(line.gateway.attempts) == n)
            line.clock.advance(timedelta(minutes=5))
        await line.until_settled()
    assert line.gateway.texts == ["re: hello"]


@pytest.mark.parametrize(
    "said",
    [Reply(OutboundMessage("hi")), ReplyPublicly(PublicReply("hi", "400", ""))],
    ids=["message", "Post"],
)
async def test_attempts_that_never_reached_x_do_not_count_towards_those_in_doubt(
    line: Line, said: Decision
) -> None:
    async def say(turn: Turn) -> tuple[Decision, ...]:
        return (said,)

    line.decider.decides = say
    line.gateway.failures.extend([*[XApiUnavailable("down")] * MOST_SENDS, LOST])
    async with line.working():
        await line.receives(1, "hello")
        for n in range(MOST_SENDS):
            await line.until(lambda n=n: len(line.gateway.attempts) == n + 1)
            await until_queued(line)
            line.clock.advance(timedelta(minutes=5))
            line.worker.look()
        await until_uncertain(line)
        for seconds in (30, 90):
            line.clock.advance(timedelta(seconds=seconds))
            line.worker.look()
            await asyncio.sleep(0.05)
        await line.until_settled()
    assert [one.attempt for one in line.gateway.attempts][-2:] == [MOST_SENDS + 1, MOST_SENDS + 2]
    assert await state_of(line) == {"sent": 1}


async def test_a_message_to_be_tried_again_goes_though_the_clock_is_set_back(line: Line) -> None:
    line.gateway.failures.append(XApiUnavailable("no network"))
    async with line.working():
        await line.receives(1, "hello")
        await line.until(lambda: len(line.gateway.attempts) == 1)
        await until_queued(line)
        line.clock.advance(-timedelta(days=2))
        line.worker.look()
        await line.until_settled()
    assert await state_of(line) == {"sent": 1}


async def test_a_message_in_doubt_is_looked_for_though_the_clock_is_set_back(line: Line) -> None:
    line.gateway.failures.append(LOST)
    async with line.working():
        await line.receives(1, "hello")
        await until_uncertain(line)
        line.clock.advance(-timedelta(days=2))
        for _ in range(40):
            line.clock.advance(timedelta(seconds=10))
            line.worker.look()
            await line.store.transact(lambda tx: tx.outbox.uncertain(), is_durable=False)
            if await state_of(line) == {"sent": 1}:
                break
        await line.until_settled()
    assert line.gateway.listings == 2
    assert await state_of(line) == {"sent": 1}


async def until_queued(line: Line) -> None:
    await line.until_counted(lambda now: now.outbox["queued"])


async def test_a_refused_message_is_dead_and_does_not_hold_back_the_next(line: Line) -> None:
    line.gateway.failures.append(RejectedByX(ROUTE, status=403, code=349, message="no"))
    async with line.working():
        await line.receives(1, "hello")
        await line.until_settled()
        await line.receives(2, "again")
        await line.until_settled()
    assert await state_of(line) == {"dead": 1, "sent": 1}


async def test_one_message_of_a_conversation_is_in_flight_at_a_time(line: Line) -> None:
    async def wordy(turn: Turn) -> tuple[Decision, ...]:
        return tuple(Reply(OutboundMessage(str(n))) for n in range(5))

    line.decider.decides = wordy
    in_flight: list[UserId] = []
    send = line.gateway.send

    async def watched(entry: OutboxEntry) -> MessageId:
        assert entry.recipient_id not in in_flight
        in_flight.append(entry.recipient_id)
        await asyncio.sleep(0)
        try:
            return await send(entry)
        finally:
            in_flight.remove(entry.recipient_id)

    line.gateway.send = watched
    async with line.working():
        for customer in ("2002", "2003", "2004"):
            await line.receives(int(customer), "hi", customer=customer)
        await line.until_settled()
    for customer in ("2002", "2003", "2004"):
        texts = [
            entry.message.text for entry, _ in line.gateway.taken if entry.recipient_id == customer
        ]
        assert texts == ["0", "1", "2", "3", "4"]


async def test_stopping_lets_what_is_in_flight_end(line: Line) -> None:
    sending, go_on = asyncio.Event(), asyncio.Event()
    send = line.gateway.send

    async def slow_send(entry: OutboxEntry) -> MessageId:
        sending.set()
        await go_on.wait()
        return await send(entry)

    line.gateway.send = slow_send
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(line.worker.run())
        await line.receives(1, "hello")
        await sending.wait()
        line.worker.stop()
        go_on.set()
        await running
    assert await state_of(line) == {"sent": 1}
