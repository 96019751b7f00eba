"""What one process on a PostgreSQL database hears of the others: the feed, and hints."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import asyncpg
import pytest
from tests.unit.store.neighbours import Pause, change, event_of, put

from roost.store.postgresql.store import PostgresStore
from roost.store.registry import AccountRow
from roost.testing.clocks import NOON


async def test_a_change_that_commits_late_is_not_skipped_by_readers(one, other):
    """Numbers are given out before commits, so a reader who took what is there would miss one."""
    pause, begin = Pause(), await one.feed_position()

    async def slow(tx):
        await change(tx, "begun first")
        await pause.here()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(one.transact(slow))
        await pause.reached()
        await other.transact(lambda tx: change(tx, "committed first"))

        while_open = await one.changes_after(begin, limit=10)
        position_while_open = await one.feed_position()
        pause.end()

    after = await one.changes_after(position_while_open, limit=10)
    assert (while_open, position_while_open) == ([], begin)
    assert [one.kind for one in after] == ["begun first", "committed first"]
    assert await other.changes_after(begin, limit=10) == after


async def test_a_change_with_a_lower_number_of_a_later_transaction_comes_later(one, other):
    pause, begin = Pause(), await one.feed_position()

    async def draws_its_transaction_first_and_its_change_last(tx):
        await tx.registry.put([], [AccountRow("12", "main", "")])
        await pause.here()
        await change(tx, "older transaction")

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(one.transact(draws_its_transaction_first_and_its_change_last))
        await pause.reached()
        await other.transact(lambda tx: change(tx, "newer transaction"))
        assert await one.changes_after(begin, limit=10) == []
        pause.end()

    changes = await one.changes_after(begin, limit=10)
    assert [one.kind for one in changes] == ["older transaction", "newer transaction"]
    assert changes[0].position.seq > changes[1].position.seq
    assert await one.changes_after(changes[0].position, limit=10) == changes[1:]


async def test_changes_of_a_server_that_is_no_more_do_not_come_up_in_a_restored_database(one, dsn):
    """A dump keeps their transactions' numbers, and a new server begins to count from below."""
    await one.transact(lambda tx: change(tx, "of the old server"))
    connection = await asyncpg.connect(dsn)
    await connection.execute("UPDATE changes SET xid = (xid::text::bigint + 100)::text::xid8")

    await one.transact(lambda tx: tx.restoring.mark(NOON))
    begin = await one.feed_position()
    for _ in range(200):
        await connection.execute("UPDATE feed SET beats = beats + 1")
    await connection.close()
    await one.transact(lambda tx: change(tx, "of the new one"))

    assert [one.kind for one in await one.changes_after(begin, limit=10)] == ["of the new one"]


async def test_what_a_process_stores_wakes_the_others_and_not_itself(one, other):
    async with aclosing(one.wakeups()) as mine, aclosing(other.wakeups()) as theirs:
        await put(one, event_of(1))

        async with asyncio.timeout(5):
            await anext(theirs)
            await put(other, event_of(2))
            await anext(mine)


async def test_of_what_is_worked_on_elsewhere_the_others_are_told(one, dsn):
    async with (
        PostgresStore.open(dsn, is_worked_on_elsewhere=True) as desk,
        aclosing(one.wakeups()) as theirs,
    ):
        await desk.transact(lambda tx: change(tx, "by an agent"))
        async with asyncio.timeout(10):
            await anext(theirs)

        await desk.check()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await anext(theirs)


async def test_a_delivery_that_brings_nothing_new_wakes_nobody(one, other):
    await put(one, event_of(1))
    async with aclosing(other.wakeups()) as theirs:
        async with asyncio.timeout(5):
            await anext(theirs)
        await put(one, event_of(1))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await anext(theirs)
