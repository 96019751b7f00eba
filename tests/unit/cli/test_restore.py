"""`roost backup` and `roost restore`: what they make, what they keep, and what they refuse."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from roost.cli import app
from roost.store import ownership, schema

QUEUED = (
    "INSERT INTO outbox (account_id, outbox_id, conversation_id, recipient_id, state, body,"
    " attempts, due_at, baseline, attempted_at, reason, trace_id, created_at)"
    " VALUES ('11', {}, '11-22', '22', 'queued', x'', 0, 5, 0, 0, '', 't', 5)"
)


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The database of the settings, with two messages on their way out."""
    path = tmp_path / "data" / "roost.db"
    path.parent.mkdir()
    schema.upgrade(path)
    with closing(sqlite3.connect(path)) as connection:
        for outbox_id in (1, 2):
            connection.execute(QUEUED.format(outbox_id))
        connection.execute("INSERT INTO last_seen VALUES ('11', 1000, 1000, 1000)")
        connection.commit()
    return path


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def test_a_backup_is_whole_private_and_says_where_the_key_is(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with ownership.locked(database):  # as a running application has it
        assert app.main(["backup", "copy.db", "--json"]) == 0

    copy = tmp_path / "copy.db"
    told = json.loads(capsys.readouterr().out)
    assert told == {"file": "copy.db", "bytes": copy.stat().st_size, "keys": "data/roost.key"}
    assert copy.stat().st_mode & 0o777 == 0o600
    assert rows(copy, "SELECT count(*) FROM outbox") == [(2,)]
    assert rows(copy, "PRAGMA integrity_check") == [("ok",)]
    assert [one.name for one in tmp_path.glob("copy*")] == ["copy.db"]


def test_a_backup_replaces_no_file(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("copy.db").write_text("mine")
    assert app.main(["backup", "copy.db"]) == 2
    assert "copy.db is already there" in capsys.readouterr().err
    assert Path("copy.db").read_text() == "mine"


def test_a_restored_database_sends_nothing_before_x_was_asked(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app.main(["backup", "copy.db"])
    epoch = rows(database, "SELECT feed_epoch FROM feed")
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DELETE FROM outbox")
        connection.commit()
    capsys.readouterr()

    assert app.main(["restore", "copy.db", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["n_sends"] == 2
    assert rows(Path(told["kept"]), "SELECT count(*) FROM outbox") == [(0,)]
    sends = "SELECT state, due_at, reason FROM outbox ORDER BY outbox_id"
    assert rows(database, sends) == [
        ("uncertain", None, "restored"),
        ("queued", None, "restored"),
    ]
    assert rows(database, "SELECT account_id, reason FROM gaps") == [
        ("11", "restored from a backup")
    ]
    assert rows(database, "SELECT feed_epoch FROM feed") != epoch
    assert Path("copy.db").is_file()
    assert not list(database.parent.glob("*.restoring*"))


def test_nothing_is_restored_while_a_process_uses_the_database(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app.main(["backup", "copy.db"])
    with ownership.locked(database):
        assert app.main(["restore", "copy.db"]) == 2
    assert "is in use by process" in capsys.readouterr().err
    assert rows(database, "SELECT DISTINCT state FROM outbox") == [("queued",)]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "there is no such file"),
        (b"no database at all, " * 100, "file is not a database"),
        (b"", "it is no database of Roost, without alembic_version"),
    ],
)
def test_what_is_no_backup_is_refused_and_changes_nothing(
    content: bytes | None, problem: str, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        Path("copy.db").write_bytes(content)
    before = database.read_bytes()
    assert app.main(["restore", "copy.db"]) == 2
    said = capsys.readouterr().err
    assert problem in said
    assert "copy.db cannot be restored" in said
    assert database.read_bytes() == before


def test_a_damaged_backup_is_refused(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app.main(["backup", "copy.db"])
    copy = Path("copy.db")
    pages = copy.read_bytes()
    copy.write_bytes(pages[: len(pages) // 2])
    assert app.main(["restore", "copy.db"]) == 2
    assert "copy.db cannot be restored" in capsys.readouterr().err


def test_a_backup_of_a_newer_roost_is_refused(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app.main(["backup", "copy.db"])
    with closing(sqlite3.connect("copy.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    assert app.main(["restore", "copy.db"]) == 2
    assert "has schema 9999" in capsys.readouterr().err
    assert rows(database, "SELECT DISTINCT state FROM outbox") == [("queued",)]


def test_a_lost_database_is_restored_in_its_place(database: Path) -> None:
    app.main(["backup", "copy.db"])
    database.unlink()
    assert app.main(["restore", "copy.db"]) == 0
    assert rows(database, "SELECT count(*) FROM outbox") == [(2,)]


@pytest.mark.parametrize("arguments", [[], ["copy.db", "--marks-only"]])
def test_either_a_file_or_marks_only_is_wanted(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["restore", *arguments]) == 2
    assert "FILE" in capsys.readouterr().err
