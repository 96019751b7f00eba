"""Folders of a run, and where Python finds what is run in them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
_MEMORY = Path("/dev/shm")


@contextmanager
def in_memory() -> Generator[Path]:
    """Give a folder in memory: nothing that is tried here depends on a real disk."""
    place = tempfile.mkdtemp(prefix="roost-crash-", dir=_MEMORY if _MEMORY.is_dir() else None)
    try:
        yield Path(place)
    finally:
        shutil.rmtree(place)


def python_path() -> str:
    """Give where modules are found: a planted copy of the application before our own."""
    return os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(ROOT))))
