"""What settings are called: in the file, in the environment, and in errors."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from msgspec.structs import fields

from roost.errors import SettingsError
from roost.settings.values import Account, App, Settings

Name = tuple[str, ...]
"""A setting: `("port",)`, or `("apps", "main", "app_id")`."""

PREFIX = "ROOST_"

NOT_SETTINGS = frozenset(
    {
        "ROOST_SETTINGS",  # where the settings file is
        "ROOST_CRASH_AT",  # tests: where a process is to die
        "ROOST_STOP_AT",  # tests: where a process is asked to stop
        "ROOST_SIM_TOKEN",  # what `roost simulate` and `roost sim` share
        "ROOST_BROWSER",  # tests: which Chromium to drive
        "ROOST_REQUIRE_BROWSER",  # tests: whether doing without one is a failure
        "ROOST_TEST_PG",  # tests: which PostgreSQL to use
    }
)
"""Variables with our prefix that are not settings."""

GROUPS: Mapping[str, type[App | Account]] = MappingProxyType({"apps": App, "accounts": Account})
"""Settings that are tables of tables, and what each inner table holds."""

TOP = tuple(field.name for field in fields(Settings) if field.name not in {*GROUPS, "origins"})
"""Settings that stand by themselves."""


def dotted(name: Name) -> str:
    """Write a name as the settings file has it, for example `apps.main.app_id`."""
    return ".".join(name)


def variable(name: Name) -> str:
    """Write a name as the environment has it, for example `ROOST_APPS__MAIN__APP_ID`."""
    return PREFIX + "__".join(part.replace("-", "_") for part in name).upper()


def from_variable(variable_name: str) -> Name:
    """Read a name from the environment; the underscores of a key stand for hyphens."""
    parts = variable_name.removeprefix(PREFIX).lower().split("__")
    if len(parts) > 1 and parts[0] in GROUPS:
        parts[1] = parts[1].replace("_", "-")
    return tuple(parts)


def is_known(name: Name) -> bool:
    """Tell whether there is such a setting, whatever the key of its app or account."""
    match name:
        case (field,):
            return field in TOP
        case (group, _, field) if group in GROUPS:
            return field in _field_names(group)
        case _:
            return False


def known_beside(name: Name) -> tuple[Name, ...]:
    """List what `name` could have been meant to be: settings, or the groups `apps`, `accounts`."""
    alone = tuple((field,) for field in (*TOP, *GROUPS))
    if len(name) == 1:
        return alone
    return (*((group, name[1], field) for group in GROUPS for field in _field_names(group)), *alone)


def _field_names(group: str) -> tuple[str, ...]:
    return tuple(field.name for field in fields(GROUPS[group]))


def nearest(written: str, candidates: Iterable[str]) -> str:
    """Suggest what was meant, as a sentence; lists the candidates where nothing is near."""
    known = list(candidates)
    close = difflib.get_close_matches(written, known, n=1)
    return f"Did you mean {close[0]}?" if close else f"There are: {', '.join(known)}"


def wrong(name: Name, problem: str) -> SettingsError:
    """Make the error for a setting, which tells both ways to set it."""
    *table, key = name
    section = f"under [{dotted(tuple(table))}]" if table else "at the top"
    return SettingsError(
        dotted(name),
        problem,
        f"Set `{key}` {section} of the settings file, or {variable(name)} in the environment",
    )
