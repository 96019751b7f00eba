"""Registering at X what the settings ask for, once the webhook answers; again until it works."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import structlog

from roost.errors import SendError, StoreUnavailable
from roost.intake.watchdog import Watchdog, WatchedApp
from roost.model.ids import UserId
from roost.service import environments
from roost.service.environments import Environment
from roost.service.notices import Notice, Notices
from roost.settings import Settings
from roost.xapi.client import XClient

_log = structlog.stdlib.get_logger("roost.connecting")

_FIRST_WAIT, _LONGEST_WAIT = 0.2, 60.0


def to_connect(
    settings: Settings, clients: Mapping[UserId, XClient], places: Sequence[Environment], url: str
) -> list[WatchedApp]:
    """Say what has to be registered.

    Args:
        settings: Names apps and accounts.
        clients: By the account's user id.
        places: Every environment there is; those without accounts are left alone.
        url: Where the world finds us.
    """
    wanted: list[WatchedApp] = []
    for place in places:
        mine = environments.accounts_in(settings, place)
        users = [UserId(one.user_id) for one in mine.values()]
        if users:
            owner = next(
                UserId(one.user_id)
                for one in settings.accounts.values()
                if one.app == place.app_key
            )
            pairs = [(user, clients[user]) for user in users]
            address = f"{url}{place.path}"
            wanted.append(WatchedApp(place.label, place.env_name, address, pairs, clients[owner]))
    return wanted


async def connect(wanted: Sequence[WatchedApp], watchdog: Watchdog, notices: Notices) -> None:
    """Register webhooks and subscriptions; returns once X has accepted all of them."""
    for one in wanted:
        await _until_accepted(one, watchdog, notices)
    notices.tell(Notice("connected", f"{len(wanted)} apps registered at X"))


async def _until_accepted(one: WatchedApp, watchdog: Watchdog, notices: Notices) -> None:
    wait = _FIRST_WAIT
    while True:
        try:
            steps = await watchdog.attend(one)
        except (SendError, StoreUnavailable) as error:
            _log.error("not registered at X", app=one.app_key, reason=str(error))
            notices.tell(Notice("not_connected", str(error)))
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)
        else:
            _log.info("registered at X", app=one.app_key, steps=steps or ("nothing to do",))
            return
