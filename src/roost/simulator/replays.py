"""Replay jobs: what was posted to a webhook in a span of time, posted again.

Source: https://github.com/xdevplatform/docs, x-api/enterprise-gnip-2.0/fundamentals
/account-activity.mdx at 321ec888.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from roost.simulator.background import Background
from roost.simulator.courier import Courier
from roost.simulator.entries import WebhookEntry
from roost.simulator.refusals import refusal
from roost.simulator.subscriptions import subscription_to
from roost.simulator.webhooks import Webhooks
from roost.simulator.world import World
from roost.xapi.wire_enterprise import ReplayJobEnded, ReplayJobStatus

COMPLETE = ("Complete", "Job completed successfully")
INCOMPLETE = ("Incomplete", "Job failed to deliver all events, please retry your replay job")
IN_PROGRESS = "A replay job is already in progress for this webhook."


@dataclass(frozen=True, slots=True)
class Span:
    """A span of time; `end` is no more part of it."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Job:
    """A replay job."""

    job_id: str
    webhook_id: str
    created_at: datetime
    span: Span


class Replays:
    """Runs replay jobs, one at a time for each webhook."""

    def __init__(
        self, world: World, webhooks: Webhooks, courier: Courier, background: Background
    ) -> None:
        """Make one.

        Args:
            world: Who is subscribed.
            webhooks: Challenges a webhook before anything is posted to it.
            courier: Knows what was posted, and posts it again.
            background: Where jobs go on.
        """
        self._world = world
        self._webhooks = webhooks
        self._courier = courier
        self._background = background
        self._running: dict[str, Job] = {}

    def begin(self, webhook: WebhookEntry, span: Span) -> Job:
        """Begin a job.

        Raises:
            Refusal: Another is going on for this webhook: 409, code 355.
        """
        if webhook.webhook_id in self._running:
            raise refusal(355, message=IN_PROGRESS)
        job = Job(self._world.ids.next(), webhook.webhook_id, self._world.clock.now(), span)
        self._running[webhook.webhook_id] = job
        self._background.spawn(self._run(webhook, job))
        return job

    def clear(self) -> None:
        """Forget every job; for a new world, whose work has been cancelled."""
        self._running.clear()

    async def _run(self, webhook: WebhookEntry, job: Job) -> None:
        verdict = await self._webhooks.examine_unasked(webhook)
        is_complete = not verdict.problem and await self._post_again(webhook, job.span)
        state, description = COMPLETE if is_complete else INCOMPLETE
        status = ReplayJobStatus(webhook.webhook_id, state, description, job.job_id)
        del self._running[webhook.webhook_id]
        await self._courier.report(webhook, msgspec.json.encode(ReplayJobEnded(status)))

    async def _post_again(self, webhook: WebhookEntry, span: Span) -> bool:
        """Post one delivery after the other, oldest first, each once."""
        is_complete = True
        for parcel in self._courier.history(webhook, span.begin, span.end):
            if subscription_to(webhook, parcel.for_user_id) in self._world.subscriptions:
                is_complete &= await self._courier.post_once(parcel)
        return is_complete
