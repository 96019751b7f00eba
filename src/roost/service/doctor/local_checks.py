"""What is on this machine: the data folder, the key file, the database, the application."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from roost.errors import DatabaseMissing, NotPossible, RoostError, SecretsUnreadable
from roost.service import databases
from roost.service.doctor.findings import Finding, Level, fine, skipped
from roost.service.vault import Vault
from roost.settings import Settings
from roost.store import log_alarm, looking, presence

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_PRIVATE = 0o600


def folder(settings: Settings) -> Finding:
    """Look whether others may look into the data folder's database."""
    path = settings.data / databases.DATABASE
    about = str(path)
    if settings.database is not None or not path.exists():
        return fine("data.folder", str(settings.data), "nothing in it that others could read")
    mode = stat.S_IMODE(path.stat().st_mode)
    if not mode & _OTHERS:
        return fine("data.folder", about, "nobody else on this machine can read it")

    async def fix() -> str:
        return _made_private(path)

    return Finding(
        "data.folder",
        about,
        Level.PROBLEM,
        f"others on this machine can read it (mode {mode:04o})",
        "it was copied or restored by somebody with another umask",
        f"Run: chmod 600 {path}",
        fix,
    )


def key_file(settings: Settings, *, is_needed: bool) -> Finding:
    """Look whether the key is there and private.

    Args:
        settings: Name the file.
        is_needed: Whether tokens are stored.
    """
    vault = Vault(settings)
    about = "the setting keys" if vault.is_in_settings else str(vault.file.path)
    if not is_needed and not vault.file.is_there:
        return fine("data.key_file", about, "not needed: no account was connected here yet")
    if vault.is_in_settings:
        return fine("data.key_file", about, "the keys are in the settings")
    mode = vault.file.open_to_others() if vault.file.is_there else ""
    return _open_key_file(vault, mode) if mode else _private_key_file(vault)


def _made_private(path: Path) -> str:
    try:
        path.chmod(_PRIVATE)
    except OSError as error:
        raise NotPossible(f"the mode of {path} cannot be changed: {error.strerror}") from error
    return f"made {path} private"


def _open_key_file(vault: Vault, mode: str) -> Finding:
    path = vault.file.path

    async def fix() -> str:
        return _made_private(path)

    return Finding(
        "data.key_file",
        str(path),
        Level.PROBLEM,
        f"others on this machine can read it (mode {mode}); tokens are not opened with it",
        "it was copied or restored by somebody with another umask",
        f"Run: chmod 600 {path}; if somebody may have read it: roost accounts rekey",
        fix,
    )


def _private_key_file(vault: Vault) -> Finding:
    about = str(vault.file.path)
    try:
        n_keys = len(vault.ring().keys)
    except SecretsUnreadable as error:
        return Finding(
            "data.key_file", about, Level.PROBLEM, "cannot be used", error.problem, error.remedy
        )
    if n_keys > 1:
        return Finding(
            "data.key_file",
            about,
            Level.WARNING,
            f"it holds {n_keys} keys",
            "a change of keys was interrupted",
            "Run: roost accounts rekey",
        )
    return fine("data.key_file", about, "private, and holds one key")


def database(settings: Settings) -> Finding:
    """Look whether the database keeps what it has taken."""
    if settings.database is not None:
        # It is checked whenever it is opened, and is open when this is said.
        about = settings.database.shown
        return fine("data.database", about, "PostgreSQL that waits for its disk on commit")
    path = settings.data / databases.DATABASE
    try:
        presence.check(path)
    except DatabaseMissing as error:
        return Finding(
            "data.database",
            str(path),
            Level.PROBLEM,
            "it is missing or empty, and there was one",
            "it was moved or removed, or another folder was meant",
            error.remedy,
        )
    if not path.exists():
        return skipped("data.database", str(path), "there is none yet; `roost serve` makes it")
    return _sqlite(path)


def _sqlite(path: Path) -> Finding:
    try:
        problems = list(_faults(path))
    except RoostError as error:
        problems = [str(error)]
    if problems:
        return Finding(
            "data.database",
            str(path),
            Level.PROBLEM,
            "; ".join(problems),
            "the disk is full or failing, or another program has changed the database",
            "Keep a copy of the folder, and restore the newest backup that passes this check",
        )
    size = log_alarm.size_of(path)
    if size >= log_alarm.LARGE:
        return Finding(
            "data.database",
            str(path),
            Level.WARNING,
            f"it is whole, but its write-ahead log holds {size / 2**20:,.0f} MB",
            "another program has been reading it for long, so that the log cannot be emptied",
            f"Find and end it: lsof {path}",
        )
    return fine("data.database", str(path), "whole, and kept with a write-ahead log")


def _faults(path: Path) -> Iterator[str]:
    state = looking.condition(path)
    if state.journal != "wal":
        yield f"it is kept with a journal of mode {state.journal}, not with a write-ahead log"
    if state.faults:
        yield f"it is damaged: {state.faults}"
