"""Where settings are found: a TOML file and the environment, as one flat mapping."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from roost.errors import SettingsError
from roost.settings import names
from roost.settings.names import Name
from roost.settings.values import KEY

DEFAULT_FILE = "roost.toml"
"""Read from the working directory where no other file is named."""


class Origin(StrEnum):
    """Where a value came from."""

    FILE = "file"
    ENVIRONMENT = "environment"
    OPTION = "option"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Found:
    """A value as found, not yet checked. Does not print it: it may be a secret."""

    value: object
    origin: Origin

    def __repr__(self) -> str:
        return f"Found({self.origin.value})"


_EMPTY_TABLE = Found(None, Origin.FILE)
"""Stands for `[apps.main]` with nothing below it, so that what is missing there is noticed."""


def from_file(path: Path | None, environ: Mapping[str, str]) -> dict[Name, Found]:
    """Read the settings file: `path`, else `$ROOST_SETTINGS`, else `./roost.toml` if present.

    Raises:
        SettingsError: A named file is absent or unreadable, is not TOML, or holds a name that is
            not a setting.
    """
    named = path or (Path(environ["ROOST_SETTINGS"]) if environ.get("ROOST_SETTINGS") else None)
    if named is None and not Path(DEFAULT_FILE).exists():
        return {}
    file = named or Path(DEFAULT_FILE)
    try:
        tree = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            str(file),
            f"cannot be read ({error.strerror})",
            "Name a settings file with --settings or ROOST_SETTINGS, or leave both out",
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError(str(file), "is not UTF-8 text", "Save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(str(file), f"is not TOML: {error}", "Correct that line") from error
    return _known_in_file(_flatten(tree))


def from_environment(environ: Mapping[str, str]) -> dict[Name, Found]:
    """Read every variable that starts with `ROOST_` and is not listed in `NOT_SETTINGS`.

    Raises:
        SettingsError: A variable is not a setting.
    """
    found: dict[Name, Found] = {}
    for variable, value in environ.items():
        if not variable.startswith(names.PREFIX) or variable in names.NOT_SETTINGS:
            continue
        name = names.from_variable(variable)
        if not names.is_known(name) or names.variable(name) != variable:
            known = [one for one in names.known_beside(name) if names.is_known(one)]
            meant = names.nearest(variable, map(names.variable, known))
            raise SettingsError(variable, "is not a setting", meant)
        _check_key(name)
        found[name] = Found(value, Origin.ENVIRONMENT)
    return found


def _flatten(tree: Mapping[str, object]) -> dict[Name, Found]:
    """Turn tables into names; an empty inner table keeps its name, so that it is not lost."""
    found: dict[Name, Found] = {}
    for key, value in tree.items():
        if key not in names.GROUPS:
            found[key,] = Found(value, Origin.FILE)
            continue
        for inner, table in _table((key,), value).items():
            entries = _table((key, inner), table)
            found |= {(key, inner, name): Found(one, Origin.FILE) for name, one in entries.items()}
            if not entries:
                found[key, inner] = _EMPTY_TABLE
    return found


def _table(name: Name, value: object) -> dict[str, object]:
    try:
        return msgspec.convert(value, dict[str, object])
    except msgspec.ValidationError:
        raise SettingsError(
            names.dotted(name),
            "takes a table",
            f"Write [{names.dotted((*name, 'main')[:2])}] and the settings of it below",
        ) from None


def _known_in_file(found: dict[Name, Found]) -> dict[Name, Found]:
    for name, value in found.items():
        if value is not _EMPTY_TABLE and not names.is_known(name):
            known = (names.dotted(one) for one in names.known_beside(name))
            raise SettingsError(
                names.dotted(name), "is not a setting", names.nearest(names.dotted(name), known)
            )
        _check_key(name)
    return found


def _check_key(name: Name) -> None:
    if len(name) > 1 and not re.fullmatch(KEY, name[1]):
        raise SettingsError(
            names.dotted(name[:2]),
            f"a name under [{name[0]}] takes 1 to 40 of a-z, 0-9 and hyphen",
            "Rename it",
        )
