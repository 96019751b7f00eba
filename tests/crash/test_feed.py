"""The change feed after a crash of the server: nothing seen goes, no place comes again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial

import pytest
from tests import postgres
from tests.crash.test_postgresql_faults import is_there
from tests.rig import until

from roost.ports import Tx
from roost.ports.changes import Change, FeedPosition, Resync
from roost.store.durable import DurableStore
from roost.store.postgresql.store import PostgresStore

pytestmark = [pytest.mark.crash, pytest.mark.timeout(120)]

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

LATE = {"wal_writer_delay": "10s", "wal_writer_flush_after": "1GB"}
"""Commits that do not wait for the disk are kept by it much later, as by a server under load."""


async def append(tx: Tx, ref: str) -> None:
    await tx.changes.append("11", "change", conversation_id="", ref=ref, at=NOON)


async def change(store: DurableStore, *refs: str) -> None:
    """Make changes that do not wait for the disk, each in a transaction of its own."""
    for ref in refs:
        await store.transact(partial(append, ref=ref), is_durable=False)


async def read(store: DurableStore, after: FeedPosition) -> list[Change]:
    """Read what comes after a place, as a page that was away for a while does."""
    found = await store.changes_after(after, limit=1_000)
    assert not isinstance(found, Resync)
    return list(found)


async def test_after_a_crash_of_the_server_a_reader_misses_nothing() -> None:
    before, lost, after = (
        [f"{when} {n}" for n in range(20)] for when in ("before", "unseen", "after")
    )
    with postgres.cluster(settings=LATE) as cluster:
        async with PostgresStore.open(cluster.dsn) as store:
            start = await store.feed_position()
            await change(store, *before)
            seen = await read(store, start)
            place = seen[-1].position
            await change(store, *lost)
            cluster.kill()
        with cluster.started_again():
            await until(lambda: is_there(cluster))
            async with PostgresStore.open(cluster.dsn) as store:
                assert await read(store, start) == seen, "what was seen is there"
                await change(store, *after)
                news = [one.ref for one in await read(store, place)]
    assert [one.ref for one in seen] == before
    assert news == after, "unseen changes were lost with the server, and no later one is missed"


async def test_a_place_that_was_given_does_not_come_again_after_a_crash_of_the_server() -> None:
    with postgres.cluster(settings=LATE) as cluster:
        async with PostgresStore.open(cluster.dsn) as store:
            await change(store, "before")
            place = await store.feed_position()
            cluster.kill()
        with cluster.started_again():
            await until(lambda: is_there(cluster))
            async with PostgresStore.open(cluster.dsn) as store:
                await change(store, "after")
                async with asyncio.timeout(10):
                    assert [one.ref for one in await read(store, place)] == ["after"]
