"""Tokens: what browsers and links hold, of which we keep nothing but a digest."""

from __future__ import annotations

import hashlib
import hmac
import secrets

_BYTES = 32


def new() -> str:
    """Make a token of 256 random bits, safe in URLs and cookies."""
    return secrets.token_urlsafe(_BYTES)


def digest(token: str) -> str:
    """Give what a token is stored under. A token is random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_of(token: str) -> str:
    """Give what a page proves with that it can read our answers: it follows from its session."""
    return hmac.digest(token.encode(), b"roost csrf", hashlib.sha256).hex()


def is_csrf_of(token: str, given: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(csrf_of(token).encode(), given.encode())
