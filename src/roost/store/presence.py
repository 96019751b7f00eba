"""Whether there was a database before: what lies beside its file, and stays when that is gone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import structlog

from roost.errors import DatabaseMissing
from roost.store import disk

_MARK = ".begun"
_SIGNS = (_MARK, ".ballast", "-wal", ".schema-")
"""How the names of files go on that no store makes before it has a database."""

_WORDS = b"A database was begun beside this file. Without it, nothing is begun in its place.\n"

_log = structlog.stdlib.get_logger("roost.store")


def check(path: Path) -> None:
    """Make sure that a database that was here still is. Only its owner may call this.

    One made anew in its place would be empty: nobody would be missed by X's lists or known to the
    desk, and what the lost one's log holds would be thrown away.

    Args:
        path: The database file.

    Raises:
        DatabaseMissing: It is missing or empty, and there was one. Nothing was changed.
    """
    if _has_content(path):
        return
    signs = _signs_of(path)
    if signs:
        raise DatabaseMissing(str(path), signs)


def mark(path: Path) -> None:
    """Note for good that a database was begun here. To be called once it has its schema.

    A disk that does not take the mark keeps nobody from starting: the next start makes it.
    """
    sign = path.with_name(f"{path.name}{_MARK}")
    if _has_content(sign):
        return
    try:
        disk.write_whole(sign, _WORDS)
    except OSError as error:
        _log.warning("database not marked as begun", database=str(path), reason=str(error))


def _has_content(path: Path) -> bool:
    try:
        return path.is_file() and path.stat().st_size > 0
    except FileNotFoundError:
        return False


def _signs_of(path: Path) -> Sequence[str]:
    starts = tuple(f"{path.name}{sign}" for sign in _SIGNS)
    beside = sorted(path.parent.iterdir()) if path.parent.exists() else []
    return [one.name for one in beside if one.name.startswith(starts) and _has_content(one)]
