"""OAuth 1.0a request signatures. The mathematics is Authlib's; this only says what goes in.

Source: https://docs.x.com/resources/fundamentals/authentication/oauth-1-0a (docs of 2026-08-22).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from authlib.oauth1.rfc5849 import parameters
from authlib.oauth1.rfc5849 import signature as rfc5849
from authlib.oauth1.rfc5849.util import escape


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who signs: an app, and, for user context, one user's token for it.

    Attributes:
        consumer_key: The app's API key.
        consumer_secret: The app's API key secret; never shown in `repr`.
        token: The user's access token; `""` before there is one.
        token_secret: Its secret; never shown in `repr`.
    """

    consumer_key: str
    consumer_secret: str = field(repr=False)
    token: str = ""
    token_secret: str = field(default="", repr=False)


def authorization(
    method: str,
    url: str,
    credentials: Credentials,
    *,
    parameters_signed: Sequence[tuple[str, str]] = (),
    protocol: Sequence[tuple[str, str]] = (),
    now: datetime,
) -> str:
    """Make the `Authorization` header of one request.

    Args:
        method: HTTP method.
        url: The URL called, without its query.
        credentials: Who signs.
        parameters_signed: Query and urlencoded body parameters, unencoded. JSON and multipart
            bodies are not signed.
        protocol: Further parameters of the header, such as `oauth_callback`, unencoded.
        now: X refuses a time far from its own; seconds are what counts.

    Returns:
        The header's value, beginning `OAuth `.
    """
    oauth = [
        ("oauth_consumer_key", credentials.consumer_key),
        ("oauth_nonce", secrets.token_hex(16)),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", str(int(now.timestamp()))),
        ("oauth_version", "1.0"),
        *protocol,
    ]
    if credentials.token:
        oauth.append(("oauth_token", credentials.token))
    base = _base_string(method, url, [*parameters_signed, *oauth])
    signed = rfc5849.hmac_sha1_signature(
        base, credentials.consumer_secret, credentials.token_secret
    )
    headers = parameters.prepare_headers([*oauth, ("oauth_signature", signed)], {})
    return headers["Authorization"]


def _base_string(method: str, url: str, signed: Sequence[tuple[str, str]]) -> str:
    """Join Authlib's normal forms.

    Its own `construct_base_string` unescapes the values of `oauth_*`, which are not escaped here,
    and leaves out a parameter called `realm`.
    """
    address = rfc5849.normalize_base_string_uri(url)
    pairs = rfc5849.normalize_parameters(signed)
    return "&".join(escape(part) for part in (method.upper(), address, pairs))
