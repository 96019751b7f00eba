"""What `ports.ChangeRows` promises, and what readers of the feed see."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from roost.store.change_rows import Resync


async def append(tx, world, kind):
    await tx.changes.append("11", kind, conversation_id="11-22", ref="5", at=world.noon)


async def test_changes_are_read_in_the_order_of_their_commits(store, world):
    start = await store.feed_position()
    for kind in ("first", "second", "third"):
        await store.transact(lambda tx, kind=kind: append(tx, world, kind))

    changes = await store.changes_after(start, limit=10)

    assert [change.kind for change in changes] == ["first", "second", "third"]
    assert (changes[0].account_id, changes[0].conversation_id) == ("11", "11-22")
    assert (changes[0].ref, changes[0].at) == ("5", world.noon)
    after = await store.changes_after(changes[0].position, limit=1)
    assert [change.kind for change in after] == ["second"]


async def test_changes_of_one_transaction_come_as_they_were_made(store, world):
    start = await store.feed_position()

    async def unit(tx):
        for n in range(20):
            await append(tx, world, str(n))

    await store.transact(unit)

    changes = await store.changes_after(start, limit=100)
    assert [change.kind for change in changes] == [str(n) for n in range(20)]


async def test_a_change_of_a_failed_transaction_is_never_seen(store, world):
    async def unit(tx):
        await append(tx, world, "lost")
        raise LookupError

    before = await store.feed_position()
    with pytest.raises(LookupError):
        await store.transact(unit)

    assert await store.changes_after(before, limit=10) == []
    assert await store.feed_position() == before


async def test_the_position_is_that_of_the_last_change(store, world):
    start = await store.feed_position()
    await store.transact(lambda tx: append(tx, world, "one"))

    position = await store.feed_position()

    (change,) = await store.changes_after(start, limit=10)
    assert change.position == position
    assert await store.changes_after(position, limit=10) == []


async def test_the_feed_can_be_read_again_from_any_place(store, world):
    start = await store.feed_position()
    for n in range(6):
        await store.transact(lambda tx, n=n: append(tx, world, str(n)))
    whole = await store.changes_after(start, limit=100)

    for place, change in enumerate(whole):
        assert await store.changes_after(change.position, limit=100) == whole[place + 1 :]


async def test_a_reader_of_another_database_must_start_afresh(store, world):
    await store.transact(lambda tx: append(tx, world, "one"))
    position = await store.feed_position()

    foreign = replace(position, feed_epoch="another")

    assert await store.changes_after(foreign, limit=10) == Resync(position)


async def test_a_reader_who_follows_many_writers_misses_nothing_and_sees_nothing_twice(
    store, world
):
    start = position = await store.feed_position()
    seen = []

    async def write(writer):
        for n in range(10):
            await store.transact(lambda tx, n=n: append(tx, world, f"{writer}-{n}"))

    async with asyncio.TaskGroup() as tasks:
        for writer in range(8):
            tasks.create_task(write(writer))
        while len(seen) < 80:
            if changes := await store.changes_after(position, limit=7):
                seen += [change.kind for change in changes]
                position = changes[-1].position
            assert len(seen) <= 80
            await asyncio.sleep(0)

    assert sorted(seen) == sorted(f"{writer}-{n}" for writer in range(8) for n in range(10))
    assert [change.kind for change in await store.changes_after(start, limit=100)] == seen
