"""Whole copies of a SQLite database: made while it is in use, checked, and put in its place."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, closing
from datetime import datetime
from pathlib import Path

from roost.errors import NotABackup, StoreUnavailable
from roost.store import disk, ownership, whole
from roost.store.connection import open_for_reading, pragma_of
from roost.store.sqlite import SqliteStore

_BESIDE = ("-wal", "-shm")
_OURS = frozenset({"alembic_version", "conversations", "events", "feed", "messages", "outbox"})
_FOLDER = "restoring"


def back_up(database: Path, target: Path) -> int:
    """Copy a database that may be in use; how many bytes the copy has.

    Raises:
        FileExistsError: The target is there already, and stays as it is.
        StoreUnavailable: There is no database, or it cannot be read or written.
    """
    if target.exists():
        raise FileExistsError(target)
    if not database.is_file():
        raise StoreUnavailable(f"there is no database {database}")
    try:
        with closing(open_for_reading(database)) as read:
            whole.write(read, target)
    except (OSError, sqlite3.Error) as error:
        raise StoreUnavailable(f"{database} cannot be copied to {target}: {error}") from error
    return target.stat().st_size


def check(file: Path) -> None:
    """Make sure that a file is a whole database of Roost.

    Raises:
        NotABackup: It is missing, damaged, or something else.
    """
    if not file.is_file():
        raise NotABackup(str(file), "there is no such file")
    try:
        with closing(open_for_reading(file)) as read:
            said = pragma_of(read, "integrity_check")
            tables = {name for (name,) in read.execute("SELECT name FROM sqlite_schema")}
    except sqlite3.Error as error:
        raise NotABackup(str(file), str(error)) from error
    if said != "ok":
        raise NotABackup(str(file), f"it is damaged: {said}")
    missing = sorted(_OURS - tables)
    if missing:
        raise NotABackup(str(file), f"it is no database of Roost, without {', '.join(missing)}")


@asynccontextmanager
async def replacing(database: Path, file: Path, *, at: datetime) -> AsyncGenerator[SqliteStore]:
    """Put a copy of a file in a database's place, once the block has changed what it has to.

    A kill leaves either the old database or the new one, or, between two renames, neither: then
    nothing is begun in their place, and both are beside it.

    Args:
        database: What is replaced; kept as `<database>.replaced-<time>`. Need not be there.
        file: The copy; stays as it is.
        at: Now.

    Raises:
        StoreLocked: A process uses the database.
        NotABackup: The file cannot be used.
        NewerSchema: A newer Roost wrote it.
        StoreUnavailable: The disk does not take it. The old database is in its place.
    """
    with ownership.locked(database):
        check(file)
        folder = database.with_name(f"{database.name}.{_FOLDER}")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        fresh = folder / database.name
        try:
            with closing(open_for_reading(file)) as read:
                whole.write(read, fresh)
            async with SqliteStore.open(fresh) as store:
                yield store
            with closing(sqlite3.connect(fresh)) as closed:
                pragma_of(closed, "journal_mode = DELETE")
            for old, kept in kept_as(database, at):
                old.rename(kept)
            disk.put_in_place(fresh, database)
        except (OSError, sqlite3.Error) as error:
            raise StoreUnavailable(f"{file} cannot be put in place: {error}") from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def kept_as(database: Path, at: datetime) -> Sequence[tuple[Path, Path]]:
    """Name what of a database is there, its log before itself, and under which names it is kept."""
    kept = f"{database.name}.replaced-{at:%Y%m%dT%H%M%SZ}"
    pairs = [
        (database.with_name(f"{database.name}{end}"), database.with_name(f"{kept}{end}"))
        for end in (*_BESIDE, "")
    ]
    return [(old, new) for old, new in pairs if old.exists()]
