"""Webhooks: registering them, challenging them, and what becomes of those that fail.

Source: https://developer.x.com/en/docs/x-api/premium/account-activity-api/guides
/securing-webhooks (archived).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import SplitResult, urlsplit

import msgspec

from roost.simulator import addresses, challenge, changes
from roost.simulator.background import Background
from roost.simulator.challenge import Verdict
from roost.simulator.clock import from_milliseconds
from roost.simulator.entries import AppEntry, WebhookEntry
from roost.simulator.faults import Faults, Subject
from roost.simulator.records import DeliveryRow, Records
from roost.simulator.refusals import Refusal, refusal
from roost.simulator.world import World
from roost.xapi.transport import Transport

PATIENCE = timedelta(hours=28)
"""How long transient failures may go on before a webhook is invalid.

Source: https://docs.x.com/x-api/webhooks/introduction (docs of 2026-08-22); that the older API
does the same is assumed.
"""

CAUGHT_UP = 48
"""Challenges made for periods that passed at once; of more, the latest. More than `PATIENCE` where
a period is an hour, so that a webhook that fails throughout is invalid in the end."""

TOO_MANY = "Too many resources already created."


class Webhooks:
    """Keeps webhooks honest: at registration, on request, and every now and then."""

    def __init__(
        self,
        world: World,
        records: Records,
        transport: Transport,
        background: Background,
        *,
        faults: Faults,
        is_strict: bool,
    ) -> None:
        """Make one.

        Args:
            world: Where webhooks are kept.
            records: Where every challenge is written down.
            transport: The way to them.
            background: Where they are challenged again.
            faults: May take right answers for wrong.
            is_strict: Whether X's own rules for URLs hold: `https`, no port, and a host that
                can be reached from anywhere, or that the world resolves.
        """
        self._world = world
        self._records = records
        self._transport = transport
        self._background = background
        self._faults = faults
        self._is_strict = is_strict

    def watch_all(self) -> None:
        """Begin to challenge every webhook there is again and again."""
        for webhook_id in self._world.webhooks:
            self._background.spawn(self._watch(webhook_id))

    async def register(self, app: AppEntry, env_name: str, url: str) -> WebhookEntry:
        """Register a URL once it has passed a challenge.

        Args:
            app: The app.
            env_name: One of its environments; `""` for the enterprise tier.
            url: The webhook.

        Raises:
            Refusal: 214, with one of X's texts: the URL, no place left for it, the answer.
        """
        if not self._is_allowed(url):
            raise _refused(challenge.REFUSED_URL)
        self._check_place(app, env_name, url)
        verdict = await self._challenge(app, url, self._fault(app))
        if verdict.problem:
            raise _refused(verdict.problem)
        self._check_place(app, env_name, url)
        now = self._world.timestamp()
        webhook = WebhookEntry(
            webhook_id=self._world.ids.next(),
            app_id=app.app_id,
            env_name=env_name,
            url=url,
            created_at=now,
            passed_at=now,
        )
        self._world.webhooks[webhook.webhook_id] = webhook
        self._background.spawn(self._watch(webhook.webhook_id))
        return webhook

    async def validate(self, webhook: WebhookEntry) -> None:
        """Challenge a webhook now. Passing makes it valid again.

        Raises:
            Refusal: 214, with X's text for what was wrong.
        """
        verdict = await self.examine(webhook)
        if verdict.problem:
            raise _refused(verdict.problem)

    async def _watch(self, webhook_id: str) -> None:
        """Challenge a webhook in every period, also in those that passed all at once."""
        clock, every = self._world.clock, self._world.rules.crc_every
        due = clock.now() + every
        while True:
            await clock.sleep_until(due)
            due += every * max(0, clock.behind // every + 1 - CAUGHT_UP)
            await clock.sleep_until(due)
            webhook = self._world.webhooks.get(webhook_id)
            if webhook is None:
                return
            await self.examine_unasked(webhook)
            due += every

    async def examine_unasked(self, webhook: WebhookEntry, *, fault: str | None = None) -> Verdict:
        """Challenge a webhook in the background, and note what that changes as a thing of its own.

        Args:
            webhook: The webhook.
            fault: As in `examine`.
        """
        with changes.noting(self._world, self._records, cause="crc"):
            return await self.examine(webhook, fault=fault)

    async def examine(self, webhook: WebhookEntry, *, fault: str | None = None) -> Verdict:
        """Challenge a webhook, and take note of what comes of it.

        Args:
            webhook: The webhook.
            fault: Why its answer is to be taken for wrong, whatever it is.
        """
        app = self._world.apps[webhook.app_id]
        fault = fault or self._fault(app, webhook.webhook_id)
        verdict = await self._challenge(app, webhook.url, fault)
        waited = self._world.clock.now() - from_milliseconds(webhook.passed_at)
        if not verdict.problem:
            self._world.note_challenge(webhook.webhook_id, valid=True)
        elif verdict.is_final or waited >= PATIENCE:
            self._world.note_challenge(webhook.webhook_id, valid=False)
        return verdict

    def _fault(self, app: AppEntry, webhook_id: str = "") -> str | None:
        rule = self._faults.for_challenge(Subject(app=app.app_id, webhook=webhook_id))
        return None if rule is None else rule.effect

    async def _challenge(self, app: AppEntry, url: str, fault: str | None) -> Verdict:
        verdict = await challenge.challenge(
            self._transport,
            url,
            consumer_secret=app.consumer_secret,
            within=self._world.rules.webhook_timeout,
        )
        if fault is not None:
            wrong = challenge.WRONG_ANSWER
            verdict = replace(verdict, problem=wrong, is_final=True, error=wrong)
        self._records.delivery(
            DeliveryRow(
                at=self._world.timestamp(),
                kind="crc",
                delivery_id="",
                for_user_id=None,
                url=url,
                attempt=1,
                status=verdict.status,
                ms=verdict.ms,
                error=verdict.error or None,
                next_at=None,
                signature=verdict.signature,
                request_body=msgspec.Raw(msgspec.json.encode({"query": verdict.query})),
                response_body=verdict.answer,
                fault=fault,
            )
        )
        return verdict

    def _check_place(self, app: AppEntry, env_name: str, url: str) -> None:
        if self._world.apps.get(app.app_id) != app:
            raise refusal(200, reason="the app has gone meanwhile")
        there = [
            webhook.url
            for webhook in self._world.webhooks.values()
            if (webhook.app_id, webhook.env_name) == (app.app_id, env_name)
        ]
        if len(there) >= (1 if env_name else app.enterprise_webhooks) or url in there:
            raise _refused(TOO_MANY)

    def _is_allowed(self, url: str) -> bool:
        if not addresses.is_web_address(url):
            return False
        parts = urlsplit(url)
        if parts.username is not None or parts.fragment or not url.isascii():
            return False
        return not self._is_strict or self._is_allowed_by_x(parts)

    def _is_allowed_by_x(self, url: SplitResult) -> bool:
        host = url.hostname or ""
        is_reached = addresses.is_public(host) or host in self._world.rules.resolve
        return url.scheme == "https" and url.port is None and is_reached


def _refused(message: str) -> Refusal:
    return refusal(214, message=message)
