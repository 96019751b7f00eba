"""The world in one file, so that it outlives the process, however that ends.

What has been answered is in the file: it survives the process being killed. Losing power may cost
the latest changes. Not in the file are deliveries that wait to be tried again, rate limits, logs
and faults.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import msgspec
from msgspec.structs import replace

from roost.errors import SettingsError
from roost.ports import Clock
from roost.simulator import world_file
from roost.simulator.clock import from_milliseconds, milliseconds
from roost.simulator.entries import MessageEntry, WorldFile
from roost.simulator.rows import Rows
from roost.simulator.world import World

FORMAT = 1
APPLICATION_ID = 0x726F6F73
"""Marks the file as ours; `roos`."""

_BY_THEMSELVES = frozenset({"format", "messages", "media"})
_TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS entries (
  field TEXT NOT NULL, n INTEGER NOT NULL, value BLOB NOT NULL, PRIMARY KEY (field, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS messages (id INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT;
"""
_PUT = "INSERT OR REPLACE INTO entries (field, n, value) VALUES (?, ?, ?)"
_DROP = "DELETE FROM entries WHERE field = ? AND n = ?"
_DROP_FIELD = "DELETE FROM entries WHERE field = ?"
_PUT_MESSAGE = "INSERT OR REPLACE INTO messages (id, value) VALUES (?, ?)"
_DROP_MESSAGE = "DELETE FROM messages WHERE id = ?"
_PUT_FACT = "INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)"
_FACT = "SELECT value FROM facts WHERE name = ?"


class StateFile:
    """An open state file. Nobody else can open it meanwhile."""

    def __init__(self, path: Path, machine: Clock) -> None:
        """Open a file, or make one.

        Args:
            path: Where.
            machine: The machine's time, by which a clock that runs goes on while nobody looks.

        Raises:
            SettingsError: It cannot be opened, is no state file, or is of another format.
        """
        self._path = path
        self._machine = machine
        self._saved: dict[str, Mapping[int, object]] = {}
        self._messages: Rows[str, MessageEntry] | None = None
        try:
            self._database = _opened(path)
        except (sqlite3.Error, OSError) as error:
            raise _wrong(path, str(error), "Name a state file nobody else uses.") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._database.close()

    def load(self) -> WorldFile | None:
        """Give the world in the file; `None` where it is new.

        Raises:
            SettingsError: What it holds is no world.
        """
        fields = self._fields()
        if not fields:
            return None
        text = b",".join(b'"%s":%s' % (name.encode(), value) for name, value in fields.items())
        world = world_file.read(b'{"format":1,' + text + b"}", source=str(self._path))
        if world.clock is None or world.clock.is_frozen:
            return world
        now = milliseconds(from_milliseconds(world.clock.now) + self._away())
        return replace(world, clock=replace(world.clock, now=str(now)))

    def save(self, world: World) -> None:
        """Write what has changed, all of it or nothing."""
        with self._database:
            for name, rows in _current(world):
                self._save_field(name, rows)
            self._save_messages(world.messages)
            now = str(milliseconds(self._machine.now()))
            self._database.execute(_PUT_FACT, ("machine_ms", now))

    def _fields(self) -> Mapping[str, bytes]:
        found: dict[str, list[bytes]] = {}
        for name, value in self._database.execute(
            "SELECT field, value FROM entries ORDER BY field, n"
        ):
            found.setdefault(name, []).append(value)
        if not found:
            return {}
        messages = self._database.execute("SELECT value FROM messages ORDER BY id")
        found["messages"] = [value for (value,) in messages]
        single = {"rules", "clock"}
        return {
            name: values[0] if name in single else b"[" + b",".join(values) + b"]"
            for name, values in found.items()
        }

    def _away(self) -> timedelta:
        (then,) = self._database.execute(_FACT, ("machine_ms",)).fetchone()
        return max(timedelta(0), self._machine.now() - from_milliseconds(then))

    def _save_field(self, name: str, rows: Mapping[int, object]) -> None:
        if name not in self._saved:
            self._database.execute(_DROP_FIELD, (name,))
        saved = self._saved.get(name, dict[int, object]())
        for n, row in rows.items():
            before = saved.get(n)
            if row is not before and row != before:
                self._database.execute(_PUT, (name, n, msgspec.json.encode(row)))
        for n in saved.keys() - rows.keys():
            self._database.execute(_DROP, (name, n))
        self._saved[name] = rows

    def _save_messages(self, messages: Rows[str, MessageEntry]) -> None:
        if messages is not self._messages:
            self._database.execute("DELETE FROM messages")
            changed = set(messages)
        else:
            changed = messages.changes or set[str]()
        for message_id in changed:
            message = messages.get(message_id)
            if message is None:
                self._database.execute(_DROP_MESSAGE, (int(message_id),))
            else:
                row = (int(message_id), msgspec.json.encode(message))
                self._database.execute(_PUT_MESSAGE, row)
        messages.changes = set()
        self._messages = messages


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=0)
    try:
        _prepare(database, path)
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    (mark,) = database.execute("PRAGMA application_id").fetchone()
    (tables,) = database.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables and mark != APPLICATION_ID:
        raise _wrong(path, "it is another program's database", "Name another file.")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.executescript(f"PRAGMA application_id = {APPLICATION_ID}; {_TABLES}")
    found = database.execute(_FACT, ("format",)).fetchone()
    if found is not None and found[0] != str(FORMAT):
        raise _wrong(path, f"its format is {found[0]}", f"This version reads format {FORMAT}.")
    with database:
        database.execute(_PUT_FACT, ("format", str(FORMAT)))


def _current(world: World) -> Iterator[tuple[str, Mapping[int, object]]]:
    outline = world.outline()
    for name in WorldFile.__struct_fields__:
        value: object = getattr(outline, name)
        if name in _BY_THEMSELVES:
            continue
        if isinstance(value, tuple):
            yield name, dict(enumerate(cast("tuple[object, ...]", value)))
        else:
            yield name, {} if value is None else {0: value}
    # By its id, so that large files stay where they are when the oldest give way.
    yield "media", {int(media.media_id): media for media in world.media.entries()}


def _wrong(path: Path, problem: str, remedy: str) -> SettingsError:
    return SettingsError(f"state file {path}", problem, remedy)
