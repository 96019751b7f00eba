"""What was erased goes from the file and from its log, also where its rows have once been."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing

import pytest

from roost.ports.erasing import Traces
from roost.store.cleaning import Cleaner
from roost.store.connection import open_for_writing
from roost.store.erased import Erased

SEED = 1
"""With it some rows are moved to another page, and stay readable where they were."""


@pytest.fixture
def database(tmp_path):
    """A connection to a database of many rows, and what they are."""
    chance = random.Random(SEED)
    with closing(open_for_writing(tmp_path / "roost.db")) as connection:
        connection.execute("CREATE TABLE t (id TEXT PRIMARY KEY, text TEXT, more TEXT)")
        connection.execute("CREATE INDEX by_text ON t (text)")
        ids = [f"id{number}" for number in chance.sample(range(10**9, 2 * 10**9), 4000)]
        connection.execute("BEGIN")
        for one in ids:
            text, more = f"{one} {'x' * chance.randint(5, 300)}", one * chance.randint(1, 50)
            connection.execute("INSERT INTO t VALUES (?, ?, ?)", (one, text, more))
            if chance.random() < 0.3:
                other = chance.choice(ids)
                more = other * chance.randint(1, 50)
                connection.execute("UPDATE t SET more = ? WHERE id = ?", (more, other))
        connection.execute("COMMIT")
        yield connection, ids, tmp_path / "roost.db"


def erase(connection, ids) -> None:
    connection.execute("BEGIN")
    connection.executemany("DELETE FROM t WHERE id = ?", [(one,) for one in ids])
    connection.execute("COMMIT")


def found(path, ids) -> list[str]:
    """Give those that are anywhere in the files, which nobody else has open."""
    log = path.with_name(f"{path.name}-wal")
    content = path.read_bytes() + log.read_bytes()
    return [one for one in ids if one.encode() in content]


def after(*, is_thorough) -> Cleaner:
    """Give somebody who has just taken note that something was erased."""
    cleaner, erased = Cleaner(has_log=False), Erased()
    assert (cleaner.left, cleaner.due_in) == (Traces.NONE, None)
    erased.note(is_thorough=is_thorough)
    cleaner.note(erased)
    assert (erased.n, cleaner.left, cleaner.due_in) == (0, Traces.LOG, 0)
    return cleaner


@pytest.mark.parametrize("is_thorough", [False, True])
def test_rows_that_were_moved_go_when_the_file_is_written_anew(database, is_thorough):
    connection, ids, path = database
    gone = ids[:800]
    erase(connection, gone)
    assert len(found(path, gone)) == len(gone)
    cleaner = after(is_thorough=is_thorough)

    cleaner.clean(connection)

    assert (cleaner.left, cleaner.due_in) == (Traces.NONE, None)
    left = found(path, gone)
    assert (left == []) is is_thorough
    assert len(left) < 20
    assert len(found(path, ids[800:])) == len(ids) - 800


def test_what_somebody_reads_is_tried_again_ever_later(database):
    connection, ids, path = database
    now = [0.0]
    cleaner = Cleaner(has_log=True, monotonic=lambda: now[0])
    assert cleaner.due_in == 0
    waits = []
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM t").fetchone()
        erase(connection, ids[:1])
        for _ in range(8):
            assert cleaner.begins()
            cleaner.clean(connection)
            assert cleaner.left is Traces.LOG
            waits.append(cleaner.due_in)
            assert not cleaner.begins()
            now[0] += waits[-1]
    assert waits == [0.125, 0.25, 0.5, 1, 2, 4, 4, 4]

    cleaner.clean(connection)

    assert (cleaner.left, cleaner.due_in) == (Traces.NONE, None)
    ((patience,),) = connection.execute("PRAGMA busy_timeout").fetchall()
    assert patience == 1500


def test_a_disk_without_room_leaves_the_file_as_it_is(database):
    connection, ids, path = database
    erase(connection, ids[:10])
    ((pages,),) = connection.execute("PRAGMA page_count").fetchall()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    cleaner = after(is_thorough=True)

    class Full:
        def execute(self, sql):
            if sql == "VACUUM":
                error = sqlite3.OperationalError("database or disk is full")
                error.sqlite_errorcode = sqlite3.SQLITE_FULL
                raise error
            return connection.execute(sql)

    cleaner.clean(Full())

    assert cleaner.left is Traces.FILE
    assert found(path, ids[10:20]) == ids[10:20]
