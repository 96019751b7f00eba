"""Settings as a person may see them: every secret hidden, every value with where it came from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from msgspec.structs import fields

from roost.settings import names
from roost.settings.names import Name
from roost.settings.sources import Origin
from roost.settings.values import Account, App, DatabaseUrl, Secret, Settings

HIDDEN = "****"

Shown = None | bool | int | float | str | list["Shown"]
"""A value without secrets, ready for JSON."""


@dataclass(frozen=True, slots=True)
class Row:
    """One setting.

    Attributes:
        name: As in `roost.settings.names`.
        value: `None` where it is not set; `"****"` for each secret.
        origin: Where it came from.
    """

    name: Name
    value: Shown
    origin: str


def rows(settings: Settings) -> Iterator[Row]:
    """Give every setting, those at the top first, then each app's and each account's."""
    yield from _rows(settings, (), settings, names.TOP)
    for group, tables in (("apps", settings.apps), ("accounts", settings.accounts)):
        for key, table in tables.items():
            inner = tuple(field.name for field in fields(table))
            yield from _rows(settings, (group, key), table, inner)


def redacted(settings: Settings) -> str:
    """Write settings as TOML, with where each value came from as a comment."""
    lines: list[str] = []
    table: Name = ()
    for row in rows(settings):
        *prefix, key = row.name
        if tuple(prefix) != table:
            table = tuple(prefix)
            lines += ["", f"[{names.dotted(table)}]"]
        # A JSON value of these kinds is a TOML value too.
        text = f"# {key} =" if row.value is None else f"{key} = {json.dumps(row.value)}"
        lines.append(f"{text:<48}  # {'not set' if row.value is None else row.origin}")
    return "\n".join(lines) + "\n"


def _rows(
    settings: Settings, prefix: Name, table: Settings | App | Account, keys: tuple[str, ...]
) -> Iterator[Row]:
    for key in keys:
        name = (*prefix, key)
        origin = settings.origins.get(names.dotted(name), Origin.DEFAULT.value)
        value: object = getattr(table, key)
        yield Row(name, _shown(value), origin)


def _shown(value: object) -> Shown:
    match value:
        case DatabaseUrl():
            return value.shown
        case Secret():
            return HIDDEN
        case None | bool() | int() | float() | str():
            return value
        case Path():
            return str(value)
        case tuple():
            return [_shown(item) for item in cast("tuple[object, ...]", value)]
        case _:
            raise TypeError(type(value))
