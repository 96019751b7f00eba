"""`roost backfill`: find messages that no delivery brought."""

from __future__ import annotations

import json
import os
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from roost import settings as configuration
from roost.errors import SettingsError, StoreUnavailable
from roost.model import moments
from roost.model.ids import UserId
from roost.service import backfilling, logs, probes, stored_accounts
from roost.service.backfilling import Progress
from roost.service.clock import SystemClock
from roost.settings import Settings
from roost.store import control

LISTED_FOR = timedelta(days=30)
"""How far back X lists messages, and where nothing else is asked for."""

_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


async def run(
    *,
    account: str | None = None,
    since: str | None = None,
    settings: Path | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """List messages at X and store those that no delivery has brought.

    Goes on with what was begun before and not finished. X allows 15 pages of 50 messages in 15
    minutes; what is left is waited for. Where the app is of the enterprise tier, X is also asked to
    deliver the last five days again, by the running application; that is said and not waited for.

    Example: `roost backfill --since 7d`

    Args:
        account: User id, screen name or name in the settings; otherwise every account.
        since: How far back, such as `12h`, `7d` or `2026-03-01`; otherwise 30 days, which is all X
            lists.
        settings: The settings file; otherwise `$ROOST_SETTINGS`, or `./roost.toml` if present.
        as_json: Print one JSON object a line.
    """
    found = configuration.load(settings, environ=os.environ)
    logs.configure(found.log_format, is_quiet=True)
    found = await stored_accounts.effective(found)
    accounts = backfilling.accounts_named(found, account)
    begin = begin_of(since, now=SystemClock().now())
    async with aclosing(_progress(found, accounts, begin)) as pieces:
        async for piece in pieces:
            print(json.dumps(piece) if as_json else _sentence(piece), flush=True)


def begin_of(since: str | None, *, now: datetime) -> datetime:
    """Say which time a person means.

    Raises:
        SettingsError: It is none, lies ahead, or is before the year 2000.
    """
    if since is None:
        return now - LISTED_FOR
    begin = _time(since, now)
    if begin is None:
        problem = "is not a time"
    elif begin > now:
        problem = "lies ahead"
    elif not moments.may_be_named(begin):
        problem = f"is not {moments.LIMIT}"
    else:
        return begin
    raise SettingsError(
        "--since", f"{since!r} {problem}", "Write 12h, 7d or a date such as 2026-03-01"
    )


def _time(since: str, now: datetime) -> datetime | None:
    span = re.fullmatch(r"([0-9]{1,4})([dhm])", since)
    if span is not None:
        return now - timedelta(**{_UNITS[span[2]]: int(span[1])})
    try:
        begin = datetime.fromisoformat(since)
    except ValueError:
        return None
    return begin if begin.tzinfo else begin.replace(tzinfo=UTC)


async def _progress(
    settings: Settings, accounts: list[UserId], since: datetime
) -> AsyncGenerator[Progress]:
    path = settings.data / control.SOCKET
    if await _is_served(path):
        asked = control.follow(path, "backfill", accounts=accounts, since=since.isoformat())
        async with aclosing(asked) as pieces:
            async for piece in pieces:
                if isinstance(piece, dict):
                    yield piece
        return
    probe = probes.probe_from(os.environ)
    listing = backfilling.directly(settings, accounts, since, clock=SystemClock(), probe=probe)
    async with aclosing(listing) as pieces:
        async for piece in pieces:
            yield piece


async def _is_served(path: Path) -> bool:
    try:
        await control.ask(path, "status")
    except StoreUnavailable:
        return False
    return True


def _sentence(piece: Progress) -> str:
    return _of_replay(piece) if piece["by"] == "replay" else _of_list(piece)


def _of_replay(piece: Progress) -> str:
    span = f"from {str(piece['begun_at'])[:16]} to {str(piece['ended_at'])[:16]}"
    state = "done" if piece["state"] == "closed" else f"goes on at {str(piece['due_at'])[:19]}"
    trouble = f": {piece['trouble']}" if piece["trouble"] else ""
    return f"app {piece['app']}: by replay, {span}; {piece['jobs']} jobs, {state}{trouble}"


def _of_list(piece: Progress) -> str:
    reached = str(piece["reached_at"] or "nothing yet")[:19]
    counts = f"{piece['pages']} pages, {piece['listed']} messages, {piece['new']} of them new"
    state = "done" if piece["state"] == "closed" else f"back to {reached}"
    trouble = f"; waits until {str(piece['due_at'])[:19]}: {piece['trouble']}"
    return f"{piece['account']}: by list, {counts}; {state}{trouble if piece['trouble'] else ''}"
