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
from roost.store.token_rows import (
    EVERY,
    EVERY_BEFORE,
    TOKENS,
    StoredAccount,
    StoredTokenLookup,
)

_COLUMNS = "SELECT name FROM pragma_table_info(?)"


async def connected(path: Path) -> Sequence[StoredAccount]:
    """Give the accounts that people have connected; none where there is no database yet.

    Raises:
        StoreUnavailable: The file is no database, or cannot be read.
    """
    try:
        known = _columns_of_accounts(path)
        if not known:
            return []
        query = EVERY if "env_name" in known else EVERY_BEFORE
        async with reading(partial(open_for_reading, path)) as reader:
            return await StoredTokenLookup(reader, query).every()
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{path} cannot be read: {error}") from error


def _columns_of_accounts(path: Path) -> set[str]:
    """Give the table's columns; none where no database is there, or an older version made it."""
    if not path.exists():
        return set()
    with closing(open_for_reading(path)) as connection:
        return {str(name) for (name,) in connection.execute(_COLUMNS, (TOKENS,))}


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
