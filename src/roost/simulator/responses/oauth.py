"""Tokens: an app's bearer token.

Source: https://docs.x.com/resources/fundamentals/authentication/oauth-2-0/bearer-tokens (docs of
2026-08-22).
"""

from __future__ import annotations

import base64
import binascii
import hmac
from urllib.parse import unquote

from roost.simulator.calls import Answer, json_answer
from roost.simulator.entries import AppEntry
from roost.simulator.refusals import Refusal, refusal
from roost.simulator.registry import ApiCall, responds
from roost.simulator.simulation import Simulation
from roost.xapi.wire_oauth import BearerToken


@responds("oauth2.token")
async def token(simulation: Simulation, asked: ApiCall) -> Answer:
    """Give an app its bearer token, always the same one."""
    key, secret = _basic(asked.call.headers.get("authorization", ""))
    app = simulation.world.app_by_consumer_key(key)
    app = app or simulation.world.app_by_consumer_key(unquote(key))
    if app is None or not _is_secret(app, secret):
        raise _unverified("unknown consumer key, or wrong secret")
    if asked.call.parameter("grant_type") != "client_credentials":
        raise _unverified("grant_type is not client_credentials")
    return json_answer(BearerToken("bearer", app.bearer_token))


def _basic(header: str) -> tuple[str, str]:
    scheme, _, credentials = header.partition(" ")
    try:
        text = base64.b64decode(credentials.strip(), validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise _unverified("the Authorization header is not Basic") from error
    if scheme.lower() != "basic" or ":" not in text:
        raise _unverified("the Authorization header is not Basic")
    key, _, secret = text.partition(":")
    return key, secret


def _is_secret(app: AppEntry, secret: str) -> bool:
    """Compare as it came and percent-decoded: X asks for the latter, clients do both."""
    expected = app.consumer_secret.encode()
    return hmac.compare_digest(expected, secret.encode()) or hmac.compare_digest(
        expected, unquote(secret).encode()
    )


def _unverified(reason: str) -> Refusal:
    return refusal(
        99,
        message="Unable to verify your credentials",
        label="authenticity_token_error",
        reason=reason,
    )
