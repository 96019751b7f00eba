"""What is left of erased rows in a SQLite file and in its log, and how that goes."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import cast

import structlog

from roost.ports.erasing import Traces
from roost.store.connection import pragma_of
from roost.store.erased import Erased

WRITTEN_ANEW_UP_TO = 64 << 20
"""Bytes of a file that is written anew when a customer is erased. That takes about a second, in
which deliveries wait; X is to be answered within two."""

_PATIENCE_MS = 20
"""For how long the log waits for who reads it: whatever is to be committed waits behind it."""

_SOONEST, _LATEST = 0.125, 4.0
"""Seconds between two tries, longer each time."""

_log = structlog.stdlib.get_logger("roost.store")


class Cleaner:
    """Takes out of file and log what was erased. Used by the thread that writes.

    A row that is deleted is overwritten in the file (`secure_delete`), but the log holds older
    copies of its page until it is emptied; and where SQLite has once divided a page in two, copies
    of rows that moved stay in its unused part until the file is written anew.

    Args:
        has_log: Whether there is a log from before, which may hold what was erased.
        monotonic: Seconds.

    Attributes:
        left: What still holds something.
    """

    def __init__(self, *, has_log: bool, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._owes_file = False
        self._owes_log = has_log
        self._has_gaps = False
        self._pause = _SOONEST
        self._due_at = monotonic()

    @property
    def left(self) -> Traces:
        """Where something of what was erased may still be."""
        if self._owes_file or self._owes_log:
            return Traces.LOG
        return Traces.FILE if self._has_gaps else Traces.NONE

    @property
    def due_in(self) -> float | None:
        """Seconds until there is something to do; `None` where there is nothing."""
        if not (self._owes_file or self._owes_log):
            return None
        return max(0.0, self._due_at - self._monotonic())

    def note(self, erased: Erased) -> None:
        """Take note of what was erased since the last time, by transactions that are committed."""
        if erased.n:
            self._owes_log = True
            self._owes_file |= erased.is_thorough
            self._pause, self._due_at = _SOONEST, self._monotonic()
            erased.clear()

    def begins(self) -> bool:
        """Tell whether something is to be done now; if so, the next time is later."""
        if self.due_in != 0:
            return False
        self._due_at = self._monotonic() + self._pause
        self._pause = min(self._pause * 2, _LATEST)
        return True

    def clean(self, connection: sqlite3.Connection) -> None:
        """Do what there is to do, as far as nobody keeps it from being done.

        Raises:
            sqlite3.Error: The disk does not take it. It is tried again later.
        """
        if self._owes_file:
            self._owes_file = False
            self._has_gaps = True
            self._has_gaps = not _write_anew(connection)
        self._owes_log = not _empty_log(connection)


def _write_anew(connection: sqlite3.Connection) -> bool:
    pages, page_bytes = (
        cast("int", pragma_of(connection, one)) for one in ("page_count", "page_size")
    )
    if pages * page_bytes > WRITTEN_ANEW_UP_TO:
        return False
    try:
        connection.execute("VACUUM")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
            raise
        _log.warning("no room to write the database anew", reason=str(error))
        return False
    return True


def _empty_log(connection: sqlite3.Connection) -> bool:
    """Empty the log, unless somebody reads what is in it; whether it is empty."""
    patience = pragma_of(connection, "busy_timeout")
    connection.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
    try:
        return not pragma_of(connection, "wal_checkpoint(TRUNCATE)")
    finally:
        connection.execute(f"PRAGMA busy_timeout = {patience}")
