"""`roost backup`: a copy of the database, made while it is in use."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from roost import settings as configuration
from roost.service import restoring


async def run(
    file: Path,
    *,
    settings: Path | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="", show_default=False)] = False,
) -> None:
    """Copy the SQLite database into a file of its own, whether or not the application runs.

    The copy is of one moment, and whole: if this is interrupted, there is no file. The key that
    opens the tokens is not in it; keep both, apart from each other.

    Example: `roost backup /backups/roost-monday.db`

    Args:
        file: To be made, mode 0600; must not be there.
        settings: The settings file; otherwise `$ROOST_SETTINGS`, or `./roost.toml` if present.
        as_json: As a JSON object.
    """
    found = configuration.load(settings, environ=os.environ)
    made = await restoring.back_up(found, file)
    if as_json:
        print(json.dumps({"file": str(made.file), "bytes": made.n_bytes, "keys": made.keys}))
        return
    print(f"{made.file}: {made.n_bytes} bytes, the whole database")
    print(f"not in it: {made.keys}, without which no token can be read. Keep that apart")
