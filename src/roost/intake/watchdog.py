"""The webhook's watchdog: X stops delivering when a challenge fails, and says so to nobody.

Source: https://docs.x.com/x-api/webhooks/introduction (docs of 2026-08-22).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from roost.errors import RejectedByX, SendError, StoreUnavailable
from roost.intake.continuity import Continuity
from roost.intake.health import Health, WebhookState
from roost.model.ids import UserId
from roost.ports import Clock
from roost.xapi import activity, registration
from roost.xapi.client import XClient

SUBSCRIBED_WITHIN = timedelta(seconds=10)
"""How long after a subscription X may take to begin to deliver.

Source: https://developer.x.com/en/docs/x-api/premium/account-activity-api (archived).
"""

_log = structlog.stdlib.get_logger("roost.watchdog")


@dataclass(frozen=True, slots=True)
class WatchedApp:
    """An environment of an app, whose webhook is watched.

    Attributes:
        app_key: What the environment is called here: the app's key, or `main/staging`.
        env_name: Its name at X; `""` for an app of the enterprise tier.
        url: Where X is to deliver.
        clients: User id and client of each account to subscribe.
        owner: Signs for the app; `None` for the first of `clients`.
    """

    app_key: str
    env_name: str
    url: str
    clients: Sequence[tuple[UserId, XClient]]
    owner: XClient | None = None

    @property
    def signer(self) -> XClient:
        """Who signs for the app."""
        return self.owner or self.clients[0][1]

    @property
    def accounts(self) -> list[UserId]:
        """Ids of its accounts."""
        return [user_id for user_id, _ in self.clients]


@dataclass(frozen=True, slots=True)
class WatchPolicy:
    """How closely webhooks are watched.

    Attributes:
        every: How often X is asked how they are.
        challenged_within: X challenges about hourly; after so long without it is made to.
        quiet_at_most: After so long without a delivery to any account of an app, too.
    """

    every: timedelta = timedelta(minutes=5)
    challenged_within: timedelta = timedelta(minutes=90)
    quiet_at_most: timedelta = timedelta(hours=6)


class Watchdog:
    """Keeps webhooks valid and accounts subscribed, and has what was missed meanwhile found."""

    def __init__(
        self, *, continuity: Continuity, health: Health, clock: Clock, policy: WatchPolicy
    ) -> None:
        """Make one.

        Args:
            continuity: Writes down what may have been missed.
            health: Knows the last signs of life, and is told how webhooks are.
            clock: Tells what is late.
            policy: How closely to watch.
        """
        self._continuity = continuity
        self._health = health
        self._clock = clock
        self._policy = policy
        self._begun_at = clock.now()
        self._tried: dict[str, datetime] = {}

    async def attend(self, app: WatchedApp) -> tuple[str, ...]:
        """See to it that X delivers to an app; say what had to be done.

        A webhook that is not there, or is another's in our environment's only place, is registered
        again and its accounts subscribed.

        Raises:
            SendError: X does not deliver, or nobody knows whether it does. Until this has worked
                again, its accounts count as not arriving.
            StoreUnavailable: What was missed could not be written down; call again.
        """
        owner = app.signer
        try:
            webhook = await registration.ensure_webhook(owner, app.env_name, app.url)
            subscribed = await registration.ensure_subscriptions(
                app.clients, app.env_name, webhook.webhook_id
            )
            if webhook.found == "valid":
                await self._challenge_if_silent(app, webhook.webhook_id)
        except SendError as error:
            self._health.silence(app.accounts)
            self._note(app, "invalid" if isinstance(error, RejectedByX) else "unknown", str(error))
            raise
        await self._record(app, webhook.found, subscribed)
        self._note(app, "valid")
        return (*webhook.steps, *(f"subscribed {user_id}" for user_id in subscribed))

    async def run(self, apps: Sequence[WatchedApp]) -> None:
        """Attend to apps now and then, until cancelled."""
        while True:
            await asyncio.sleep(self._policy.every.total_seconds())
            for app in apps:
                await self._look(app)

    async def _look(self, app: WatchedApp) -> None:
        try:
            steps = await self.attend(app)
        except (SendError, StoreUnavailable) as error:
            _log.error("webhook not well", app=app.app_key, reason=str(error))
        else:
            if steps:
                _log.error("webhook mended", app=app.app_key, steps=steps)

    async def _record(self, app: WatchedApp, found: str, subscribed: Sequence[UserId]) -> None:
        """Open gaps for whoever X did not deliver to; the others are heard."""
        if found != "valid":
            self._health.silence(app.accounts)
            until = self._clock.now() + SUBSCRIBED_WITHIN
            await self._continuity.missed(app.accounts, f"webhook {found}", until=until)
        elif subscribed:
            self._health.silence(subscribed)
            until = self._clock.now() + SUBSCRIBED_WITHIN
            await self._continuity.missed(subscribed, "not subscribed", until=until)
        self._health.hear(app.accounts)

    async def _challenge_if_silent(self, app: WatchedApp, webhook_id: str) -> None:
        now = self._clock.now()
        tried = self._tried.get(app.app_key, self._begun_at)
        challenged = max(tried, self._health.last_challenge(app.app_key) or tried)
        delivered = max(tried, self._health.last_delivery(app.accounts) or tried)
        is_late = now - challenged > self._policy.challenged_within
        if is_late or now - delivered > self._policy.quiet_at_most:
            self._tried[app.app_key] = now
            _log.warning("webhook silent", app=app.app_key, challenged=challenged, last=delivered)
            await activity.of(app.env_name).validate(app.signer, webhook_id)

    def _note(self, app: WatchedApp, state: str, trouble: str = "") -> None:
        self._health.found(app.app_key, WebhookState(state, self._clock.now(), trouble))
