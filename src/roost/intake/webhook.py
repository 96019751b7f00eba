"""The webhook: verify, decode, store; only then 200. A raw ASGI callable, for speed.

X asks for an answer within 3 s, and a redirect, a compressed answer or an error on this path stops
its deliveries. Source: https://docs.x.com/x-api/webhooks/introduction (docs of 2026-08-22).
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypedDict

import structlog

from roost.errors import (
    DiskTrouble,
    InvalidChallenge,
    InvalidSignature,
    MalformedDelivery,
    StoreUnavailable,
)
from roost.intake.health import Health
from roost.ports import Clock, Delivery, Inbox, Probe
from roost.xapi import envelope, signing
from roost.xapi.envelope import Decoded
from roost.xapi.signing import VerifiedBody

MAX_BODY_BYTES = 1_048_576
"""Larger deliveries are refused with 413 and not read to their end."""

COMMIT_WITHIN = timedelta(seconds=2)
"""For the commit; after that X is told 503 and delivers again."""

BODY_WITHIN = timedelta(seconds=10)
"""For a delivery to arrive whole; after that its connection is not worth keeping."""

_log = structlog.stdlib.get_logger("roost.intake")
_JSON = (b"content-type", b"application/json")
_NO_SNIFF = (b"x-content-type-options", b"nosniff")


class Scope(TypedDict):
    """The parts of an ASGI HTTP scope that are read here."""

    method: str
    path: str
    query_string: bytes
    headers: Iterable[tuple[bytes, bytes]]


Receive = Callable[[], Awaitable[Mapping[str, object]]]
Send = Callable[[dict[str, object]], Awaitable[None]]


class Stored(Protocol):
    """Told after each commit that something new waits."""

    def __call__(self) -> None:
        """Wake whoever files events. Must not block."""
        ...


@dataclass(frozen=True, slots=True)
class WebhookApp:
    """An app whose deliveries are accepted.

    Attributes:
        app_key: Ours.
        consumer_secrets: Every active one, newest first.
        place: What the environment behind the path is called; `""` for the app's own key.
    """

    app_key: str
    consumer_secrets: tuple[str, ...]
    place: str = ""


class WebhookIntake:
    """Accepts deliveries and answers challenges.

    Args:
        inbox: Where deliveries are stored before they are acknowledged.
        apps: The app behind each webhook path.
        clock: Stamps what is received.
        probe: Marks the steps.
        health: Told what came in and what could not be taken.
        on_stored: Called after each commit that stored something new.
    """

    def __init__(
        self,
        *,
        inbox: Inbox,
        apps: Mapping[str, WebhookApp],
        clock: Clock,
        probe: Probe,
        health: Health,
        on_stored: Stored,
    ) -> None:
        self._inbox = inbox
        self._apps = apps
        self._clock = clock
        self._probe = probe
        self._health = health
        self._on_stored = on_stored

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        app = self._apps.get(scope["path"])
        if app is None:
            await _answer(send, 404)
        elif scope["method"] == "POST":
            await self._deliver(app, scope, receive, send)
        elif scope["method"] == "GET":
            await self._challenge(app, scope, send)
        else:
            await _answer(send, 405)

    async def _challenge(self, app: WebhookApp, scope: Scope, send: Send) -> None:
        """Answer a CRC; touches no database, so that it works while everything else is down."""
        try:
            body = signing.answer_challenge(
                scope["query_string"],
                signature=_signature_in(scope),
                consumer_secrets=app.consumer_secrets,
            )
        except InvalidChallenge as error:
            _log.warning("challenge refused", app=app.app_key, reason=str(error))
            self._reject(app, "challenge cannot be answered")
            await _answer(send, 400)
            return
        self._health.challenged(app.place or app.app_key, self._clock.now())
        await _answer(send, 200, body)

    async def _deliver(self, app: WebhookApp, scope: Scope, receive: Receive, send: Send) -> None:
        status, body = await _read_body(scope, receive)
        if status == _GONE:
            return
        if status == _WHOLE:
            status = await self._accept(app, body, _signature_in(scope))
        else:
            _log.warning("delivery refused", app=app.app_key, reason=f"answered {status}")
            self._reject(app, _REFUSALS[status])
        await _answer(send, status)
        if status == _ACCEPTED:
            self._probe.at("intake.answered")
            self._on_stored()

    async def _accept(self, app: WebhookApp, body: bytes, signature: bytes | None) -> int:
        try:
            verified = signing.verify(
                body, signature=signature, consumer_secrets=app.consumer_secrets
            )
        except InvalidSignature:
            reason = "signature missing" if signature is None else "signature does not fit"
            _log.warning("delivery refused", app=app.app_key, reason=reason, size=len(body))
            self._reject(app, reason)
            return 401
        self._probe.at("intake.verified")
        delivery = self._delivery(app, verified)
        try:
            async with asyncio.timeout(COMMIT_WITHIN.total_seconds()):
                await self._inbox.put(delivery)
        except (TimeoutError, StoreUnavailable) as error:
            trouble = error.trouble if isinstance(error, DiskTrouble) else type(error).__name__
            _log.error("delivery not stored", app=app.app_key, reason=trouble)
            self._health.refused(delivery.account_id, delivery.received_at)
            return 503
        self._health.delivered(delivery.account_id, delivery.received_at)
        self._probe.at("intake.committed")
        return _ACCEPTED

    def _reject(self, app: WebhookApp, reason: str) -> None:
        self._health.rejections.note(app.app_key, reason, self._clock.now())

    def _delivery(self, app: WebhookApp, verified: VerifiedBody) -> Delivery:
        received_at = self._clock.now()
        decoded: Decoded
        try:
            decoded = envelope.decode(verified, received_at=received_at)
        except MalformedDelivery:
            decoded = envelope.malformed(verified, received_at=received_at)
        trace_id = secrets.token_hex(16)
        return Delivery(
            delivery_id=f"{int(received_at.timestamp() * 1000):013d}-{trace_id[:8]}",
            app_key=app.app_key,
            account_id=decoded.account_id,
            trace_id=trace_id,
            received_at=received_at,
            body=verified.body,
            events=decoded.events,
        )


_ACCEPTED, _WHOLE, _GONE = 200, 0, -1
_REFUSALS = {
    408: "not whole in time",
    413: f"larger than {MAX_BODY_BYTES} bytes",
    415: "compressed",
}
"""By status, what is said of a delivery that was not read."""


def _signature_in(scope: Scope) -> bytes | None:
    found = [value for name, value in scope["headers"] if name == signing.SIGNATURE_HEADER]
    return found[0] if len(found) == 1 else None


async def _read_body(scope: Scope, receive: Receive) -> tuple[int, bytes]:
    """Read a whole body, or say which status refuses it (`_GONE`: nobody to answer)."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > MAX_BODY_BYTES:
            return 413, b""
        if name == b"content-encoding" and value.strip().lower() not in {b"", b"identity"}:
            return 415, b""
    try:
        async with asyncio.timeout(BODY_WITHIN.total_seconds()):
            return await _read_chunks(receive)
    except TimeoutError:
        return 408, b""


async def _read_chunks(receive: Receive) -> tuple[int, bytes]:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return _GONE, b""
        chunk = message.get("body", b"")
        if isinstance(chunk, bytes):
            chunks.append(chunk)
            size += len(chunk)
        if size > MAX_BODY_BYTES:
            return 413, b""
        if not message.get("more_body"):
            return _WHOLE, chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def _answer(send: Send, status: int, body: bytes = b"") -> None:
    headers = [(b"content-length", str(len(body)).encode()), _NO_SNIFF]
    if body:
        headers.append(_JSON)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
