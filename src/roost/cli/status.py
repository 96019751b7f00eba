"""`roost status`."""

from __future__ import annotations

import json
import os
from pathlib import Path

from roost import settings as configuration
from roost.store import control


async def run(*, settings: Path | None = None) -> None:
    """Ask the running application how it is, and print its answer as JSON.

    With PostgreSQL that is a list: an answer for each process that shares the data folder.

    Args:
        settings: Settings file; else $ROOST_SETTINGS, else ./roost.toml if there is one.

    Raises:
        SettingsError: A setting is wrong, missing or unknown.
        StoreError: No application answers at the data folder.
    """
    loaded = configuration.load(settings, environ=os.environ)
    if loaded.database is None:
        answer = await control.ask(loaded.data / control.SOCKET, "status")
    else:
        answer = await control.ask_each(loaded.data, "status")
    print(json.dumps(answer, indent=2))
