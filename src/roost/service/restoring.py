"""Backups of the database, and beginning with one: nothing is sent or answered twice."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from roost.errors import NotPossible, SettingsError, StoreUnavailable
from roost.intake.continuity import MARGIN
from roost.ports import Clock, GapKind, Marked, NewGap, Tx
from roost.service import databases
from roost.settings import Role, Settings
from roost.store import control, copies, key_file
from roost.store.durable import DurableStore

REASON = "restored from a backup"
"""Why the gaps are open that a restored database begins with."""


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup that was made.

    Attributes:
        file: Where.
        n_bytes: Its size.
        keys: Where the keys are, which are not in it.
    """

    file: Path
    n_bytes: int
    keys: str


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup that was put in place.

    Attributes:
        kept: The database that was there, under its new name; `None` where there was none.
        marked: What X is asked about first.
    """

    kept: Path | None
    marked: Marked


async def back_up(settings: Settings, file: Path) -> BackedUp:
    """Copy the SQLite database, whether or not a process uses it.

    Raises:
        SettingsError: The file is there already, or the database is in PostgreSQL.
        StoreUnavailable: The database cannot be read, or the file not be written.
    """
    _refuse_postgresql(settings, "pg_dump or pg_basebackup makes backups of it")
    try:
        n_bytes = await asyncio.to_thread(copies.back_up, settings.data / databases.DATABASE, file)
    except FileExistsError as error:
        raise SettingsError("FILE", f"{file} is already there", "Name another file") from error
    return BackedUp(file, n_bytes, _keys(settings))


async def restore(settings: Settings, file: Path, clock: Clock) -> Restored:
    """Put a backup in the place of the SQLite database, which is kept.

    Raises:
        SettingsError: The database is in PostgreSQL.
        StoreLocked: A process uses the database.
        NotABackup: The file cannot be used.
        NewerSchema: A newer Roost wrote it.
        StoreUnavailable: The disk does not take it.
    """
    _refuse_postgresql(
        settings, "restore it with pg_restore, then run `roost restore --marks-only`"
    )
    database, at = settings.data / databases.DATABASE, clock.now()
    kept = copies.kept_as(database, at)
    async with copies.replacing(database, file, at=at) as store:
        marked = await mark(store, clock)
    return Restored(kept[-1][1] if kept else None, marked)


async def mark_alone(settings: Settings, clock: Clock) -> Marked:
    """Mark the database of the settings, which was restored by other means.

    Raises:
        NotPossible: The application runs.
        StoreError: The database cannot be used.
    """
    try:
        await control.ask(settings.data / control.SOCKET, "status")
    except StoreUnavailable:
        pass  # nobody runs here
    else:
        raise NotPossible("the application runs: stop every process of it first")
    async with databases.opened(settings, Role.ALL) as store:
        return await mark(store, clock)


async def mark(store: DurableStore, clock: Clock) -> Marked:
    """Have X asked what it has, before anything is sent or answered.

    Raises:
        StoreUnavailable: Nothing was marked.
    """
    at = clock.now()

    async def unit(tx: Tx) -> Marked:
        for account_id, seen in await tx.restoring.seen():
            begun_at = min(seen.ok_at, at) - MARGIN
            await tx.gaps.open(NewGap(account_id, GapKind.OUTAGE, REASON, begun_at, at), at=at)
        return await tx.restoring.mark(at)

    return await store.transact(unit)


def _refuse_postgresql(settings: Settings, instead: str) -> None:
    if settings.database is not None:
        raise SettingsError("database", "is in PostgreSQL", f"{instead[0].upper()}{instead[1:]}")


def _keys(settings: Settings) -> str:
    if settings.keys:
        return "the setting `keys`"
    return str(settings.key_file or settings.data / key_file.NAME)
