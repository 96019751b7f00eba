"""Several processes on one PostgreSQL database: what is whose, and who waits for whom."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import timedelta
from functools import partial

import asyncpg
import pytest
from tests.cutting import cutter
from tests.unit.store.neighbours import (
    NOON,
    OURS,
    Pause,
    claim_all,
    deadlocks,
    event_of,
    file_all,
    process,
    put,
    queue,
    receive,
    start,
    take_over,
    waiting_for_a_lock,
)

from roost.errors import StaleClaim, StoreUnavailable
from roost.model.events import MessageSent
from roost.model.ids import MessageId
from roost.ports import Delivery
from roost.store.postgresql import presence


async def test_two_processes_never_claim_one_conversation(one, other):
    await receive(one, *(event_of(n, customer=str(100 + n)) for n in range(60)))
    claims = []

    async def work(store):
        while found := await store.transact(lambda tx: claim_all(tx, 3)):
            claims.extend(found)

    async with asyncio.TaskGroup() as tasks:
        for store in (one, other) * 4:
            tasks.create_task(work(store))

    customers = [claim.turn.customer.user_id for claim in claims]
    assert sorted(customers) == sorted(str(100 + n) for n in range(60))


async def test_a_conversation_somebody_works_on_is_passed_over_without_waiting(one, other):
    await receive(one, event_of(1), event_of(2, customer="33"))
    pause = Pause()

    async def slow(tx):
        claims = await claim_all(tx, 1)
        await pause.here()
        return claims

    async with asyncio.TaskGroup() as tasks:
        slowly = tasks.create_task(one.transact(slow))
        await pause.reached()
        quickly = await other.transact(claim_all)
        pause.end()

    taken = [claim.turn.conversation_id for claim in (*slowly.result(), *quickly)]
    assert sorted(taken) == ["11-22", "11-33"]


async def test_leases_go_by_the_clock_of_the_database(one, other):
    await receive(one, event_of(1), event_of(2, customer="33"))
    (first,) = await one.transact(lambda tx: claim_all(tx, 1, lease=timedelta(0)))

    claims = await other.transact(claim_all)

    fences = {claim.turn.conversation_id: claim.fence for claim in claims}
    assert sorted(fences) == ["11-22", "11-33"]
    assert fences[first.turn.conversation_id] > first.fence
    assert await one.transact(claim_all) == []


async def test_one_process_files_at_a_time_so_that_events_are_filed_in_order(one, other):
    await put(one, event_of(1))
    pause = Pause()

    async def slow(tx):
        keys = await file_all(tx)
        await pause.here()
        return keys

    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(one.transact(slow))
        await pause.reached()
        await put(other, event_of(2))
        assert await other.transact(file_all) == []
        pause.end()

    assert first.result() == ["1"]
    assert await other.transact(file_all) == ["2"]


async def test_messages_decided_at_once_get_numbers_of_their_own(one, other):
    await receive(one, *(event_of(n, customer=str(100 + n)) for n in range(20)))
    claims = await one.transact(lambda tx: claim_all(tx, 20))

    async with asyncio.TaskGroup() as tasks:
        for n, claim in enumerate(claims):
            tasks.create_task(queue((one, other)[n % 2], claim, "a", "b"))

    started = [*await start(one), *await start(other)]
    assert len({entry.outbox_id for entry in started}) == 20
    assert {entry.message.text for entry in started} == {"a"}


async def test_a_message_queued_while_the_one_before_it_ends_is_sent(one, other):
    """The one must see the other's row: if neither did, nobody would ever make it due."""
    await receive(one, event_of(1))
    (claim,) = await one.transact(claim_all)
    await queue(one, claim, "first")
    (entry,) = await start(one)
    pause = Pause()

    async def finish(tx):
        await tx.outbox.finish(entry, MessageId("900"))
        await pause.here()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(one.transact(finish))
        await pause.reached()
        queueing = tasks.create_task(queue(other, claim, "second"))
        await waiting_for_a_lock(one)
        pause.end()
        await queueing

    assert [entry.message.text for entry in await start(other)] == ["second"]


async def test_an_echo_and_the_answer_to_the_same_send_do_not_block_each_other(one, other):
    await receive(one, event_of(1))
    (claim,) = await one.transact(claim_all)
    await queue(one, claim, "ours")
    (entry,) = await start(one)
    await put(other, event_of(900, cls=MessageSent, text="ours"))
    pause = Pause()

    async def record(tx):
        await tx.messages.put_sent(entry, MessageId("900"), NOON)
        await pause.here()
        await tx.outbox.finish(entry, MessageId("900"))

    before = await deadlocks(one)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(one.transact(record))
        await pause.reached()
        tasks.create_task(other.transact(file_all))
        await waiting_for_a_lock(one)
        pause.end()

    assert await deadlocks(one) == before
    assert (await one.counts()).outbox["sent"] == 1


async def test_a_parked_message_is_not_looked_for_while_the_next_has_just_begun(one, other):
    await receive(one, event_of(1))
    (claim,) = await one.transact(claim_all)
    await queue(one, claim, "the same", "the same")
    (entry,) = await start(one)
    await one.transact(lambda tx: tx.outbox.park(entry, reason="not shown"))
    pause = Pause()

    async def begin(tx):
        entries = await tx.outbox.due(10, now=NOON)
        await pause.here()
        await tx.outbox.start(entries)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(one.transact(begin))
        await pause.reached()
        looking = tasks.create_task(other.transact(partial(look_again, number=entry.outbox_id)))
        await waiting_for_a_lock(one)
        pause.end()

    assert looking.result() is False
    counts = (await one.counts()).outbox
    assert (counts["sending"], counts["parked"], counts["uncertain"]) == (1, 1, 0)


