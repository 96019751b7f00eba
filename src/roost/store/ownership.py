"""One process owns a file or a folder, and says so with a lock that dies with it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from roost.errors import StoreLocked
from roost.store import presence

_PRIVATE_FILE = 0o600
_PRIVATE_FOLDER = 0o700
_PID_BYTES = 32


@contextmanager
def owned(path: Path) -> Generator[None]:
    """Own a database file until the block is left, and keep both it and its lock private.

    Makes the file (mode 0600) where there was none; otherwise as `locked`.

    Raises:
        StoreLocked: Another process, or another store of this one, owns the file.
        DatabaseMissing: The file is missing or empty, and there was one before.
    """
    with locked(path):
        presence.check(path)
        os.close(_open_private(path))
        yield


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Have a place to oneself until the block is left.

    Makes the folder (mode 0700) where it is missing. The lock is the kernel's, on `<path>.lock`: it
    ends with the process however that ends, and the file that stays behind means nothing.

    Raises:
        StoreLocked: Another process, or another part of this one, has it.
    """
    path.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    lock = _open_private(path.with_name(f"{path.name}.lock"))
    try:
        _lock(lock, path)
        yield
    finally:
        os.close(lock)


def _open_private(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _PRIVATE_FILE)
    os.fchmod(descriptor, _PRIVATE_FILE)
    return descriptor


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise StoreLocked(str(path), _pid_in(descriptor)) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)


def _pid_in(descriptor: int) -> int:
    written = os.pread(descriptor, _PID_BYTES, 0)
    return int(written) if written.isdigit() else 0
