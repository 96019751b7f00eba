"""Verbs that ask a running application: which one, and how its answer is shown."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from roost import settings as configuration
from roost.store import control


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Where:
    """Which application, and how its answer is shown.

    Attributes:
        settings: Settings file; else $ROOST_SETTINGS, else ./roost.toml if there is one.
        as_json: Print its answer as JSON.
    """

    settings: Path | None = None
    as_json: Annotated[bool, Parameter("--json", negative=(), show_default=False)] = False


HERE = Where()
"""That of the settings at hand, shown to people."""


async def ask(where: Where, call: str, **args: object) -> object:
    """Have the application do a call; errors as in `roost.store.control.ask`."""
    loaded = configuration.load(where.settings, environ=os.environ)
    return await control.ask(loaded.data / control.SOCKET, call, **args)
