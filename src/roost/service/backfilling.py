"""Listing because a person wants it, with its progress: beside the application or without it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime

from roost.errors import SettingsError
from roost.intake.continuity import Continuity
from roost.model.ids import UserId
from roost.ports import Clock, GapKind, Probe, Replay, Store
from roost.service import databases, keeping, parts
from roost.service.keeping import Keeping, Served
from roost.settings import Role, Settings
from roost.store.control import Call
from roost.xapi.transport import aiohttp_transport

LOOK_EVERY = 0.2
"""Seconds between two looks at how far it has come."""

Progress = Mapping[str, object]
"""How far an account's listing has come: a gap as `roost.service.keeping.shown` gives it, and
`state`: `open` or `closed`; `by` is `list`. Where X delivers again as well, one more for each app,
with `by` `replay`: a span as `shown_replay` gives it. Nobody waits for that: it begins half an hour
after the span does, and while the application runs."""


def accounts_named(settings: Settings, account: str | None) -> list[UserId]:
    """Give the accounts a person means.

    Args:
        settings: Name them.
        account: A user id, a screen name or the settings' own name; `None` for all.

    Raises:
        SettingsError: There is none, or none of that name.
    """
    every = settings.accounts
    meant = [
        UserId(one.user_id)
        for name, one in every.items()
        if account is None or account.removeprefix("@") in {name, one.user_id, one.screen_name}
    ]
    if not meant:
        raise SettingsError(
            "accounts",
            f"there is no account {account!r}" if account else "there is no account",
            f"Name one of: {', '.join(every) or 'none'}",
        )
    return meant


async def asked(
    store: Store, continuity: Continuity, accounts: Sequence[UserId], since: datetime
) -> AsyncGenerator[Progress]:
    """Ask for a listing and say how far it has come, whenever that changes, until it is done.

    Args:
        store: Where gaps are kept. Somebody else works on them.
        continuity: Opens gaps.
        accounts: Whose messages.
        since: How far back.
    """
    await continuity.ask(accounts, since=since)
    for app_key in continuity.replaying(accounts):
        latest = await store.transact(
            lambda tx, key=app_key: tx.replays.latest(key), is_durable=False
        )
        # None, where what was asked for before the app was of that tier is not done yet.
        if latest is not None:
            yield _shown_replay(latest)
    async with aclosing(_followed(store, accounts)) as pieces:
        async for piece in pieces:
            yield piece


def calls(store: Store, kept: Keeping) -> Mapping[str, Call]:
    """Give the call that lists because a person wants it.

    Args:
        store: Where gaps are kept.
        kept: Works on them.
    """

    async def backfill(accounts: list[str], since: str) -> AsyncGenerator[Progress]:
        wanted = [UserId(one) for one in accounts]
        return asked(store, kept.continuity, wanted, datetime.fromisoformat(since))

    return {"backfill": backfill}


async def directly(
    settings: Settings, accounts: Sequence[UserId], since: datetime, *, clock: Clock, probe: Probe
) -> AsyncGenerator[Progress]:
    """List with no application running, and say how far it has come.

    What is found waits in the database for the application.

    Raises:
        StoreLocked: An application is running after all.
        StoreUnavailable: The database cannot be used.
    """
    async with databases.opened(settings, Role.WEB) as store, aiohttp_transport() as transport:
        clients = parts.clients(settings, transport, clock)
        kept = keeping.keeping(
            settings,
            store,
            Served(clients, list(clients), parts.replaying(settings)),
            clock=clock,
            probe=probe,
            announce=lambda: None,
        )
        async with (
            kept.listing(),
            aclosing(asked(store, kept.continuity, accounts, since)) as pieces,
        ):
            async for piece in pieces:
                yield piece


async def _followed(store: Store, accounts: Sequence[UserId]) -> AsyncGenerator[Progress]:
    said: dict[UserId, Progress] = {}
    while True:
        is_done = True
        for account_id in accounts:
            progress = await _progress(store, account_id)
            is_done &= progress["state"] == "closed"
            if said.get(account_id) != progress:
                said[account_id] = progress
                yield progress
        if is_done:
            return
        await asyncio.sleep(LOOK_EVERY)


async def _progress(store: Store, account_id: UserId) -> Progress:
    latest = await store.transact(
        lambda tx: tx.gaps.latest(account_id, GapKind.ASKED), is_durable=False
    )
    if latest is None:
        raise AssertionError("a gap that was opened is there until it is closed, and after")
    gap, is_open = latest
    return {**keeping.shown(gap), "by": "list", "state": "open" if is_open else "closed"}


def _shown_replay(latest: tuple[Replay, bool]) -> Progress:
    span, is_open = latest
    return {**keeping.shown_replay(span), "by": "replay", "state": "open" if is_open else "closed"}
