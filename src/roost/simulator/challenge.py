"""The challenge-response check (CRC): does a webhook know its app's secret?

Source: https://docs.x.com/x-api/webhooks/introduction (docs of 2026-08-22).
"""

from __future__ import annotations

import base64
import gzip
import hmac
import secrets
import ssl
import time
import zlib
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote, urlsplit, urlunsplit

import msgspec

from roost.errors import TransportError
from roost.xapi import signing
from roost.xapi.transport import Request, Response, Transport

WRONG_ANSWER = (
    "Webhook URL does not meet the requirements. Invalid CRC token or json response format."
)
TOO_SLOW = "High latency on CRC GET request. Your webhook should respond in less than 3 seconds."
NOT_200 = "Non-200 response code during CRC GET request (i.e. 404, 500, etc)."
REFUSED_URL = "Webhook URL does not meet the requirements."

SIGNATURE_HEADER = signing.SIGNATURE_HEADER.decode()
SHOWN = 2_000
"""Characters of an answer kept for people."""

_TOKEN_BYTES = 31  # base64 of it needs a "=", which a webhook has to decode
_NONCE_BYTES = 16
_GZIP_MAGIC = b"\x1f\x8b"
_LARGEST_ANSWER = 65_536
_OK = 200


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a challenge ended.

    Attributes:
        problem: X's text for it; `""` where the webhook passed.
        is_final: Whether a failure makes the webhook invalid at once. Others are transient.
        query: What was asked.
        signature: Over the query's bytes.
        status: HTTP status; `None` where no answer came.
        ms: Milliseconds it took.
        answer: The body's beginning.
        error: What happened, for people; `""` where it passed.
    """

    problem: str
    is_final: bool
    query: str
    signature: str
    status: int | None
    ms: float
    answer: str
    error: str


class _Answer(msgspec.Struct):
    response_token: str


async def challenge(
    transport: Transport, url: str, *, consumer_secret: str, within: timedelta
) -> Verdict:
    """Ask a webhook for the HMAC of a token, and judge its answer.

    Args:
        transport: The way there.
        url: The webhook; where it has a query, the challenge is added to it.
        consumer_secret: The app's.
        within: How long it may take, in real time.
    """
    token = base64.b64encode(secrets.token_bytes(_TOKEN_BYTES)).decode()
    parts = urlsplit(url)
    asked = f"crc_token={quote(token, safe='')}&nonce={secrets.token_urlsafe(_NONCE_BYTES)}"
    query = f"{parts.query}&{asked}" if parts.query else asked
    signature = signing.signature_of(query.encode(), consumer_secret).decode()
    request = Request(
        "GET",
        urlunsplit(parts._replace(query=query)),
        {SIGNATURE_HEADER: signature, "accept": "application/json"},
    )
    begun = time.monotonic()
    try:
        response = await transport.send(request, answer_within=within)
    except TransportError as error:
        ms = _elapsed(begun)
        problem, is_final = _lost(error)
        return Verdict(problem, is_final, query, signature, None, ms, "", str(error))
    problem, is_final = _judge(response, signing.signature_of(token.encode(), consumer_secret))
    shown = response.body.decode(errors="replace")[:SHOWN]
    ms = _elapsed(begun)
    return Verdict(problem, is_final, query, signature, response.status, ms, shown, problem)


def _elapsed(begun: float) -> float:
    return round((time.monotonic() - begun) * 1_000, 1)


def _lost(error: TransportError) -> tuple[str, bool]:
    cause = error.__cause__
    if isinstance(cause, TimeoutError):
        return TOO_SLOW, False
    if isinstance(cause, ssl.SSLError):
        return REFUSED_URL, True
    return NOT_200, False


def _judge(response: Response, expected: bytes) -> tuple[str, bool]:
    if response.status != _OK:
        kind = response.status // 100
        return NOT_200, kind not in {2, 4, 5}
    try:
        found = msgspec.json.decode(_decompressed(response), type=_Answer).response_token
    except (msgspec.DecodeError, RecursionError, ValueError, EOFError, OSError, zlib.error):
        return WRONG_ANSWER, True
    if not hmac.compare_digest(found.encode(), expected):
        return WRONG_ANSWER, True
    return "", False


def _decompressed(response: Response) -> bytes:
    is_declared = response.headers.get("content-encoding", "identity").lower() == "gzip"
    if is_declared != response.body.startswith(_GZIP_MAGIC):
        raise ValueError("gzip declared and not used, or the reverse")
    if len(response.body) > _LARGEST_ANSWER:
        raise ValueError("too long to be an answer to a challenge")
    return gzip.decompress(response.body) if is_declared else response.body
