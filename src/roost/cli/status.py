"""`roost status`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from roost import settings as configuration
from roost.store import control

BROKEN = 1
"""The exit code where events are not accounted for."""


class _Conservation(msgspec.Struct):
    faults: list[str] = []


class _Status(msgspec.Struct):
    conservation: _Conservation = msgspec.field(default_factory=_Conservation)


async def run(
    *,
    settings: Path | None = None,
    as_json: Annotated[bool, Parameter("--json", negative=(), show_default=False)] = True,
) -> int:
    """Ask the running application how it is, and print its answer as JSON.

    With PostgreSQL that is a list: an answer for each process that shares the data folder.
    Example: `roost status`

    Exit codes: 0 all well, 1 events are not accounted for, 2 no application there.

    Args:
        settings: Settings file; else $ROOST_SETTINGS, else ./roost.toml if there is one.
        as_json: As it is in any case; here so that every verb can be told so.

    Raises:
        SettingsError: A setting is wrong, missing or unknown.
        StoreError: No application answers at the data folder.
    """
    del as_json
    loaded = configuration.load(settings, environ=os.environ)
    if loaded.database is None:
        answer = await control.ask(loaded.data / control.SOCKET, "status")
        faults = _faults(answer)
    else:
        answer = await control.ask_each(loaded.data, "status")
        faults = _faults(answer[0])
    print(json.dumps(answer, indent=2))
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    return BROKEN if faults else 0


def _faults(answer: object) -> list[str]:
    return msgspec.convert(answer, _Status).conservation.faults
