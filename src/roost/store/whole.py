"""A whole copy of a SQLite database, in one file."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from roost.store import disk

_PRIVATE_FILE = 0o600


def write(read: sqlite3.Connection, target: Path) -> None:
    """Write what a connection reads into a new file (mode 0600), whole or not at all.

    All of it is of one moment, in one read transaction: writers go on meanwhile, and what they
    write stays in the log until the copy is done.

    Raises:
        OSError: The file cannot be written.
        sqlite3.Error: The database cannot be read.
    """
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_FILE))
    with closing(sqlite3.connect(partial)) as written:
        read.backup(written)
        # A single file, with no log beside it that could be forgotten.
        written.execute("PRAGMA journal_mode = DELETE")
    disk.put_in_place(partial, target)
