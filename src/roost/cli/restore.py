"""`roost restore`: begin with a backup, and neither send nor answer anything twice."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from roost import settings as configuration
from roost.errors import SettingsError
from roost.ports import Marked
from roost.service import restoring
from roost.service.clock import SystemClock


async def run(
    file: Path | None = None,
    *,
    marks_only: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    settings: Path | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="", show_default=False)] = False,
) -> None:
    """Put a backup in the database's place. The application must not run.

    The database that was there is kept beside it. What the backup had on its way out is looked for
    at X before any of it is sent, and everything newer is listed: what was answered meanwhile is
    not answered again. Of a message by an agent that X does not show, a person decides.

    Examples: `roost restore /backups/roost-monday.db`; after pg_restore: `roost restore
    --marks-only`

    Args:
        file: As `roost backup` has made it.
        marks_only: Restore nothing; the database was restored by other means. For PostgreSQL.
        settings: The settings file; otherwise `$ROOST_SETTINGS`, or `./roost.toml` if present.
        as_json: As a JSON object.
    """
    if (file is None) is not marks_only:
        problem = "is missing" if file is None else "has no use beside --marks-only"
        raise SettingsError("FILE", problem, "Name a backup, or say --marks-only")
    found = configuration.load(settings, environ=os.environ)
    kept, marked = await _restored(found, file)
    if as_json:
        print(json.dumps({"kept": kept and str(kept), **asdict(marked)}))
        return
    print("\n".join(_told(file, kept, marked)))


async def _restored(found: configuration.Settings, file: Path | None) -> tuple[Path | None, Marked]:
    if file is None:
        return None, await restoring.mark_alone(found, SystemClock())
    done = await restoring.restore(found, file, SystemClock())
    return done.kept, done.marked


def _told(file: Path | None, kept: Path | None, marked: Marked) -> list[str]:
    said = [f"{file} is in place" if file else "the database is marked as restored"]
    if kept is not None:
        said.append(f"what was there is kept as {kept}")
    said.append("the next start asks X for everything newer, before anything is answered")
    counts = {
        "messages on their way out: X is asked about each before it is sent": marked.n_sends,
        "messages of customers not handled: X is asked whether they were": marked.n_received,
        "other events set aside: see `roost events`": marked.n_set_aside,
        "timers dropped that came due since": marked.n_timers,
    }
    return [*said, *(f"{n} {what}" for what, n in counts.items() if n)]
