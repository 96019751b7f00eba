"""`roost settings`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from roost import settings as configuration
from roost.errors import SettingsError
from roost.settings import Row


async def run(
    *,
    settings: Path | None = None,
    as_json: Annotated[bool, Parameter("--json", negative=(), show_default=False)] = False,
) -> None:
    """Show the settings, where each came from, and no secret.

    Example: `roost settings --json`

    Args:
        settings: Settings file; else $ROOST_SETTINGS, else ./roost.toml if there is one.
        as_json: One JSON object: each setting's dotted name with its value and origin.

    Raises:
        SettingsError: A setting is wrong, missing or unknown.
    """
    loaded = configuration.load(settings, environ=os.environ)
    print(_json(configuration.rows(loaded)) if as_json else configuration.redacted(loaded), end="")
    try:
        configuration.check_servable(loaded)
    except SettingsError as error:
        print(f"not enough for `roost serve`: {error}", file=sys.stderr)


def _json(rows: Iterable[Row]) -> str:
    shown = {".".join(row.name): {"value": row.value, "origin": row.origin} for row in rows}
    return json.dumps(shown, indent=2) + "\n"
