"""Every place where a secret could be left, how it is read, and how to plant something in it."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import anyio.to_thread
from tests import postgres
from tests.rig import until

from roost.xapi.transport import Response

DATABASE, LOG = "roost.db", "log.txt"
KEY_FILE = "roost.key"
"""What may hold a secret: the key that seals tokens is there, and nowhere else."""


@dataclass
class Scene:
    """What is left of a run.

    Attributes:
        data: The data folder.
        temporary: Where the processes keep temporary files.
        dsn: Of the PostgreSQL database; `None` for SQLite.
        since: Where PostgreSQL's log of writes stood before.
        noted: What was told or shown during the run, by place, and what of it by what it was.
    """

    data: Path
    temporary: Path
    dsn: str | None = None
    since: str = ""
    noted: dict[str, dict[str, bytes]] = field(default_factory=dict)

    def note(self, place: str, what: str, content: bytes) -> None:
        """Keep what was told or shown."""
        self.noted.setdefault(place, {})[what] = content

    def answered(self, who: str, what: str, answer: Response) -> None:
        """Keep an answer: as an error, if it is one."""
        place = "errors of the API" if answer.status >= 400 else "answers of the API"
        said = f"{answer.status} {dict(answer.headers)}\n".encode() + answer.body
        self.note(place, f"{who}: {what}", said)

    def told(self, code: int, out: str, err: str, *, by: str) -> None:
        """Keep what a verb has said."""
        self.note("output of verbs", by, f"{code}\n{out}\n{err}".encode())

    def processes_of(self, process_id: int) -> list[int]:
        """Keep what others on the machine see of a process and of those it has started."""
        begun = [process_id, *_descendants(process_id)]
        for one in begun:
            folder = Path(f"/proc/{one}")
            self.note("command lines", str(one), _arguments(one))
            if one != process_id:
                environment = (folder / "environ").read_bytes()
                self.note("surroundings of child processes", str(one), environment)
        return begun


def _arguments(process_id: int) -> bytes:
    return Path(f"/proc/{process_id}/cmdline").read_bytes()


def _descendants(process_id: int) -> Iterator[int]:
    for task in Path(f"/proc/{process_id}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            yield child
            yield from _descendants(child)


Read = Callable[[Scene], Awaitable[Mapping[str, bytes]]]
Plant = Callable[[Scene, str], Awaitable[None]]


@dataclass(frozen=True)
class Place:
    """Somewhere to look.

    Attributes:
        name: For people.
        read: Gives what is there.
        plant: Puts a text there, in the way it would come there by mistake.
        databases: With which databases there is such a place.
    """

    name: str
    read: Read
    plant: Plant
    databases: Sequence[str] = ("sqlite", "postgresql")


def _files(*names: str) -> Read:
    """Read files of the data folder, as they are; `*` stands for all there are."""

    async def read(scene: Scene) -> Mapping[str, bytes]:
        found = [path for name in names for path in scene.data.rglob(name) if path.is_file()]
        return {str(path): path.read_bytes() for path in found if path.name != KEY_FILE}

    return read


async def _temporary(scene: Scene) -> Mapping[str, bytes]:
    return {str(one): one.read_bytes() for one in scene.temporary.rglob("*") if one.is_file()}


async def _rows(scene: Scene) -> Mapping[str, bytes]:
    """Read every row: in a file, a long value is in pieces, and in PostgreSQL compressed."""
    if scene.dsn is not None:
        return await anyio.to_thread.run_sync(_postgresql_rows, scene.dsn)
    found: dict[str, bytes] = {}
    with closing(sqlite3.connect(f"file:{scene.data / DATABASE}?mode=ro", uri=True)) as database:
        tables = (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%USING fts5%'"
        )
        for (table,) in database.execute(tables).fetchall():
            found[table] = _text(database.execute(f'SELECT * FROM "{table}"').fetchall())
    return found


def _postgresql_rows(dsn: str) -> Mapping[str, bytes]:
    tables = postgres.rows(dsn, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {str(one): _text(postgres.rows(dsn, f'SELECT * FROM "{one}"')) for (one,) in tables}


def _text(rows: Sequence[Sequence[object]]) -> bytes:
    values = (value for row in rows for value in row)
    return b"\n".join(
        bytes(one) if isinstance(one, bytes | memoryview) else str(one).encode() for one in values
    )


async def _postgresql_files(scene: Scene) -> Mapping[str, bytes]:
    assert scene.dsn is not None
    return await anyio.to_thread.run_sync(_files_of_server, scene.dsn)


def _files_of_server(dsn: str) -> Mapping[str, bytes]:
    postgres.rows(dsn, "CHECKPOINT")
    where = "SELECT current_setting('data_directory'), pg_relation_filepath('events')"
    ((folder, path),) = postgres.rows(dsn, where)
    here = (Path(str(folder)) / str(path)).parent
    return {str(one): one.read_bytes() for one in here.iterdir() if one.is_file()}


async def _written_ahead(scene: Scene) -> Mapping[str, bytes]:
    assert scene.dsn is not None
    return await anyio.to_thread.run_sync(_written_since, scene.dsn, scene.since)


def position(dsn: str) -> str:
    """Give where PostgreSQL's log of writes stands."""
    return str(postgres.rows(dsn, "SELECT pg_current_wal_lsn()::text")[0][0])


