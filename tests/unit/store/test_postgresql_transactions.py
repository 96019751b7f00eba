"""Transactions in PostgreSQL: what is run again, what is found out about, what is given up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime

import asyncpg
import pytest
from tests import postgres
from tests.cutting import Cut, Cutter, cutter

from roost.errors import DiskTrouble, StaleClaim, StoreUnavailable
from roost.model.budgets import SEND
from roost.model.ids import UserId
from roost.store.postgresql import presence, transactions
from roost.store.postgresql import store as postgres_store
from roost.store.postgresql.store import PostgresStore
from roost.store.registry import AccountRow
from roost.xapi.windows import LIMITS

LONGER_THAN_A_DEADLOCK = 20.0

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
async def store(dsn: str) -> AsyncGenerator[PostgresStore]:
    async with PostgresStore.open(dsn) as opened:
        yield opened


@pytest.fixture
async def cut(dsn: str) -> AsyncGenerator[Cutter]:
    async with cutter(dsn) as cutting:
        yield cutting


@asynccontextmanager
async def connected(dsn: str) -> AsyncGenerator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


async def change(tx, kind="change"):
    await tx.changes.append("11", kind, conversation_id="", ref="", at=NOON)
    return kind


async def kinds(dsn):
    async with connected(dsn) as connection:
        return [row[0] for row in await connection.fetch("SELECT kind FROM changes ORDER BY seq")]


async def give_out_numbers(dsn, n):
    """Let others commit transactions of their own."""
    async with connected(dsn) as connection:
        for _ in range(n):
            await connection.execute("SELECT pg_current_xact_id()")


class Unit:
    """Writes a change, and knows how often it was run."""

    def __init__(self):
        self.n_runs = 0

    async def __call__(self, tx):
        self.n_runs += 1
        return await change(tx, f"run {self.n_runs}")


async def test_a_deadlock_is_resolved_and_both_units_happen(store, dsn):
    accounts = [UserId("11"), UserId("12")]
    await store.register([], [AccountRow(one, "main", "") for one in accounts])
    both_hold_one = asyncio.Barrier(2)
    n_runs = []

    async def hold(own, other):
        async def unit(tx):
            n_runs.append(own)
            await tx.budgets.hold(own, SEND, LIMITS[SEND])
            if len(n_runs) <= 2:
                async with asyncio.timeout(LONGER_THAN_A_DEADLOCK):
                    await both_hold_one.wait()
            await tx.budgets.hold(other, SEND, LIMITS[SEND])
            await change(tx)

        await store.transact(unit)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(hold(*accounts))
        tasks.create_task(hold(*reversed(accounts)))

    assert len(n_runs) == 3
    assert await kinds(dsn) == ["change", "change"]


async def test_a_commit_whose_answer_was_lost_is_found_out_about_and_not_repeated(cut, dsn):
    unit = Unit()
    async with PostgresStore.open(cut.dsn) as store:
        cut.at_next_commit(Cut.AFTER)

        assert await store.transact(unit) == "run 1"

    assert (unit.n_runs, cut.n_cut) == (1, 1)
    assert await kinds(dsn) == ["run 1"]


async def test_a_commit_that_never_arrived_is_found_out_about_and_run_again(cut, dsn):
    unit = Unit()
    async with PostgresStore.open(cut.dsn) as store:
        cut.at_next_commit(Cut.BEFORE)

        assert await store.transact(unit) == "run 2"

    assert (unit.n_runs, cut.n_cut) == (2, 1)
    assert await kinds(dsn) == ["run 2"]


@pytest.mark.parametrize("when", Cut)
async def test_a_delivery_counts_once_whenever_its_connection_is_cut(cut, dsn, delivery, when):
    async with PostgresStore.open(cut.dsn) as store:
        cut.at_next_commit(when)

        assert await store.inbox.put(delivery(1)) == 1
        assert await store.inbox.put(delivery(1)) == 0

    assert cut.n_cut == 1


@pytest.mark.parametrize("is_back", [False, True])
async def test_nothing_is_said_of_a_commit_where_numbers_may_have_been_given_out_anew(
    cut, dsn, monkeypatch, is_back
):
    """Whoever answers once it is back may be a standby that never heard of the transaction."""
    unit = Unit()
    async with PostgresStore.open(cut.dsn) as store:
        real = transactions._commit

        async def commit_and_lose_everything(connection):
            cut.shut()
            if is_back:
                cut.let_in()
                async with aclosing(store.wakeups()) as connected_again:
                    await anext(connected_again)
                await give_out_numbers(dsn, 3)
            return await real(connection)

        monkeypatch.setattr(transactions, "_commit", commit_and_lose_everything)

        with pytest.raises(StoreUnavailable, match="not known whether"):
            await store.transact(unit)

    assert unit.n_runs == 1


async def test_nothing_is_said_of_a_commit_by_another_server(cut, monkeypatch):
    """This process may see the new primary while one of its connections leads to the old one."""
    long_ago = "pg_postmaster_start_time() - interval '1 day'"
    elsewhere = transactions._NUMBER.replace("pg_postmaster_start_time()", long_ago)
    monkeypatch.setattr(transactions, "_NUMBER", elsewhere)
    unit = Unit()
    async with PostgresStore.open(cut.dsn) as store:
        cut.at_next_commit(Cut.AFTER)

        with pytest.raises(StoreUnavailable, match=r"not known whether.*another server"):
            await store.transact(unit)

        assert unit.n_runs == 1
        assert await store.transact(change) == "change"


async def test_a_connection_lost_in_the_middle_is_made_again(store, dsn):
    n_runs = 0

    async def unit(tx):
        nonlocal n_runs
        n_runs += 1
        await change(tx)
        if n_runs == 1:
            async with connected(dsn) as other:
                await other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE state = 'idle in transaction' AND datname = current_database()"
                )
        return await change(tx)

    await store.transact(unit)

    assert n_runs == 2
    assert await kinds(dsn) == ["change", "change"]


async def test_a_database_that_stays_away_is_unavailable_and_used_again_when_it_is_back(cut, dsn):
    async with PostgresStore.open(cut.dsn) as store:
        await store.transact(change)
        cut.shut()
        with pytest.raises(StoreUnavailable):
            await store.transact(change)
        with pytest.raises(StoreUnavailable):
            await store.counts()
        cut.let_in()

        await store.transact(change)

        assert (await store.counts()).events["new"] == 0
    assert await kinds(dsn) == ["change", "change"]


async def test_a_server_whose_disk_is_full_is_named_so_and_used_again(store, dsn):
    async with connected(dsn) as connection:
        await connection.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;"
            " CREATE TRIGGER no_room BEFORE INSERT ON changes EXECUTE FUNCTION no_room()"
        )

        with pytest.raises(DiskTrouble, match="the disk is full") as caught:
            await store.transact(change)

        assert caught.value.trouble == "the disk is full"
        await connection.execute("DROP TRIGGER no_room ON changes")
        assert await store.transact(change) == "change"


async def test_a_mistake_of_the_unit_is_the_callers_and_nothing_of_it_stays(store, dsn):
    async def unit(tx):
        await change(tx)
        raise StaleClaim("somebody else")

    with pytest.raises(StaleClaim):
        await store.transact(unit)

    assert await kinds(dsn) == []
    assert await store.transact(change) == "change"


async def test_a_unit_that_is_cancelled_leaves_nothing_and_its_connection_is_used_again(store, dsn):
    has_begun = asyncio.Event()

    async def unit(tx):
        await change(tx)
        has_begun.set()
        await asyncio.Event().wait()

    for _ in range(20):  # more often than there are connections
        has_begun.clear()
        running = asyncio.ensure_future(store.transact(unit))
        await has_begun.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    await store.transact(change)
    assert await kinds(dsn) == ["change"]


@pytest.mark.parametrize(("is_durable", "setting"), [(True, "on"), (False, "off")])
async def test_only_what_must_outlast_a_power_cut_waits_for_the_disk(store, is_durable, setting):
    async def unit(tx):
        connection = tx.changes._session._connection
        return await connection.fetchval("SHOW synchronous_commit")

    assert await store.transact(unit, is_durable=is_durable) == setting
    assert await store.transact(unit) == "on"


async def test_what_was_committed_is_counted(store, delivery):
    await store.transact(change)
    await store.transact(change, is_durable=False)
    await store.transact(lambda tx: tx.outbox.uncertain())
    await store.inbox.put(delivery(1))

    stats = store.stats
    assert (stats.commits, stats.durable_commits, stats.jobs, stats.rows) == (3, 2, 3, 4)


async def test_a_database_that_is_not_there_is_named_without_its_password():
    dsn = "postgresql://roost:hush@127.0.0.1:1/roost"

    with pytest.raises(StoreUnavailable) as refused:
        async with PostgresStore.open(dsn):
            pytest.fail("it was opened")

    assert "hush" not in f"{refused.value} {refused.value.__cause__}"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://roost:hu/sh@127.0.0.1:x/roost",
        "postgresql://roost:hush@/roost?host=,a",
        "postgresql://roost:hush@[::1/roost",
        "postgresql://roost@h/roost?sslmode=hush",
    ],
)
async def test_an_address_that_cannot_be_read_is_refused_without_being_quoted(address):
    with pytest.raises(StoreUnavailable) as refused:
        async with PostgresStore.open(address):
            pytest.fail("it was opened")

    assert "hu" not in str(refused.value)
    assert refused.value.__cause__ is None


async def test_of_several_hosts_the_one_that_takes_writes_is_used(dsn):
    async with PostgresStore.open(postgres.behind_a_dead_host(dsn)) as store:
        assert await store.transact(change) == "change"


async def test_deliveries_go_on_when_their_connection_has_died_silently(cut, delivery, monkeypatch):
    """No error tells: a machine in between is gone."""
    monkeypatch.setattr(postgres_store, "_STORED_WITHIN", 1.5)
    monkeypatch.setattr(presence, "_ANSWER_WITHIN", 1.5)
    async with PostgresStore.open(cut.dsn) as store:
        await store.inbox.put(delivery(1))
        cut.silence_all()

        async with asyncio.timeout(10):
            assert await store.inbox.put(delivery(2)) == 1
