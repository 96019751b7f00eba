"""Registering at X what the settings ask for, once the webhook answers; again until it works."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from roost.errors import SendError
from roost.model.ids import UserId
from roost.service.notices import Notice, Notices
from roost.settings import App, Settings
from roost.xapi import registration
from roost.xapi.client import XClient

_log = structlog.stdlib.get_logger("roost.connecting")

_FIRST_WAIT, _LONGEST_WAIT = 0.2, 60.0


@dataclass(frozen=True, slots=True)
class AppToConnect:
    """One app to be registered.

    Attributes:
        app: As set.
        url: Its webhook's public address.
        clients: User id and client of each account to subscribe; the first signs for the app.
    """

    app: App
    url: str
    clients: Sequence[tuple[str, XClient]]


def to_connect(
    settings: Settings, clients: Mapping[UserId, XClient], urls: Mapping[str, str]
) -> list[AppToConnect]:
    """Say what has to be registered.

    Args:
        settings: Names apps and accounts.
        clients: By the account's user id.
        urls: The webhook's public address, by the app's key.
    """
    wanted: list[AppToConnect] = []
    for key, app in settings.apps.items():
        users = [UserId(one.user_id) for one in settings.accounts.values() if one.app == key]
        if users:
            wanted.append(AppToConnect(app, urls[key], [(user, clients[user]) for user in users]))
    return wanted


async def connect(wanted: Sequence[AppToConnect], notices: Notices) -> None:
    """Register webhooks and subscriptions; returns once X has accepted all of them."""
    for one in wanted:
        await _until_accepted(one, notices)
    notices.tell(Notice("connected", f"{len(wanted)} apps registered at X"))


async def _until_accepted(one: AppToConnect, notices: Notices) -> None:
    wait = _FIRST_WAIT
    while True:
        try:
            owner = one.clients[0][1]
            webhook = await registration.ensure_webhook(owner, one.app.env_name, one.url)
            steps = await registration.ensure_subscriptions(one.clients, one.app.env_name)
        except SendError as error:
            _log.error("not registered at X", app_id=one.app.app_id, reason=str(error))
            notices.tell(Notice("not_connected", str(error)))
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)
        else:
            steps = (*webhook.steps, *steps)
            _log.info("registered at X", app_id=one.app.app_id, steps=steps or ("nothing to do",))
            return
