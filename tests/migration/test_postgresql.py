"""Migrations on PostgreSQL: the same history, run by one process while the others wait."""

from __future__ import annotations

import asyncio
import signal
import sys

import asyncpg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects.postgresql import base as postgresql_types
from sqlalchemy.ext.asyncio import create_async_engine

from roost.errors import StoreUnavailable
from roost.store import schema
from roost.store.columns import Xid8
from roost.store.described import metadata
from roost.store.postgresql import migrating
from roost.store.postgresql.server import Server

TABLES = """
SELECT table_name, column_name, data_type, is_nullable, collation_name
FROM information_schema.columns
WHERE table_schema = 'public' AND table_name <> 'alembic_version'
ORDER BY table_name, ordinal_position
"""
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY indexname
"""
REST = """
SELECT sequence_name, data_type FROM information_schema.sequences
WHERE sequence_schema = 'public' ORDER BY sequence_name
"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def xid8_is_known(monkeypatch):
    """SQLAlchemy has no name of its own for it when it looks at a schema."""
    monkeypatch.setitem(postgresql_types.ischema_names, "xid8", Xid8)


@pytest.fixture
def empty(databases):
    return databases.made()


async def run(dsn, *statements):
    connection = await asyncpg.connect(dsn)
    try:
        return [await connection.fetch(statement) for statement in statements]
    finally:
        await connection.close()


async def migrated(dsn, within=None):
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(dsn)
    )
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(within)
    finally:
        await engine.dispose()


def differences(connection):
    context = MigrationContext.configure(connection, opts={"include_name": is_not_of_the_search})
    return compare_metadata(context, metadata)


def is_not_of_the_search(name, kind, _parents):
    """An index of an expression cannot be compared; the comparison to the letter sees it."""
    return not (kind == "index" and "_words_found" in name)


async def test_the_migrated_schema_is_the_one_described(empty):
    await migrating.upgrade(Server(empty))

    assert await migrated(empty, differences) == []


async def test_the_migrated_schema_is_the_described_one_to_the_letter(empty, databases):
    await migrating.upgrade(Server(empty))
    described = await asyncio.to_thread(databases.made)
    await migrated(described, metadata.create_all)

    assert await run(empty, TABLES, INDEXES, REST) == await run(described, TABLES, INDEXES, REST)


async def test_text_sorts_by_code_point_whatever_the_servers_language(empty):
    await migrating.upgrade(Server(empty))

    (columns,) = await run(empty, TABLES)
    assert {row["collation_name"] for row in columns if row["data_type"] == "text"} == {"C"}


async def test_processes_that_start_at_once_migrate_once(empty):
    async with asyncio.TaskGroup() as tasks:
        for _ in range(6):
            tasks.create_task(migrating.upgrade(Server(empty)))

    versions, feeds = await run(
        empty, "SELECT version_num FROM alembic_version", "SELECT count(*) FROM feed"
    )
    assert (versions, feeds) == ([(schema.newest(),)], [(1,)])


async def test_a_migration_that_fails_leaves_nothing_and_can_be_run_again(empty):
    await run(empty, "CREATE TABLE outbox (in_the_way TEXT)")

    with pytest.raises(StoreUnavailable, match="outbox"):
        await migrating.upgrade(Server(empty))
    ((left,),) = await run(
        empty, "SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = 'public'"
    )
    assert left[0] == "outbox"
    await run(empty, "DROP TABLE outbox")

    await migrating.upgrade(Server(empty))

    assert await migrated(empty, differences) == []


CONVERSATION = """
INSERT INTO conversations (account_id, conversation_id, channel, customer_id, customer_screen_name,
customer_name, control, control_reason, epoch, fence, last_at, last_position, unread, preview)
VALUES ('1', 'c%s', 'dm', '2', 'ada', 'Ada', 'bot', '', 0, 0, 0, 12, %s, '')
"""
COMPLAIN = """
CREATE FUNCTION complain() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'in the way'; END $$
"""
IN_THE_WAY = """
CREATE TRIGGER in_the_way BEFORE UPDATE ON conversations
FOR EACH ROW WHEN (OLD.conversation_id = 'c3') EXECUTE FUNCTION complain()
"""


async def test_the_mark_unread_moves_out_of_the_number_even_where_that_failed_at_first(empty):
    def to_0028(connection):
        config = schema._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0028")

    await migrated(empty, to_0028)
    numbers = (0, 3, 2**20, 2**20 + 3)
    await run(empty, *(CONVERSATION % row for row in enumerate(numbers)), COMPLAIN, IN_THE_WAY)

    with pytest.raises(StoreUnavailable, match="in the way"):
        await migrating.upgrade(Server(empty))
    left, _ = await run(
        empty,
        "SELECT unread FROM conversations ORDER BY conversation_id",
        "DROP TRIGGER in_the_way ON conversations",
    )
    await migrating.upgrade(Server(empty))

    assert [row["unread"] for row in left] == list(numbers), "nothing was changed by halves"
    rows, versions = await run(
        empty,
        "SELECT unread, is_marked_unread FROM conversations ORDER BY conversation_id",
        "SELECT version_num FROM alembic_version",
    )
    assert rows == [(0, 0), (3, 0), (0, 1), (3, 1)]
    assert versions == [(schema.newest(),)]


WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND datname = current_database()
"""
KILLED = """
import asyncio, sys
from roost.store.postgresql import migrating
from roost.store.postgresql.server import Server

asyncio.run(migrating.upgrade(Server(sys.argv[1])))
"""


@pytest.mark.crash
async def test_a_process_killed_while_it_migrates_leaves_it_to_the_next(empty):
    """Whatever the kill hits, the lock goes with the process and the migration goes on."""
    blocker = await asyncpg.connect(empty)
    await blocker.execute("BEGIN")
    await blocker.execute("CREATE TABLE outbox ()")
    doomed = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, empty)
    async with asyncio.timeout(30):
        while True:
            if await blocker.fetchval(WAITING):
                break
            await blocker.execute("SELECT pg_stat_clear_snapshot()")
            await asyncio.sleep(0.01)
    doomed.send_signal(signal.SIGKILL)
    await doomed.wait()
    await blocker.execute("ROLLBACK")
    await blocker.close()

    async with asyncio.timeout(30):
        await migrating.upgrade(Server(empty))

    assert await migrated(empty, differences) == []
