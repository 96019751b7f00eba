"""Webhook signatures and challenges: what proves that X is speaking, and that we are us.

Source: https://docs.x.com/x-api/webhooks/introduction (docs of 2026-08-22).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from roost.errors import InvalidChallenge, InvalidSignature

SIGNATURE_HEADER = b"x-twitter-webhooks-signature"
"""Header, in lower case, that carries a delivery's or a challenge's signature."""

_PREFIX = b"sha256="
_DIGEST_BYTES = 32
# X's tokens are base64 text. Nothing that could be a delivery's body is ever signed: the answer to
# a challenge has the very construction of a delivery's signature.
_TOKEN = re.compile(r"[A-Za-z0-9+/=_-]{1,256}")


@dataclass(frozen=True, slots=True)
class VerifiedBody:
    """Bytes whose signature was right. Only `verify` makes one.

    Attributes:
        body: As received.
    """

    body: bytes


def signature_of(message: bytes, consumer_secret: str) -> bytes:
    """Sign as X does: `sha256=` and the base64 of HMAC-SHA256 under the consumer secret."""
    digest = hmac.digest(consumer_secret.encode(), message, "sha256")
    return _PREFIX + base64.b64encode(digest)


def verify(
    body: bytes, *, signature: bytes | None, consumer_secrets: Sequence[str]
) -> VerifiedBody:
    """Check a delivery's signature over its raw bytes, in constant time.

    Args:
        body: As received, before any parsing.
        signature: The header's value; `None` where it is missing.
        consumer_secrets: Every secret that is active; one that fits is enough.

    Raises:
        InvalidSignature: Missing, malformed or wrong. Says no more, so that nobody learns more.
    """
    if not _is_signed(body, signature, consumer_secrets):
        raise InvalidSignature("signature missing or wrong")
    return VerifiedBody(body)


def answer_challenge(
    query: bytes, *, signature: bytes | None, consumer_secrets: Sequence[str]
) -> bytes:
    """Answer X's challenge-response check (CRC).

    Args:
        query: The raw query string, as received.
        signature: The request's own signature header over that query; `None` where X sent none.
        consumer_secrets: Active secrets, newest first. The answer uses the one that verifies the
            request's signature, else the newest.

    Returns:
        A JSON body: `{"response_token":"sha256=…"}`.

    Raises:
        InvalidChallenge: The token is missing, repeated or not of X's shape, or the signature is
            wrong.
    """
    token = _token_in(query)
    secret = consumer_secrets[0]
    if signature is not None:
        fitting = [one for one in consumer_secrets if _is_signed(query, signature, [one])]
        if not fitting:
            raise InvalidChallenge("the challenge's own signature is wrong")
        secret = fitting[0]
    return b'{"response_token":"' + signature_of(token.encode(), secret) + b'"}'


def _token_in(query: bytes) -> str:
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise InvalidChallenge("the query is not well-formed") from error
    tokens = [value for name, value in pairs if name == "crc_token"]
    if len(tokens) != 1:
        raise InvalidChallenge(f"crc_token must be given once, found {len(tokens)}")
    if not _TOKEN.fullmatch(tokens[0]):
        raise InvalidChallenge(
            "crc_token is not base64 text of 1 to 256 characters"
            f" (found {len(tokens[0])} characters)"
        )
    return tokens[0]


def _is_signed(message: bytes, signature: bytes | None, consumer_secrets: Sequence[str]) -> bool:
    if signature is None or not signature.startswith(_PREFIX):
        return False
    try:
        claimed = base64.b64decode(signature[len(_PREFIX) :], validate=True)
    except binascii.Error:
        return False
    if len(claimed) != _DIGEST_BYTES:
        return False
    fits = False
    for secret in consumer_secrets:
        digest = hmac.digest(secret.encode(), message, "sha256")
        fits |= hmac.compare_digest(digest, claimed)
    return fits
