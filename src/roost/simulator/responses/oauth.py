"""Tokens: an app's bearer token, given and taken back.

Source: https://docs.x.com/resources/fundamentals/authentication/oauth-2-0/bearer-tokens (docs of
2026-08-22).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from urllib.parse import unquote

from msgspec.structs import replace

from roost.simulator.calls import JSON, Answer, json_answer
from roost.simulator.entries import AppEntry
from roost.simulator.refusals import Refusal, refusal
from roost.simulator.registry import ApiCall, responds
from roost.simulator.simulation import Simulation
from roost.simulator.world import World
from roost.xapi.wire_oauth import BearerToken, InvalidatedToken


@responds("oauth2.token")
async def token(simulation: Simulation, asked: ApiCall) -> Answer:
    """Give an app its bearer token, always the same one."""
    app = _app(simulation.world, asked)
    if asked.call.media_type == JSON:
        raise _unverified("the body is JSON where a form belongs")
    if asked.call.parameter("grant_type") != "client_credentials":
        raise _unverified("grant_type is not client_credentials")
    return json_answer(BearerToken("bearer", app.bearer_token))


@responds("oauth2.invalidate_token")
async def invalidate(simulation: Simulation, asked: ApiCall) -> Answer:
    """Take an app's bearer token back; asked for again, the app gets another one.

    Proved with key and secret, or with the app owner's token: X's pages name both.
    """
    world, caller = simulation.world, asked.caller
    app = world.apps[caller.app_id] if caller.app_id else _app(world, asked)
    if caller.user_id and app.owner_id not in {"", caller.user_id}:
        raise refusal(200, reason="the token is not the app owner's")
    token = asked.call.parameter("access_token")
    # A token of X is percent-encoded where it is given out, and clients send it back as it came.
    if not {token, unquote(token)} & {app.bearer_token, unquote(app.bearer_token)}:
        raise refusal(89, reason="not this app's bearer token")
    world.apps[app.app_id] = replace(app, bearer_token=f"AAAA{secrets.token_hex(48)}")
    return json_answer(InvalidatedToken(app.bearer_token))


def _app(world: World, asked: ApiCall) -> AppEntry:
    key, secret = _basic(asked.call.headers.get("authorization", ""))
    app = world.app_by_consumer_key(key)
    app = app or world.app_by_consumer_key(unquote(key))
    if app is None or not _is_secret(app, secret):
        raise _unverified("unknown consumer key, or wrong secret")
    return app


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
