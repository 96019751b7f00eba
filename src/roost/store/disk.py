"""The disk under a SQLite file: what its errors mean, and what happens when it is full."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import structlog

from roost.errors import DiskTrouble, StoreUnavailable
from roost.store import log_alarm
from roost.store.ballast import Ballast
from roost.store.log_alarm import LogAlarm

FULL, READ_ONLY, FAILING, NOT_OPENED, MOVED, DAMAGED = (
    "the disk is full",
    "the disk is read-only",
    "the disk fails",
    "the database file cannot be opened",
    "the database file was moved, removed or replaced",
    "the database file is damaged",
)

LOOK_EVERY = 0.5
"""Seconds between two looks whether there is room again."""

_PRIVATE_FILE = 0o600

_MAIN_CODE = 0xFF
"""SQLite's extended codes hold the code of their kind in the lowest eight bits."""

_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_MEANINGS = {sqlite3.SQLITE_FULL: FULL, **dict.fromkeys(_DAMAGE, DAMAGED)}
_BREAKING = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN})

_log = structlog.stdlib.get_logger("roost.store")


class Disk:
    """Knows what is wrong with the disk, and holds its ballast. Used by the thread that writes.

    Args:
        path: The database file.
        ballast: What is let go when the disk is full; `None` for none.
        monotonic: Seconds.
    """

    def __init__(
        self,
        path: Path,
        ballast: Ballast | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._ballast = ballast
        self._monotonic = monotonic
        self._trouble = ""
        self._file: tuple[int, int] | None = None
        self._alarm = LogAlarm(path)
        self._looked_at = monotonic()
        self._is_short = ballast is not None and not ballast.take()
        if self._is_short:
            _log.error("disk nearly full: deliveries are refused", database=str(path))

    @property
    def trouble(self) -> str:
        """What is wrong now, in words that everybody may read; `""` for nothing."""
        return self._trouble or (FULL if self._is_short else "")

    def opened(self) -> None:
        """Take note of which file the database is; it stays that one."""
        self._file = self._file or _identity(self._path)

    def check_file(self) -> None:
        """Make sure that what is written is still found under its name.

        A file that is open can be written to without a complaint after its name is gone: all would
        be lost with the process. To be called before each batch that has to be kept.

        Raises:
            DiskTrouble: Another file, or none, has the name. Put back, it is used again.
        """
        if self._file is not None and _identity(self._path) != self._file:
            raise DiskTrouble(MOVED, f"{self._path} is not the file that was opened")

    def has_log(self) -> bool:
        """Tell whether the log beside the file holds anything."""
        return log_alarm.size_of(self._path) > 0

    def has_room(self) -> bool:
        """Tell whether deliveries may be taken; looks now and then where there was no room."""
        if self._is_short and self._ballast is not None:
            now = self._monotonic()
            if now - self._looked_at >= LOOK_EVERY:
                self._looked_at = now
                self._is_short = not self._ballast.take()
                if not self._is_short:
                    _log.warning("disk has room again: deliveries are taken")
        return not self._is_short

    def refusal(self, error: BaseException) -> StoreUnavailable:
        """Give what a caller is told where an error has kept a batch from being committed."""
        if isinstance(error, DiskTrouble):
            return error
        trouble = self._meaning(error)
        refusal = (
            DiskTrouble(trouble, str(error))
            if trouble
            else StoreUnavailable(f"the database took nothing: {error}")
        )
        refusal.__cause__ = error
        return refusal

    def failed(self, error: BaseException) -> bool:
        """Take note of a batch that failed; whether room was made for what must be written."""
        trouble = error.trouble if isinstance(error, DiskTrouble) else self._meaning(error)
        if trouble and trouble != self._trouble:
            _log.error("database takes nothing", reason=trouble, detail=str(error))
        self._trouble = trouble or self._trouble
        if trouble not in {FULL, FAILING} or self._ballast is None:
            return False
        # A quota that is used up, or a limit of the file's size, is a failure to SQLite.
        self._is_short = True
        return self._ballast.let_go()

    def kept(self) -> None:
        """Take note of a commit that has waited for the disk."""
        if self._trouble:
            _log.warning("database takes commits again", after=self._trouble)
            self._trouble = ""
        self._alarm.look(self._monotonic())

    def _meaning(self, error: BaseException) -> str:
        code = _code_of(error)
        if code is None and error.__cause__ is not None:
            return self._meaning(error.__cause__)
        if code not in _BREAKING:
            return _MEANINGS.get(code, "") if code is not None else ""
        if _is_read_only(self._path):
            return READ_ONLY
        return NOT_OPENED if code == sqlite3.SQLITE_CANTOPEN else FAILING


def write_whole(path: Path, content: bytes) -> None:
    """Put a small private file (mode 0600) in place, whole or not at all, and for good.

    Raises:
        OSError: It is not there, or may not survive a power cut.
    """
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    _sync_folder(path.parent)


def put_in_place(file: Path, path: Path) -> None:
    """Give a file that was written another name, instead of what has it, and for good.

    Raises:
        OSError: It is not there, or may not survive a power cut.
    """
    with file.open("rb") as written:
        os.fsync(written.fileno())
    file.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_damage(error: BaseException) -> bool:
    """Tell whether what is in the file cannot be what was written there."""
    # SQLite quotes the names it finds in its complaints; those it is given are all UTF-8.
    return _code_of(error) in _DAMAGE or isinstance(error, UnicodeDecodeError)


def breaks_connection(error: BaseException) -> bool:
    """Tell whether nothing that a connection believes of its file holds any more.

    What the system has failed to keep it may have forgotten, and say nothing the next time.
    """
    return _code_of(error) in _BREAKING


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _is_read_only(path: Path) -> bool:
    try:
        return bool(os.statvfs(path.parent).f_flag & os.ST_RDONLY)
    except OSError:
        return False  # then it is failing


def _code_of(error: BaseException) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)
    return code & _MAIN_CODE if isinstance(code, int) else None