def _written_since(dsn: str, since: str) -> Mapping[str, bytes]:
    """Read what was written ahead since a position: what is around that is of other tests."""
    ((folder, first, begins, last, ends),) = postgres.rows(
        dsn,
        "SELECT current_setting('data_directory'), a.file_name, a.file_offset, b.file_name,"
        f" b.file_offset FROM pg_walfile_name_offset('{since}'::pg_lsn) a,"
        " pg_walfile_name_offset(pg_current_wal_lsn()) b",
    )
    logs = Path(str(folder)) / "pg_wal"
    names = sorted(one.name for one in logs.iterdir() if str(first) <= one.name <= str(last))
    found = {name: (logs / name).read_bytes() for name in names}
    found[str(last)] = found[str(last)][: int(str(ends))]
    found[str(first)] = found[str(first)][int(str(begins)) :]
    return found


def _noted(place: str) -> Read:
    async def read(scene: Scene) -> Mapping[str, bytes]:
        return scene.noted.get(place, {})

    return read


def _into_file(name: str) -> Plant:
    async def plant(scene: Scene, text: str) -> None:
        with (scene.data / name).open("ab") as file:
            file.write(f"… {text} …".encode())

    return plant


async def _into_temporary(scene: Scene, text: str) -> None:
    (scene.temporary / "upload").write_text(text)


_NOTE = "UPDATE apps SET consumer_key = '{}'"


async def _into_row(scene: Scene, text: str) -> None:
    """Have a column hold it; in SQLite it is ahead of the database, in the log of writes."""
    if scene.dsn is not None:
        await anyio.to_thread.run_sync(postgres.rows, scene.dsn, _NOTE.format(text))
        return
    with closing(sqlite3.connect(scene.data / DATABASE)) as database:
        database.execute(_NOTE.format(text))
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def _into_error(scene: Scene, text: str) -> None:
    scene.answered("agent", "GET /", Response(500, {}, f'{{"message": "{text}"}}'.encode()))


async def _into_answer(scene: Scene, text: str) -> None:
    scene.answered("admin", "GET /", Response(200, {"x-who": text}, b"{}"))


async def _into_output(scene: Scene, text: str) -> None:
    scene.told(1, "", f"error: {text}", by="roost doctor")


_PASSING_ON = (
    "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()', *sys.argv[1:]])"
)
"""Waits for a child that waits for its input to end, with the same arguments and surroundings."""


def _into_process(*, by_argument: bool) -> Plant:
    async def plant(scene: Scene, text: str) -> None:
        begun = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _PASSING_ON, *([text] if by_argument else [])),
            stdin=asyncio.subprocess.PIPE,
            env={**os.environ, **({} if by_argument else {"ROOST_PLANTED": text})},
        )
        try:

            async def has_child() -> bool:
                children = _descendants(begun.pid)
                return any(b"input()" in _arguments(one).split(b"\0") for one in children)

            await until(has_child)
            scene.processes_of(begun.pid)
        finally:
            await begun.communicate(b"\n")

    return plant


PLACES: Sequence[Place] = (
    Place("database", _files(DATABASE), _into_row, ("sqlite",)),
    Place("log of writes", _files(f"{DATABASE}-wal"), _into_file(f"{DATABASE}-wal"), ("sqlite",)),
    Place("database", _postgresql_files, _into_row, ("postgresql",)),
    Place("log of writes", _written_ahead, _into_row, ("postgresql",)),
    Place("rows", _rows, _into_row, ("sqlite",)),
    Place("rows", _rows, _into_row, ("postgresql",)),
    Place(
        "copies that migrations make",
        _files(f"{DATABASE}.schema-*"),
        _into_file(f"{DATABASE}.schema-0001"),
        ("sqlite",),
    ),
    Place("log, as talkative as can be", _files(LOG), _into_file(LOG)),
    Place("everything in the data folder", _files("*"), _into_file("other")),
    Place("temporary files", _temporary, _into_temporary),
    Place("errors of the API", _noted("errors of the API"), _into_error),
    Place("answers of the API", _noted("answers of the API"), _into_answer),
    Place("output of verbs", _noted("output of verbs"), _into_output),
    Place("command lines", _noted("command lines"), _into_process(by_argument=True)),
    Place(
        "surroundings of child processes",
        _noted("surroundings of child processes"),
        _into_process(by_argument=False),
    ),
)
"""Where is looked. The answers of the API are those without the one that gives a secret away to
whoever asks for it: a key that is made, a link that is made, a session that is begun."""


def places(database: str) -> list[Place]:
    """Give the places there are with a database."""
    return [one for one in PLACES if database in one.databases]


@dataclass(frozen=True)
class Searched:
    """What a search came to.

    Attributes:
        looked: How much was read, in bytes, by place.
        found: Each place, what in it, and the name of the secret that is there.
    """

    looked: Mapping[str, int]
    found: Sequence[tuple[str, str, str]]

    @property
    def where(self) -> set[str]:
        """The places where something was found."""
        return {place for place, _, _ in self.found}


async def search(scene: Scene, database: str, secrets: Mapping[str, str]) -> Searched:
    """Look for secrets everywhere.

    Args:
        scene: What is left.
        database: `sqlite` or `postgresql`.
        secrets: By name; also looked for as URLs and JSON write them.
    """
    wanted = {
        (name, form.encode()) for name, text in secrets.items() for form in (text, quote(text, ""))
    }
    looked: dict[str, int] = {}
    found: set[tuple[str, str, str]] = set()
    for place in places(database):
        there = await place.read(scene)
        looked[place.name] = sum(map(len, there.values()))
        found |= {
            (place.name, what, name)
            for what, content in there.items()
            for name, form in wanted
            if form in content
        }
    return Searched(looked, sorted(found))
