"""The store in PostgreSQL as a whole: what it asks of a server, and how it takes deliveries."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from dataclasses import replace

import asyncpg
import pytest
from tests import postgres
from tests.postgres import Databases

from roost.errors import NewerSchema, StoreUnavailable
from roost.store.postgresql import server
from roost.store.postgresql.server import Server
from roost.store.postgresql.store import PostgresStore


@pytest.fixture
async def store(dsn: str) -> AsyncGenerator[PostgresStore]:
    async with PostgresStore.open(dsn) as opened:
        yield opened


async def run(dsn, *statements):
    connection = await asyncpg.connect(dsn)
    try:
        return [await connection.fetch(statement) for statement in statements][-1]
    finally:
        await connection.close()


async def refused(dsn, match, error=StoreUnavailable):
    with pytest.raises(error, match=match):
        async with PostgresStore.open(dsn):
            pytest.fail("it was opened")


async def test_what_is_stored_is_there_when_opened_again(dsn, delivery):
    async with PostgresStore.open(dsn) as store:
        await store.inbox.put(delivery(1))

    async with PostgresStore.open(dsn) as store:
        assert await store.inbox.put(delivery(1)) == 0
        assert (await store.counts()).events["new"] == 1


async def test_a_closed_store_takes_nothing(dsn, delivery):
    async with PostgresStore.open(dsn) as store:
        pass

    with pytest.raises(StoreUnavailable):
        await store.inbox.put(delivery(1))
    with pytest.raises(StoreUnavailable):
        await store.transact(lambda tx: tx.outbox.uncertain())


async def test_closing_leaves_no_connection_behind(dsn, delivery):
    async with PostgresStore.open(dsn) as store:
        await asyncio.gather(*(store.counts() for _ in range(20)))
        await store.inbox.put(delivery(1))

    async with asyncio.timeout(10):
        while True:
            rows = await run(
                dsn,
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'roost'",
            )
            if rows[0][0] == 0:
                break


async def test_an_error_in_the_block_comes_out_as_it_is(dsn):
    with pytest.raises(LookupError):
        async with PostgresStore.open(dsn):
            raise LookupError


@pytest.mark.parametrize(
    ("configured", "used"),
    [("off", "on"), ("local", "on"), ("on", "on"), ("remote_apply", "remote_apply")],
)
async def test_commits_wait_for_the_disk_whatever_the_database_is_set_to(dsn, configured, used):
    name = postgres.name_in(dsn)
    await run(dsn, f"ALTER DATABASE {name} SET synchronous_commit = {configured}")

    async with PostgresStore.open(dsn) as store:

        async def unit(tx):
            return await tx.changes._session._connection.fetchval("SHOW synchronous_commit")

        assert await store.transact(unit) == used


@pytest.mark.parametrize(("lookup", "mode"), [("desk", "force_generic_plan"), ("activity", "auto")])
async def test_pages_of_lists_have_their_plans_made_once(dsn, lookup, mode):
    async with PostgresStore.open(dsn) as store:
        pool = getattr(store, lookup)._reading._pool

        assert await pool.fetchval("SHOW plan_cache_mode") == mode


async def test_a_server_that_does_not_sync_is_refused():
    environment = {key: value for key, value in os.environ.items() if key != postgres.VARIABLE}
    with postgres.server(environment, settings={"fsync": "off"}) as dsn:
        await refused(dsn, "fsync is off")


async def test_a_database_that_cannot_hold_every_character_is_refused(databases: Databases):
    dsn = await asyncio.to_thread(databases.made, options="ENCODING 'LATIN1' LOCALE 'C'")

    await refused(dsn, "LATIN1")


async def test_an_old_server_is_refused(dsn, monkeypatch):
    monkeypatch.setattr(server, "OLDEST", 99)

    await refused(dsn, "99 or newer")


async def test_a_server_that_ignores_how_commits_are_to_wait_is_refused(dsn, monkeypatch):
    monkeypatch.setattr(Server, "_settings", lambda self: {"synchronous_commit": "off"})

    await refused(dsn, "does not take synchronous_commit = on")


async def test_a_newer_database_is_left_as_it_is(dsn):
    await run(dsn, "UPDATE alembic_version SET version_num = '9999'")

    await refused(dsn, "9999", NewerSchema)

    assert await run(dsn, "SELECT version_num FROM alembic_version") == [("9999",)]


async def test_deliveries_in_flight_share_a_transaction(store, delivery):
    counts = await asyncio.gather(*(store.inbox.put(delivery(n)) for n in range(200)))

    stats = store.stats
    assert counts == [1] * 200
    assert (stats.jobs, stats.rows) == (200, 400)
    assert stats.commits <= 4


async def test_a_delivery_no_database_takes_is_refused_alone(store, delivery):
    wrong = delivery(0)
    wrong = replace(wrong, events=(replace(wrong.events[0], position=2**63),))

    answers = await asyncio.gather(
        *(store.inbox.put(one) for one in (delivery(1), wrong, delivery(2))),
        return_exceptions=True,
    )

    assert (answers[0], answers[2]) == (1, 1)
    assert isinstance(answers[1], asyncpg.DataError)
    assert (await store.counts()).events["new"] == 2


async def test_who_stops_waiting_for_a_delivery_does_not_stop_the_others(store, delivery):
    puts = [asyncio.ensure_future(store.inbox.put(delivery(n))) for n in range(3)]
    await asyncio.sleep(0)
    puts[1].cancel()

    answers = await asyncio.gather(*puts, return_exceptions=True)

    assert (answers[0], answers[2]) == (1, 1)
    assert isinstance(answers[1], asyncio.CancelledError)


async def test_a_repeated_delivery_leaves_a_row_without_its_body(store, dsn, delivery):
    first = delivery(1, body=b"x" * 1_000)
    await store.inbox.put(first)
    await store.inbox.put(replace(first, delivery_id="d2"))

    rows = await run(
        dsn,
        "SELECT delivery_id, is_duplicate, length(body) FROM deliveries ORDER BY is_duplicate",
    )
    assert rows == [("d00000001", 0, 1_000), ("d2", 1, 0)]
