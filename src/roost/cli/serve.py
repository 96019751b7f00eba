"""`roost serve`: run the application."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Annotated

import uvloop
from cyclopts import Parameter

from roost import settings as configuration
from roost.cli import supervised
from roost.cli.app import INTERRUPTED
from roost.service import composition, logs
from roost.service.notices import Notices
from roost.service.options import Serving
from roost.settings import Role


def run(
    *,
    role: Role = Role.ALL,
    bot: Annotated[list[str] | None, Parameter(negative="")] = None,
    settings: Path | None = None,
    reload: Annotated[bool, Parameter(negative="")] = False,
    quiet: Annotated[bool, Parameter(negative="")] = False,
    notices_fd: Annotated[int | None, Parameter(show=False)] = None,
) -> int:
    """Run the application against the X that the settings name.

    Example: `roost serve --bot my_bot:bot`

    Args:
        role: What this process does: web takes webhooks and shows pages, worker runs bots and
            sends. Both need PostgreSQL, and there can be many of each.
        bot: A bot, as `package.module:bot` or `my_bot.py`; may be given several times.
        settings: The settings file; otherwise `$ROOST_SETTINGS`, or `./roost.toml` if present.
        reload: Load a bot anew when its file is saved, for writing bots.
        quiet: Log only what needs attention.
        notices_fd: File descriptor to which a supervising process wants notices, a JSON line each.
    """
    found = configuration.load(settings, environ=os.environ, bots=tuple(bot or ()))
    configuration.check_startable(found, role)
    logs.configure(found.log_format, is_quiet=quiet)
    if notices_fd is not None:
        supervised.end_with_parent()
    how = Serving(role=role, is_reloading=reload, notices=Notices(notices_fd))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        stopped_by = runner.run(composition.serve(found, how))
    return INTERRUPTED if stopped_by is signal.SIGINT else 0
