"""Orders to a disk that fails: which error every write, or every sync, is to end with."""

from __future__ import annotations

import errno
import mmap
import os
import struct
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.crash import preloaded

_ORDERS = struct.Struct("=ii")

FULL, READ_ONLY, FAILING = errno.ENOSPC, errno.EROFS, errno.EIO


class FailingDisk:
    """A folder whose disk fails when it is told to.

    Attributes:
        environment: What a process has to be started with for its disk to be this one.
    """

    def __init__(self, folder: Path, place: Path) -> None:
        """Make one.

        Args:
            folder: What is on the disk; has to be there.
            place: For the library and the orders.

        Raises:
            NoCompiler: The library cannot be built here.
        """
        library = preloaded.built("failing", place)
        orders = place / "orders"
        orders.write_bytes(_ORDERS.pack(0, 0))
        with orders.open("r+b") as file:
            self._orders = mmap.mmap(file.fileno(), 0)
        self.environment: Mapping[str, str] = {
            "LD_PRELOAD": str(library),
            "FAILING_DIR": str(folder),
            "FAILING_ORDERS": str(orders),
        }

    @contextmanager
    def fails(self, *, writes: int = 0, syncs: int = 0) -> Generator[None]:
        """Let every write, or sync, end with an error until the block is left."""
        self._orders[:] = _ORDERS.pack(writes, syncs)
        try:
            yield
        finally:
            self._orders[:] = _ORDERS.pack(0, 0)


class SmallDisk:
    """A folder on a disk of its own, which can be filled to the last byte."""

    def __init__(self, folder: Path) -> None:
        self._filler = folder / "filler"

    @contextmanager
    def full(self) -> Generator[None]:
        """Leave no room until the block is left."""
        with self._filler.open("wb", buffering=0) as file:
            for size in (1 << 20, 4096, 1):
                _fill(file.fileno(), size)
        try:
            yield
        finally:
            self._filler.unlink()


def _fill(descriptor: int, size: int) -> None:
    while True:
        try:
            os.write(descriptor, bytes(size))
        except OSError as error:
            if error.errno == errno.ENOSPC:
                return
            raise
