"""What `ports.Store.transact` promises."""

from __future__ import annotations

import asyncio

import pytest

from roost.errors import StaleClaim


async def test_a_unit_gives_its_result(store):
    async def unit(tx):
        return 42

    assert await store.transact(unit) == 42


async def test_all_of_a_unit_happens_or_nothing_does(store, world):
    event = world.received()
    await world.put(store, event)

    async def unit(tx):
        await tx.conversations.touch(event)
        await tx.messages.put(event)
        await tx.events.file(event, state="done")
        raise StaleClaim("somebody else")

    with pytest.raises(StaleClaim):
        await store.transact(unit)

    assert (await store.counts()).events["new"] == 1


async def test_a_unit_sees_what_it_has_done(store, world):
    event = world.received()
    await world.put(store, event)

    async def unit(tx):
        await tx.events.file(event, state="done")
        return await tx.events.unfiled(10)

    assert await store.transact(unit) == []


@pytest.mark.parametrize("is_durable", [True, False])
async def test_what_is_committed_is_there_for_the_next_unit(store, world, is_durable):
    event = world.received()
    await world.put(store, event)

    await store.transact(lambda tx: tx.events.file(event, state="done"), is_durable=is_durable)

    assert (await store.counts()).events["done"] == 1


async def test_units_of_many_callers_do_not_mix(store, world):
    await world.receive(store, *(world.received(customer=str(100 + n)) for n in range(40)))
    claims = []

    async def worker():
        claims.extend(await world.claim(store, limit=3))

    async with asyncio.TaskGroup() as tasks:
        for _ in range(20):
            tasks.create_task(worker())

    customers = [claim.turn.customer.user_id for claim in claims]
    assert sorted(customers) == [str(100 + n) for n in range(40)]
