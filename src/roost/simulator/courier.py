"""Deliveries: signed POSTs to webhooks, tried again on X's schedule, in parallel.

Source: https://docs.x.com/x-api/account-activity/introduction (docs of 2026-08-22) and the
enterprise guide before it (archived).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from roost.simulator import escapes, faults
from roost.simulator.attempts import Attempt, Outcome, Parcel, Poster
from roost.simulator.background import Background
from roost.simulator.clock import milliseconds
from roost.simulator.entries import WebhookEntry
from roost.simulator.fault_rules import (
    DelayRule,
    DeliveryRule,
    DropRule,
    DuplicateRule,
    ReorderRule,
    SuspendAppRule,
)
from roost.simulator.faults import Faults, Subject
from roost.simulator.overtaking import Overtaking
from roost.simulator.subscriptions import subscription_to
from roost.simulator.world import World

_KEPT = 2_000
_HISTORY_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class News:
    """Something apps are told of.

    Attributes:
        kind: The key of the bodies that holds it, for example `follow_events`.
        event_id: What it is about: the id of a message, a Post or a user.
        concerned: Ids of the users it concerns, each once; those who are subscribed are told of.
        body: Makes the body for one of them; for `""` where it is for nobody in particular.
    """

    kind: str
    event_id: str
    concerned: Sequence[str]
    body: Callable[[str], object]


class Courier:
    """Makes deliveries and tries them until they are taken or X's patience ends."""

    def __init__(
        self, world: World, poster: Poster, background: Background, injected: Faults
    ) -> None:
        """Make one.

        Args:
            world: Who is subscribed, and the rules.
            poster: Makes each attempt.
            background: Where deliveries go on.
            injected: What is to go wrong.
        """
        self._world = world
        self._poster = poster
        self._background = background
        self._faults = injected
        self._overtaking = Overtaking(world.clock)
        self._parcels: deque[Parcel] = deque(maxlen=_KEPT)
        self._history: deque[tuple[datetime, Parcel]] = deque(maxlen=_HISTORY_KEPT)
        self._made = 0

    def announce(self, news: News) -> Sequence[Parcel]:
        """Begin to tell the app of every subscribed user whom something concerns.

        One delivery for each such user and app: two where both ends of a conversation are
        subscribed. A webhook that is invalid now is told nothing, and will not be told later.
        """
        return self._begin(
            self._pack(webhook, news, user_id)
            for webhook in self._world.webhooks.values()
            if webhook.valid
            for user_id in _concerned(self._world, webhook, news.concerned)
        )

    def tell(self, webhooks: Iterable[WebhookEntry], news: News) -> Sequence[Parcel]:
        """Begin to tell webhooks what is for no user in particular, subscribed or not."""
        return self._begin(self._pack(webhook, news, "") for webhook in webhooks if webhook.valid)

    def find(self, delivery_id: str) -> Parcel | None:
        """Give a delivery, while it is kept."""
        return next((one for one in self._parcels if one.delivery_id == delivery_id), None)

    def history(self, webhook: WebhookEntry, begin: datetime, end: datetime) -> Sequence[Parcel]:
        """Give what was posted to a webhook for the first time within a span, oldest first.

        Only the latest 10,000 deliveries are known.

        Args:
            webhook: The webhook.
            begin: Part of the span.
            end: No more part of it.
        """
        return [
            parcel
            for at, parcel in self._history
            if parcel.webhook_id == webhook.webhook_id and begin <= at < end
        ]

    def redeliver(self, parcel: Parcel) -> None:
        """Post a delivery once more, whatever became of it before."""
        self._background.spawn(self._post_again(parcel))

    async def post_once(self, parcel: Parcel) -> bool:
        """Post a delivery without trying it again, and say whether it was taken."""
        attempt = await self._prepare(parcel, 1)
        if attempt is None:
            return False
        outcome = await self._post(attempt)
        self._poster.record(attempt, outcome)
        return not outcome.error

    async def report(self, webhook: WebhookEntry, body: bytes) -> None:
        """Post to a webhook what is about none of its users; not tried again."""
        await self.post_once(self._parcel(webhook, body))

    def clear(self) -> None:
        """Forget every delivery."""
        self._parcels.clear()
        self._history.clear()

    def _begin(self, made: Iterable[Parcel]) -> Sequence[Parcel]:
        parcels = list(made)
        for parcel in parcels:
            self._background.spawn(self._deliver(parcel))
        return parcels

    def _pack(self, webhook: WebhookEntry, news: News, user_id: str) -> Parcel:
        body = msgspec.json.encode(news.body(user_id))
        return self._parcel(webhook, body, for_user_id=user_id, news=news)

    def _parcel(
        self, webhook: WebhookEntry, body: bytes, *, for_user_id: str = "", news: News | None = None
    ) -> Parcel:
        self._made += 1
        event_id, kind = ("", "") if news is None else (news.event_id, news.kind)
        written, number = escapes.escaped(body), str(self._made)
        parcel = Parcel(number, webhook.webhook_id, for_user_id, event_id, written, kind)
        self._parcels.append(parcel)
        return parcel

    async def _post_again(self, parcel: Parcel) -> None:
        webhook = self._world.webhooks.get(parcel.webhook_id)
        if webhook is not None:
            attempt = Attempt(parcel, webhook)
            self._poster.record(attempt, await self._post(attempt))

    async def _post_copy(self, attempt: Attempt) -> None:
        self._poster.record(attempt, await self._post(attempt))

    async def _deliver(self, parcel: Parcel) -> None:
        self._history.append((self._world.clock.now(), parcel))
        pauses: Sequence[timedelta | None] = (*self._world.rules.retry_after, None)
        for n, pause in enumerate(pauses, start=1):
            attempt = await self._prepare(parcel, n)
            if attempt is None:
                return
            outcome = await self._post(attempt)
            if not outcome.error or pause is None:
                self._poster.record(attempt, outcome)
                return
            # The time is fixed before anybody hears of the failure: a test that moves the clock
            # on hearing of it moves past this time for certain.
            due = self._world.clock.now() + pause
            self._poster.record(attempt, outcome, next_at=str(milliseconds(due)))
            await self._world.clock.sleep_until(due)

    async def _post(self, attempt: Attempt) -> Outcome:
        outcome = await self._poster.post(attempt)
        self._overtaking.note(attempt.webhook.webhook_id)
        return outcome

    async def _prepare(self, parcel: Parcel, n: int) -> Attempt | None:
        """Let a fault have its way with the next attempt; `None` where there is to be none."""
        webhook = self._valid_webhook(parcel)
        if webhook is None:
            return None
        attempt = Attempt(parcel, webhook, n, self._fault(webhook, parcel))
        match attempt.fault:
            case DropRule() | SuspendAppRule():
                self._poster.lose(attempt)
                return None
            case DuplicateRule(copies=copies):
                for _ in range(copies):
                    self._background.spawn(self._post_copy(attempt))
            case DelayRule(seconds=seconds):
                await self._world.clock.sleep_until(self._after(seconds))
            case ReorderRule(by=by, seconds=seconds):
                until = self._after(seconds)
                await self._overtaking.wait(webhook.webhook_id, by=by, until=until)
            case _:
                return attempt
        return None if self._valid_webhook(parcel) is None else attempt

    def _valid_webhook(self, parcel: Parcel) -> WebhookEntry | None:
        webhook = self._world.webhooks.get(parcel.webhook_id)
        return webhook if webhook is not None and webhook.valid else None

    def _fault(self, webhook: WebhookEntry, parcel: Parcel) -> DeliveryRule | None:
        if not self._faults.tallies:
            return None
        return self._faults.for_delivery(
            Subject(
                user=parcel.for_user_id,
                app=webhook.app_id,
                event=faults.event_kind(parcel.body),
                webhook=webhook.webhook_id,
            )
        )

    def _after(self, seconds: float) -> datetime:
        return self._world.clock.now() + timedelta(seconds=seconds)


def _concerned(world: World, webhook: WebhookEntry, user_ids: Sequence[str]) -> Sequence[str]:
    return [one for one in user_ids if subscription_to(webhook, one) in world.subscriptions]
