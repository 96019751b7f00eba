"""Ballast: room on the disk that is kept until the disk is full, and then let go.

What it held is for what must still be written then, above all how sends have ended. Deliveries
wait until there is room for the ballast again: X, or a list of X, brings them later.
"""

from __future__ import annotations

import os
from pathlib import Path

BALLAST_BYTES = 16 << 20
"""Enough for the ends of thousands of sends, and for the log to be checkpointed."""

_PRIVATE_FILE = 0o600


class Ballast:
    """A file that does nothing but take room, beside the database.

    Args:
        path: The file's.
        size: In bytes.
    """

    def __init__(self, path: Path, *, size: int = BALLAST_BYTES) -> None:
        self._path = path
        self._size = size

    def take(self) -> bool:
        """Have the room, if there is twice as much; whether it is had now.

        Twice: where it is taken with the last byte, the next commit would let it go again.
        """
        if self._is_held():
            return True
        try:
            if self._free() < 2 * self._size:
                return False
            self._fill()
        except OSError:
            # Part of a ballast is none: whoever needs it finds that there is no room.
            self.let_go()
            return False
        return True

    def let_go(self) -> bool:
        """Give the room back; whether there was any."""
        was_held = self._path.exists()
        try:
            self._path.unlink(missing_ok=True)
        except OSError:
            return False  # a disk that is read-only keeps what it has
        return was_held

    def _is_held(self) -> bool:
        try:
            return self._path.stat().st_size >= self._size
        except OSError:
            return False

    def _free(self) -> int:
        there = os.statvfs(self._path.parent)
        return there.f_bavail * there.f_frsize

    def _fill(self) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, _PRIVATE_FILE)
        try:
            os.posix_fallocate(descriptor, 0, self._size)
        finally:
            os.close(descriptor)
