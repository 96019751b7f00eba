"""Deliveries: signed POSTs to webhooks, tried again on X's schedule, in parallel.

Source: https://docs.x.com/x-api/account-activity/introduction (docs of 2026-08-22) and the
enterprise guide before it (archived).
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from roost.errors import TransportError
from roost.simulator.background import Background
from roost.simulator.challenge import SHOWN, SIGNATURE_HEADER
from roost.simulator.clock import milliseconds
from roost.simulator.entries import WebhookEntry
from roost.simulator.records import DeliveryRow, Records
from roost.simulator.world import World
from roost.xapi import signing
from roost.xapi.transport import Request, Transport

_KEPT = 2_000
_OK = 200


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery: the bytes to post, the same on every attempt.

    Attributes:
        delivery_id: Ours; rises.
        webhook_id: Where to, if it is still there when the time comes.
        for_user_id: The subscribed user it is about; `""` where the body names nobody.
        event_id: The message in it, or what else it is about.
        body: JSON.
        kind: The body's key that holds what happened, for example `direct_message_events`.
    """

    delivery_id: str
    webhook_id: str
    for_user_id: str
    event_id: str
    body: bytes
    kind: str


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


@dataclass(frozen=True, slots=True)
class _Outcome:
    attempt: int
    status: int | None
    ms: float
    error: str
    answer: str


class Courier:
    """Makes deliveries and tries them until they are taken or X's patience ends."""

    def __init__(
        self, world: World, records: Records, transport: Transport, background: Background
    ) -> None:
        """Make one.

        Args:
            world: Who is subscribed, and the rules.
            records: Where every attempt is written down.
            transport: The way to webhooks.
            background: Where deliveries go on.
        """
        self._world = world
        self._records = records
        self._transport = transport
        self._background = background
        self._parcels: deque[Parcel] = deque(maxlen=_KEPT)
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
            for user_id in _subscribed(self._world, webhook, news.concerned)
        )

    def tell(self, webhooks: Iterable[WebhookEntry], news: News) -> Sequence[Parcel]:
        """Begin to tell webhooks what is for no user in particular, subscribed or not."""
        return self._begin(self._pack(webhook, news, "") for webhook in webhooks if webhook.valid)

    def find(self, delivery_id: str) -> Parcel | None:
        """Give a delivery, while it is kept."""
        return next((one for one in self._parcels if one.delivery_id == delivery_id), None)

    def redeliver(self, parcel: Parcel) -> None:
        """Post a delivery once more, whatever became of it before."""
        self._background.spawn(self._post_once(parcel))

    def clear(self) -> None:
        """Forget every delivery."""
        self._parcels.clear()

    def _begin(self, made: Iterable[Parcel]) -> Sequence[Parcel]:
        parcels = list(made)
        for parcel in parcels:
            self._background.spawn(self._deliver(parcel))
        return parcels

    def _pack(self, webhook: WebhookEntry, news: News, user_id: str) -> Parcel:
        self._made += 1
        parcel = Parcel(
            delivery_id=str(self._made),
            webhook_id=webhook.webhook_id,
            for_user_id=user_id,
            event_id=news.event_id,
            body=msgspec.json.encode(news.body(user_id)),
            kind=news.kind,
        )
        self._parcels.append(parcel)
        return parcel

    async def _post_once(self, parcel: Parcel) -> None:
        webhook = self._world.webhooks.get(parcel.webhook_id)
        if webhook is not None:
            self._record(webhook, parcel, await self._post(webhook, parcel, attempt=1))

    async def _deliver(self, parcel: Parcel) -> None:
        pauses: Sequence[timedelta | None] = (*self._world.rules.retry_after, None)
        for attempt, pause in enumerate(pauses, start=1):
            webhook = self._world.webhooks.get(parcel.webhook_id)
            if webhook is None or not webhook.valid:
                return
            outcome = await self._post(webhook, parcel, attempt=attempt)
            if not outcome.error or pause is None:
                self._record(webhook, parcel, outcome)
                return
            # The time is fixed before anybody hears of the failure: a test that moves the clock
            # on hearing of it moves past this time for certain.
            due = self._world.clock.now() + pause
            self._record(webhook, parcel, outcome, next_at=str(milliseconds(due)))
            await self._world.clock.sleep_until(due)

    async def _post(self, webhook: WebhookEntry, parcel: Parcel, *, attempt: int) -> _Outcome:
        request = Request(
            "POST",
            webhook.url,
            {
                "content-type": "application/json",
                SIGNATURE_HEADER: self._signature(webhook, parcel),
            },
            parcel.body,
        )
        begun = time.monotonic()
        try:
            response = await self._transport.send(
                request, answer_within=self._world.rules.webhook_timeout
            )
        except TransportError as error:
            return _Outcome(attempt, None, _elapsed(begun), str(error), "")
        answer = response.body.decode(errors="replace")[:SHOWN]
        error = "" if response.status == _OK else f"answered {response.status}, not 200"
        return _Outcome(attempt, response.status, _elapsed(begun), error, answer)

    def _signature(self, webhook: WebhookEntry, parcel: Parcel) -> str:
        secret = self._world.apps[webhook.app_id].consumer_secret
        return signing.signature_of(parcel.body, secret).decode()

    def _record(
        self,
        webhook: WebhookEntry,
        parcel: Parcel,
        outcome: _Outcome,
        *,
        next_at: str | None = None,
    ) -> None:
        row = DeliveryRow(
            at=self._world.timestamp(),
            kind="event",
            delivery_id=parcel.delivery_id,
            for_user_id=parcel.for_user_id or None,
            url=webhook.url,
            attempt=outcome.attempt,
            status=outcome.status,
            ms=outcome.ms,
            error=outcome.error or None,
            next_at=next_at,
            signature=self._signature(webhook, parcel),
            request_body=msgspec.Raw(parcel.body),
            response_body=outcome.answer,
        )
        self._records.delivery(row, event_id=parcel.event_id)


def _subscribed(world: World, webhook: WebhookEntry, user_ids: Sequence[str]) -> Iterator[str]:
    known = world.subscriptions.get((webhook.app_id, webhook.env_name), {})
    return (user_id for user_id in user_ids if user_id in known)


def _elapsed(begun: float) -> float:
    return round((time.monotonic() - begun) * 1_000, 1)
