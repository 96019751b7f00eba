"""Who is erased while something of theirs is being filed is erased whole."""

from __future__ import annotations

import asyncio

import pytest
from tests.contract.conftest import NOON, OURS
from tests.contract.test_erasing import CUSTOMER, SAID, everything_in
from tests.unit.store.neighbours import Pause, waiting_for_a_lock

from roost.engine import filing
from roost.store.event_rows import StoredEvents


async def file_new(tx) -> int:
    return await filing.file_new(tx, limit=100)


async def erase(tx):
    return await tx.erasing.erase(OURS, CUSTOMER, by=None, at=NOON)


@pytest.fixture
def pause(monkeypatch: pytest.MonkeyPatch) -> Pause:
    """Holds up the first who files, once it has read what is new."""
    pause, read = Pause(), StoredEvents.unfiled

    async def reads_and_waits(self, limit):
        rows = await read(self, limit)
        if rows:
            await pause.here()
        return rows

    monkeypatch.setattr(StoredEvents, "unfiled", reads_and_waits)
    return pause


@pytest.mark.parametrize("opening", ["postgresql"], indirect=True)
@pytest.mark.parametrize("is_known", [True, False])
async def test_nothing_is_left_of_who_is_erased_while_a_message_of_theirs_is_filed(
    store, life, world, opening, *, pause: Pause, is_known: bool
) -> None:
    if is_known:
        pause.end()
        await store.inbox.put(world.delivery(world.received(40, customer=CUSTOMER, text=SAID)))
        await store.transact(file_new)
        pause.begin()
    await store.inbox.put(world.delivery(world.received(50, customer=CUSTOMER, text=SAID)))

    async with opening() as other, asyncio.timeout(20):
        async with asyncio.TaskGroup() as tasks:
            files = tasks.create_task(store.transact(file_new))
            await pause.reached()
            erases = tasks.create_task(other.transact(erase))
            waits = tasks.create_task(waiting_for_a_lock(other))
            await asyncio.wait([erases, waits], return_when=asyncio.FIRST_COMPLETED)
            waits.cancel()
            pause.end()
        assert files.result() == 1
        assert erases.result().conversations == 1

    await life.end()
    left = await everything_in(opening)
    assert SAID not in left
    assert CUSTOMER not in left


@pytest.mark.parametrize("opening", ["postgresql"], indirect=True)
async def test_what_comes_in_while_somebody_is_erased_is_filed_afterwards(store, world, opening):
    await store.inbox.put(world.delivery(world.received(50)))
    pause = Pause()

    async def erases(tx):
        await erase(tx)
        await pause.here()

    async with opening() as other, asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        tasks.create_task(other.transact(erases))
        await pause.reached()
        assert await store.transact(file_new) == 0
        pause.end()

    assert await store.transact(file_new) == 1
