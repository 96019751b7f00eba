"""That what older versions have stored is found, a bounded step at a time, once for all."""

from __future__ import annotations

import itertools

import asyncpg
import pytest
from sqlalchemy import delete, update
from tests.contract.conftest import OURS

from roost.model import searching
from roost.store import locks
from roost.store.indexing_rows import Progress
from roost.store.search_tables import customer_words, indexing, message_words
from roost.store.statements import Command, fixed

FORGET = (
    Command(delete(message_words)),
    Command(delete(customer_words)),
    Command(update(indexing).values(is_done=fixed(0), account_id=fixed(""), key=fixed(""))),
)


@pytest.fixture
async def older(store, world):
    """A store whose messages were filed by a version that knew no search."""
    for number, customer in enumerate(("22", "23", "24"), 1):
        await world.receive(store, world.received(number, text="a parcel", customer=customer))
    await world.receive(store, world.sent(4, text="Your parcel is here"))

    async def forget(tx):
        for command in FORGET:
            await tx.indexing._session.run(command, {})

    await store.manage(forget)
    return store


async def step(store, limit=2) -> Progress:
    return await store.manage(lambda tx: tx.indexing.step(limit))


async def found(store, text="parcel") -> int:
    page = await store.search.messages([OURS], searching.looked_for(text), after=None, limit=50)
    return len(page.found)


async def named(store) -> int:
    page = await store.search.customers([OURS], searching.looked_for("bob"), after=None, limit=50)
    return len(page.found)


async def test_what_was_stored_without_search_is_found_after_a_few_steps(older):
    assert (await found(older), await named(older)) == (0, 0)

    for n_steps in itertools.count(1):
        if await step(older) is Progress.IS_DONE:
            break
        assert await found(older) + await named(older) <= 2 * n_steps, "a step is bounded"

    assert (await found(older), await named(older)) == (4, 3)
    assert n_steps == 7, "two with customers, two with messages, and the end of each"
    assert await step(older) is Progress.IS_DONE


async def test_it_goes_on_where_another_process_has_left_it_and_keeps_what_is_there(older, world):
    await step(older)
    await step(older)
    await world.receive(older, world.received(9, text="another parcel"))
    assert await found(older) == 1

    while await step(older) is not Progress.IS_DONE:
        pass

    assert (await found(older), await found(older, "another")) == (5, 1)


async def test_what_a_customer_was_called_last_is_kept(older, world):
    await world.receive(older, world.received(9, text="hi"))
    assert await named(older) == 1

    while await step(older) is not Progress.IS_DONE:
        pass

    assert await named(older) == 3


@pytest.mark.parametrize("opening", ["postgresql"], indirect=True)
async def test_while_an_older_process_files_it_is_not_begun(older, dsn):
    before = await asyncpg.connect(dsn)
    try:
        await before.execute(f"SELECT pg_advisory_lock({locks.PROCESSES}, 5)")
        assert await step(older) is Progress.WAITS
        await before.execute(f"SELECT pg_advisory_lock_shared({locks.INDEXES}, 0)")
        assert await step(older) is Progress.GOES_ON, "one that makes findable what it files"
    finally:
        await before.close()
