"""The store as a whole: opening, owning, closing, registering, and surviving a kill."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from roost.errors import NewerSchema, StoreLocked, StoreUnavailable
from roost.store import connection as connections
from roost.store.registry import AccountRow, AppRow
from roost.store.sqlite import SqliteStore

MAIN = AppRow("main", "7", "consumer-key")


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


async def test_what_is_stored_is_there_when_opened_again(path, delivery):
    async with SqliteStore.open(path) as store:
        await store.inbox.put(delivery(1))

    async with SqliteStore.open(path) as store:
        assert await store.inbox.put(delivery(1)) == 0
        assert (await store.counts()).events["new"] == 1


async def test_a_new_database_is_private(tmp_path, delivery):
    path = tmp_path / "data" / "roost.db"

    async with SqliteStore.open(path) as store:
        await store.inbox.put(delivery(1))
        files = {file.name: mode_of(file) for file in path.parent.iterdir()}

    assert mode_of(path.parent) == 0o700
    assert files == dict.fromkeys(
        [
            "roost.db",
            "roost.db.lock",
            "roost.db-wal",
            "roost.db-shm",
            "roost.db.ballast",
            "roost.db.begun",
        ],
        0o600,
    )


async def test_a_database_found_open_to_others_is_made_private(path):
    path.chmod(0o644)

    async with SqliteStore.open(path):
        assert mode_of(path) == 0o600


async def test_closing_leaves_everything_in_the_database_file(path, delivery):
    async with SqliteStore.open(path) as store:
        await store.inbox.put(delivery(1))

    assert not path.with_name("roost.db-wal").exists()


async def test_a_second_store_is_refused_with_the_owners_pid(path):
    async with SqliteStore.open(path):
        with pytest.raises(StoreLocked) as refused:
            async with SqliteStore.open(path):
                pytest.fail("it was opened")

    assert refused.value.pid == os.getpid()
    async with SqliteStore.open(path):
        pass


async def test_a_closed_store_takes_nothing(path, delivery):
    async with SqliteStore.open(path) as store:
        pass

    with pytest.raises(StoreUnavailable):
        await store.inbox.put(delivery(1))


async def test_a_newer_database_is_left_as_it_is(path):
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    before = path.read_bytes()

    with pytest.raises(NewerSchema, match="9999"):
        async with SqliteStore.open(path):
            pytest.fail("it was opened")

    assert path.read_bytes() == before


async def test_webhook_paths_are_drawn_once(path):
    async with SqliteStore.open(path) as store:
        first = await store.register([MAIN, AppRow("other", "8", "key")], [])
    async with SqliteStore.open(path) as store:
        second = await store.register([AppRow("main", "7", "new-key")], [])

    assert first["main"] == second["main"]
    assert first["main"].startswith("/x/main/")
    assert len(first["main"]) == len("/x/main/") + 32
    assert first["main"].rpartition("/")[2] != first["other"].rpartition("/")[2]


async def test_accounts_are_known_as_they_were_last_registered(path):
    ours = AccountRow("11", "main", "demo")
    async with SqliteStore.open(path) as store:
        await store.register([MAIN], [AccountRow("11", "main", ""), AccountRow("12", "main", "")])
        await store.register([MAIN], [ours])

        assert await store.accounts() == [ours, AccountRow("12", "main", "", state="unlisted")]
        assert await store.account("11") == ours
        assert await store.account("99") is None


async def test_a_repeated_delivery_leaves_a_row_without_its_body(path, delivery):
    async with SqliteStore.open(path) as store:
        first = delivery(1, body=b"x" * 1_000)
        again = type(first)(
            "d2", "main", first.account_id, "1" * 32, first.received_at, first.body, first.events
        )
        await store.inbox.put(first)
        await store.inbox.put(again)

    connection = sqlite3.connect(path)
    rows = connection.execute(
        "SELECT delivery_id, is_duplicate, length(body) FROM deliveries ORDER BY trace_id"
    ).fetchall()
    connection.close()
    assert rows == [("d00000001", 0, 1_000), ("d2", 1, 0)]


def refusal_of_words(connection: sqlite3.Connection) -> str:
    """Store a customer's words, which triggers put into an index; give why they do not."""
    try:
        connection.execute(
            "INSERT INTO customer_words (account_id, conversation_id, position, named_at, words)"
            " VALUES ('1001', '1001-2002', 1, 1, '@1001 ada')"
        )
    except sqlite3.OperationalError as error:
        return str(error)
    return ""


