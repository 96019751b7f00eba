"""Tokens as X writes them.

Source: https://docs.x.com/resources/fundamentals/authentication/oauth-2-0/bearer-tokens (docs of
2026-08-22).
"""

from __future__ import annotations

import msgspec


class BearerToken(msgspec.Struct, frozen=True):
    """An app's bearer token; `token_type` is `bearer`. Never log it."""

    token_type: str
    access_token: str

    def __repr__(self) -> str:
        """Hide the token."""
        return f"BearerToken(token_type={self.token_type!r}, access_token=****)"


class InvalidatedToken(msgspec.Struct, frozen=True):
    """A token that is no longer good for anything."""

    access_token: str
