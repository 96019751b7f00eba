"""Asking X to deliver again, in the name of an app; and hearing that it has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from roost.errors import XApiUnavailable
from roost.intake.replaying import Replayer
from roost.model.ids import UserId
from roost.ports import Delivery, Inbox
from roost.xapi.client import XClient
from roost.xapi.wire_enterprise import ReplayJobEnded, ReplayJobStatus

_MARK = b'"replay_job_status"'
_ends = msgspec.json.Decoder(ReplayJobEnded)


class ReplaysAtX:
    """Asks for jobs. The webhook is looked up each time: it may have been registered anew.

    Args:
        clients: By account.
        apps: Each account's app, for accounts of apps that X delivers to again.
        paths: Of each app's webhook, by its key.
    """

    def __init__(
        self,
        clients: Mapping[UserId, XClient],
        apps: Mapping[UserId, str],
        paths: Mapping[str, str],
    ) -> None:
        self._clients = clients
        self._apps = apps
        self._paths = paths

    async def replay(self, app_key: str, begin: datetime, end: datetime) -> str:
        """Have an app's webhook told again of a span; X's name for the job.

        Raises:
            ReplayRunning: The webhook has a job that has not ended.
            RateLimited: Nothing is left of the window.
            SendError: X took no job, or nobody knows whether it has.
        """
        client = self._client(app_key)
        for webhook in await client.enterprise.list_webhooks():
            if webhook.valid and urlsplit(webhook.url).path == self._paths.get(app_key):
                return (await client.enterprise.replay(webhook.id, begin, end)).job_id
        raise XApiUnavailable(f"app {app_key} has no webhook at X that is valid")

    def _client(self, app_key: str) -> XClient:
        for account_id, key in self._apps.items():
            if key == app_key and account_id in self._clients:
                return self._clients[account_id]
        raise XApiUnavailable(f"no account of app {app_key} is served")


class ReplayInbox:
    """`roost.ports.Inbox` that takes note of ended jobs before it stores that they have.

    A status that names no job of ours, or is none, is stored like everything else.

    Args:
        inbox: Stores everything.
        replayer: Takes note.
    """

    def __init__(self, inbox: Inbox, replayer: Replayer) -> None:
        self._inbox = inbox
        self._replayer = replayer

    async def put(self, delivery: Delivery) -> int:
        """Store a delivery; see `roost.ports.Inbox.put`."""
        status = _status(delivery.body) if _MARK in delivery.body else None
        if status is not None:
            await self._replayer.ended(delivery.app_key, status)
        return await self._inbox.put(delivery)


def _status(body: bytes) -> ReplayJobStatus | None:
    try:
        return _ends.decode(body).replay_job_status
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None  # something else, which is stored as it is