async def look_again(tx, number):
    parked = await tx.outbox.hold_set_aside(OURS, number)
    return await tx.outbox.suspect_again(parked)


async def test_only_the_work_of_processes_that_are_gone_is_taken_over(one, other, dsn):
    await receive(one, *(event_of(n, customer=str(100 + n)) for n in range(3)))
    async with process(dsn) as doomed:
        (lost,) = await doomed.transact(lambda tx: claim_all(tx, 1))
        await queue(doomed, lost, "lost")
        await start(doomed)
        (kept,) = await other.transact(lambda tx: claim_all(tx, 1))
        await queue(other, kept, "kept")
        await start(other)
        assert await take_over(one) == (0, 0)

    assert await take_over(one) == (1, 1)

    again = await one.transact(claim_all)
    assert lost.turn.conversation_id in {claim.turn.conversation_id for claim in again}
    assert kept.turn.conversation_id not in {claim.turn.conversation_id for claim in again}
    counts = (await one.counts()).outbox
    assert (counts["sending"], counts["uncertain"]) == (1, 1)


async def test_a_process_that_was_out_of_touch_gives_back_what_it_held(one, dsn):
    await receive(one, event_of(1))
    async with cutter(dsn) as cut, process(cut.dsn) as out_of_touch:
        (lost,) = await out_of_touch.transact(claim_all)
        cut.shut()
        async with asyncio.timeout(10):
            while True:
                if await take_over(one) == (1, 0):
                    break
                await asyncio.sleep(0.01)
        with pytest.raises(StoreUnavailable):
            await out_of_touch.transact(claim_all)
        (claim,) = await one.transact(claim_all)
        cut.let_in()

        async with asyncio.timeout(10), aclosing(out_of_touch.wakeups()) as hints:
            await anext(hints)  # being back is one, because others may have been lost

        await receive(one, event_of(2, customer="33"))
        (theirs,) = await out_of_touch.transact(claim_all)
        assert claim.fence > lost.fence
        assert theirs.turn.conversation_id == "11-33"
        assert await take_over(one) == (0, 0)


async def test_a_connection_that_dies_silently_is_noticed_and_made_again(one, dsn, monkeypatch):
    """No error tells: a machine in between is gone. What was held meanwhile is given back."""
    monkeypatch.setattr(presence, "_BEAT_EVERY", 0.02)
    monkeypatch.setattr(presence, "_BEAT_WITHIN", 1.0)
    await receive(one, event_of(1))
    async with cutter(dsn) as cut, process(cut.dsn) as deaf:
        await deaf.transact(claim_all)
        cut.silence_all()

        async with asyncio.timeout(10), aclosing(deaf.wakeups()) as hints:
            await anext(hints)  # it is there again

        await put(one, event_of(2, customer="33"))
        async with asyncio.timeout(10), aclosing(deaf.wakeups()) as hints:
            await anext(hints)


async def test_a_process_that_leaves_gives_back_what_it_holds_and_may_go_on(one, other):
    await receive(one, event_of(1), event_of(2, customer="33"))
    async with aclosing(other.wakeups()) as hints:
        (held,) = await one.transact(lambda tx: claim_all(tx, 1))
        await one.leave()
        assert await take_over(one) == (1, 0)
        await one.announce()
        async with asyncio.timeout(10):
            await anext(hints)

    claims = await other.transact(claim_all)
    assert held.turn.conversation_id in {claim.turn.conversation_id for claim in claims}
    assert await take_over(other) == (0, 0)


async def test_a_claim_that_a_crash_of_the_server_has_undone_is_not_mistaken_for_the_next(
    one, other, dsn
):
    """A claim does not wait for the disk, and whoever made it may outlive the server."""
    await receive(one, event_of(1))
    connection = await asyncpg.connect(dsn)
    (before,) = await connection.fetch("SELECT * FROM conversations")
    (forgotten,) = await one.transact(claim_all)
    names = ", ".join(f"{name} = ${n}" for n, name in enumerate(before.keys(), 1))
    await connection.execute(f"UPDATE conversations SET {names}", *before.values())
    await connection.close()

    (claim,) = await other.transact(claim_all)

    assert claim.fence != forgotten.fence
    with pytest.raises(StaleClaim):
        await one.transact(lambda tx: tx.conversations.guard(forgotten))
    assert await other.transact(lambda tx: tx.conversations.guard(claim))


async def test_the_same_duplicates_in_opposite_order_do_not_block_each_other(one, other, dsn):
    events = [event_of(n) for n in (1, 2, 3)]
    before = await deadlocks(one)

    async def deliver(store, name, order):
        delivery = Delivery(name, "main", OURS, "0" * 32, NOON, b"{}", tuple(order))
        return await store.inbox.put(delivery)

    connection = await asyncpg.connect(dsn)
    async with asyncio.TaskGroup() as tasks:
        # Both come to a halt at the second, with one or the other end behind them.
        await connection.execute("BEGIN")
        await connection.execute(
            "INSERT INTO events VALUES"
            " ('11', 'message_received', '2', '', '', '', 0, '', '', 0, 'new', '', 0, '')"
        )
        puts = [
            tasks.create_task(deliver(one, "a", events)),
            tasks.create_task(deliver(other, "b", reversed(events))),
        ]
        await waiting_for_a_lock(one, n=2)
        await connection.execute("ROLLBACK")
        await connection.close()

    assert sorted(task.result() for task in puts) == [0, 3]
    assert await deadlocks(one) == before
