"""A write-ahead log that somebody keeps from being emptied is told of."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from structlog.testing import capture_logs

from roost.store import log_alarm
from roost.store.connection import checkpoint, open_for_writing
from roost.store.log_alarm import LOOK_EVERY, LogAlarm


@pytest.fixture
def kept(tmp_path):
    """A database, and a way to make its log larger."""
    path = tmp_path / "roost.db"
    with closing(open_for_writing(path)) as writer:
        writer.execute("CREATE TABLE t (a)")
        yield path, lambda n: writer.execute("INSERT INTO t VALUES (zeroblob(?))", (n,)), writer


def told(alarm, now):
    with capture_logs() as lines:
        alarm.look(now)
    return [line["event"].partition(":")[0] for line in lines]


def test_a_log_that_a_reader_pins_is_told_of_once_and_at_each_doubling(kept):
    path, grow, writer = kept
    alarm = LogAlarm(path, large=1_000_000)
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM t").fetchall()
        assert told(alarm, 0) == []
        grow(1_200_000)
        assert told(alarm, LOOK_EVERY) == ["write-ahead log is large"]
        assert told(alarm, LOOK_EVERY * 2) == []
        grow(1_200_000)
        assert told(alarm, LOOK_EVERY * 3) == ["write-ahead log is large"]
    checkpoint(writer)

    assert told(alarm, LOOK_EVERY * 4) == ["write-ahead log is small again"]
    assert told(alarm, LOOK_EVERY * 5) == []


def test_it_is_not_looked_at_again_at_once(kept):
    path, grow, _ = kept
    alarm = LogAlarm(path, large=100_000)
    assert told(alarm, 0) == []
    grow(200_000)

    assert told(alarm, LOOK_EVERY - 1) == []
    assert told(alarm, LOOK_EVERY) == ["write-ahead log is large"]


def test_a_database_without_a_log_has_a_log_of_nothing(tmp_path):
    assert log_alarm.size_of(tmp_path / "roost.db") == 0
