"""Looking into a SQLite file that another process may own."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from roost.errors import StoreUnavailable
from roost.store import registry
from roost.store.connection import fetch, open_for_reading, pragma_of
from roost.store.reader import reading
from roost.store.token_rows import TOKENS, StoredAccount, StoredTokenLookup

_HAS_TABLE = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"


async def connected(path: Path) -> Sequence[StoredAccount]:
    """Give the accounts that people have connected; none where there is no database yet.

    Raises:
        StoreUnavailable: The file is no database, or cannot be read.
    """
    try:
        if not _has_accounts(path):
            return []
        async with reading(partial(open_for_reading, path)) as reader:
            return await StoredTokenLookup(reader).every()
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{path} cannot be read: {error}") from error


def _has_accounts(path: Path) -> bool:
    """Tell whether the database is there, and made by a version that knows the table."""
    if not path.exists():
        return False
    with closing(open_for_reading(path)) as connection:
        return connection.execute(_HAS_TABLE, (TOKENS,)).fetchone() == (1,)


@dataclass(frozen=True, slots=True)
class Condition:
    """How a SQLite file is.

    Attributes:
        journal: How it is kept: `wal`.
        faults: What SQLite finds wrong with it; `""` for nothing.
    """

    journal: str
    faults: str


def condition(path: Path) -> Condition:
    """Look through a SQLite file. Takes longer with its size.

    Raises:
        StoreUnavailable: The file is no database, or cannot be read.
    """
    try:
        with closing(open_for_reading(path)) as connection:
            journal = str(pragma_of(connection, "journal_mode"))
            told = str(pragma_of(connection, "quick_check(1)"))
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{path} cannot be read: {error}") from error
    return Condition(journal, "" if told == "ok" else told)


def webhook_paths(path: Path) -> Mapping[str, str]:
    """Give each app's webhook path by its key; none where there is no database yet.

    Raises:
        StoreUnavailable: The file is no database, or cannot be read.
    """
    if not path.exists():
        return {}
    try:
        with closing(open_for_reading(path)) as connection:
            return dict(fetch(connection, registry.PATHS, {}))
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{path} cannot be read: {error}") from error