async def test_the_schema_is_trusted_only_where_search_could_not_be_kept_in_step(path):
    async with SqliteStore.open(path):
        pass
    connection = connections.open_for_writing(path)
    asked = connections.pragma_of(connection, "trusted_schema")
    connection.execute("PRAGMA trusted_schema = OFF")

    refusal = refusal_of_words(connection)
    connection.close()

    assert refusal in {"", 'unsafe use of virtual table "customer_words_found"'}
    assert asked == (1 if refusal else 0)


def test_the_writing_connection_keeps_its_promises(path):
    connection = connections.open_for_writing(path)

    assert connections.pragma_of(connection, "journal_mode") == "wal"
    assert connections.pragma_of(connection, "synchronous") == 2
    assert connection.isolation_level is None
    connection.close()


def test_a_place_that_cannot_keep_a_log_is_refused():
    with pytest.raises(StoreUnavailable, match="write-ahead log"):
        connections.open_for_writing(Path(":memory:"))


def test_a_database_held_by_a_foreign_program_is_unavailable(path, monkeypatch):
    monkeypatch.setattr(connections, "_BUSY_SECONDS", 0)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")

    with pytest.raises(StoreUnavailable, match="locked"):
        connections.open_for_writing(path)
    holder.close()


async def test_a_file_that_is_no_database_is_unavailable(path):
    path.write_bytes(b"something else" * 100)

    with pytest.raises(StoreUnavailable, match="not a database"):
        async with SqliteStore.open(path):
            pytest.fail("it was opened")


def test_the_reading_connection_cannot_write(path):
    connection = connections.open_for_reading(path)

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM events")
    connection.close()


KILLED = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path

from roost.model.events import Unrecognised
from roost.ports import Delivery
from roost.store.sqlite import SqliteStore

AT = datetime(2026, 3, 1, tzinfo=UTC)


async def put(store, connection):
    for n in range(100_000):
        key = f"{connection}-{n}"
        event = Unrecognised("11", key, n, "name", AT)
        await store.inbox.put(Delivery(key, "main", "11", "0" * 32, AT, b"{}", (event,)))
        print(key, flush=True)


async def main():
    async with SqliteStore.open(Path(sys.argv[1])) as store, asyncio.TaskGroup() as tasks:
        for connection in range(16):
            tasks.create_task(put(store, connection))


asyncio.run(main())
"""


@pytest.mark.crash
@pytest.mark.parametrize("n_acknowledged", [1, 40, 400])
async def test_nothing_acknowledged_is_lost_when_the_process_is_killed(path, n_acknowledged):
    process = subprocess.Popen(  # noqa: ASYNC220 - the test waits for nothing else
        [sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True
    )
    with process:
        lines = [process.stdout.readline() for _ in range(n_acknowledged)]
        with pytest.raises(StoreLocked) as refused:
            async with SqliteStore.open(path):
                pytest.fail("it was opened")
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
    acknowledged = {line.strip() for line in lines if line.endswith("\n")}

    async with SqliteStore.open(path) as store:
        rows = await store.transact(lambda tx: tx.events.unfiled(1_000_000))

    assert refused.value.pid == process.pid
    assert len(acknowledged) >= n_acknowledged
    assert acknowledged <= {row.event.event_key for row in rows}


async def test_counting_does_not_wait_for_the_writer(path, delivery):
    begun, go_on = threading.Event(), threading.Event()

    async def slow(tx):
        begun.set()
        assert go_on.wait(10)

    async with SqliteStore.open(path) as store:
        await store.inbox.put(delivery(1))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(store.transact(slow))
            await asyncio.to_thread(begun.wait, 10)

            counts = await store.counts()

            go_on.set()

    assert counts.events["new"] == 1


async def test_an_account_that_is_no_longer_named_is_set_aside_until_it_is_again(tmp_path):
    app = AppRow("main", "1", "key")
    here, gone = AccountRow("11", "main", "b"), AccountRow("12", "main", "b")
    async with SqliteStore.open(tmp_path / "roost.db") as store:
        await store.register([app], [here, gone])
        await store.register([app], [here])
        assert [one.state for one in await store.accounts()] == ["connected", "unlisted"]
        await store.register([app], [here, gone])
        assert [one.state for one in await store.accounts()] == ["connected", "connected"]


async def test_an_app_keeps_the_path_that_was_drawn_unless_one_is_named(tmp_path):
    drawn, named = AppRow("main", "1", "key"), AppRow("main", "1", "key", webhook_path="/x/mine")
    async with SqliteStore.open(tmp_path / "roost.db") as store:
        first = await store.register([drawn], [])
        assert await store.register([drawn], []) == first
        assert await store.register([named], []) == {"main": "/x/mine"}
        assert await store.register([drawn], []) == {"main": "/x/mine"}
