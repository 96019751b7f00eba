"""A write-ahead log that grows because somebody keeps it from being emptied, and how it is told."""

from __future__ import annotations

from pathlib import Path

import structlog

LARGE = 256 * 2**20
"""Bytes of a log that is worth an alarm: four times what a checkpoint cuts it back to."""

LOOK_EVERY = 10.0
"""Seconds between two looks."""

_log = structlog.stdlib.get_logger("roost.store")


def size_of(database: Path) -> int:
    """Give the size in bytes of a SQLite database's write-ahead log; 0 where there is none."""
    try:
        return database.with_name(f"{database.name}-wal").stat().st_size
    except FileNotFoundError:
        return 0


class LogAlarm:
    """Looks at the log now and then, and says so when it is large, at each doubling, and after.

    Args:
        database: The file it belongs to.
        large: Bytes from which on it is said.
    """

    def __init__(self, database: Path, *, large: int = LARGE) -> None:
        self._database = database
        self._large = large
        self._next = large
        self._looked_at: float | None = None

    def look(self, now: float) -> None:
        """Look, unless it was just done.

        Args:
            now: Seconds of a clock that never goes back.
        """
        if self._looked_at is not None and now - self._looked_at < LOOK_EVERY:
            return
        self._looked_at = now
        size = size_of(self._database)
        if size >= self._next:
            _log.warning(
                "write-ahead log is large: another program has been reading the database for long",
                database=str(self._database),
                bytes=size,
            )
            while self._next <= size:
                self._next *= 2
        elif size < self._large < self._next:
            _log.warning("write-ahead log is small again", bytes=size)
            self._next = self._large
