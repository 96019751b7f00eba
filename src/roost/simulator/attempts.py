"""One POST to a webhook: signed, as faults would have it, and written down."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from roost.errors import TransportError
from roost.simulator.challenge import SHOWN, SIGNATURE_HEADER
from roost.simulator.entries import WebhookEntry
from roost.simulator.fault_rules import (
    CorruptSignatureRule,
    DeliveryRule,
    MalformedRule,
    SplitBodyRule,
    UnreachableRule,
)
from roost.simulator.records import DeliveryRow, Records
from roost.simulator.world import World
from roost.xapi import signing
from roost.xapi.transport import Request, Transport

_OK = 200


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery: the bytes to post, the same on every attempt.

    Attributes:
        delivery_id: Ours; rises.
        webhook_id: Where to, if it is still there when the time comes.
        for_user_id: The subscribed user it is about; `""` where it is about none.
        event_id: The message in it; `""` where there is none.
        body: JSON.
        kind: The body's key that holds what happened, for example `direct_message_events`.
    """

    delivery_id: str
    webhook_id: str
    for_user_id: str
    event_id: str
    body: bytes
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to deliver a parcel.

    Attributes:
        n: 1 on the first try.
        fault: What is to go wrong.
    """

    parcel: Parcel
    webhook: WebhookEntry
    n: int = 1
    fault: DeliveryRule | None = None

    @property
    def body(self) -> bytes:
        """The bytes to post."""
        body = self.parcel.body
        return body[: len(body) // 2] if isinstance(self.fault, MalformedRule) else body


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended.

    Attributes:
        status: HTTP status; `None` where no answer came.
        ms: How long it took, in milliseconds of real time.
        error: Why it failed; `""` where it did not.
        answer: The beginning of the answer's body.
    """

    status: int | None = None
    ms: float = 0.0
    error: str = ""
    answer: str = ""


class Poster:
    """Makes attempts and writes them down."""

    def __init__(self, world: World, records: Records, transport: Transport) -> None:
        self._world = world
        self._records = records
        self._transport = transport

    async def post(self, attempt: Attempt) -> Outcome:
        """Make an attempt."""
        if isinstance(attempt.fault, UnreachableRule):
            return Outcome(error="the webhook cannot be reached (a fault)")
        pieces = attempt.fault.pieces if isinstance(attempt.fault, SplitBodyRule) else 1
        headers = {"content-type": "application/json", SIGNATURE_HEADER: self._signature(attempt)}
        request = Request("POST", attempt.webhook.url, headers, attempt.body, pieces=pieces)
        timeout, begun = self._world.rules.webhook_timeout, time.monotonic()
        try:
            response = await self._transport.send(request, answer_within=timeout)
        except TransportError as error:
            return Outcome(ms=_elapsed(begun), error=str(error))
        answer = response.body.decode(errors="replace")[:SHOWN]
        error = "" if response.status == _OK else f"answered {response.status}, not 200"
        return Outcome(response.status, _elapsed(begun), error, answer)

    def record(self, attempt: Attempt, outcome: Outcome, *, next_at: str | None = None) -> None:
        """Write down how an attempt ended, and when the next is due."""
        row = self._row(attempt, outcome, next_at)
        self._records.delivery(row, event_id=attempt.parcel.event_id)

    def lose(self, attempt: Attempt) -> None:
        """Show people that a delivery was lost. Nothing went over the wire."""
        self._records.show_delivery(self._row(attempt, Outcome(error="lost (a fault)"), None))

    def _row(self, attempt: Attempt, outcome: Outcome, next_at: str | None) -> DeliveryRow:
        body = attempt.body
        return DeliveryRow(
            at=self._world.timestamp(),
            kind="event",
            delivery_id=attempt.parcel.delivery_id,
            for_user_id=attempt.parcel.for_user_id or None,
            url=attempt.webhook.url,
            attempt=attempt.n,
            status=outcome.status,
            ms=outcome.ms,
            error=outcome.error or None,
            next_at=next_at,
            signature=self._signature(attempt),
            request_body=msgspec.Raw(
                msgspec.json.encode({"malformed": body.decode(errors="replace")})
                if isinstance(attempt.fault, MalformedRule)
                else body
            ),
            response_body=outcome.answer,
            fault=None if attempt.fault is None else attempt.fault.effect,
        )

    def _signature(self, attempt: Attempt) -> str:
        secret = self._world.apps[attempt.webhook.app_id].consumer_secret
        if isinstance(attempt.fault, CorruptSignatureRule):
            secret = f"not {secret}"
        return signing.signature_of(attempt.body, secret).decode()


def _elapsed(begun: float) -> float:
    return round(timedelta(seconds=time.monotonic() - begun) / timedelta(milliseconds=1), 1)
