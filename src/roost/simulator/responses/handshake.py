"""The three-legged flow as an app sees it: a request token, and what it is exchanged for.

Source: https://docs.x.com/resources/fundamentals/authentication/oauth-1-0a
/obtaining-user-access-tokens (docs of 2026-08-22).
"""

from __future__ import annotations

from urllib.parse import urlencode

from roost.simulator import callbacks, granting
from roost.simulator.calls import FORM, Answer, json_answer
from roost.simulator.entries import AccessLevel
from roost.simulator.refusals import refusal
from roost.simulator.registry import ApiCall, responds
from roost.simulator.simulation import Simulation
from roost.xapi.wire_oauth import InvalidatedToken


@responds("oauth.request_token")
@responds("oauth.request_token.get")
async def request_token(simulation: Simulation, asked: ApiCall) -> Answer:
    """Begin: give an app a token to send a user to the authorize page with."""
    app = simulation.world.apps[asked.caller.app_id]
    handshake = simulation.world.handshakes.begin(
        app.app_id,
        callback=callbacks.approved(app, asked.caller.oauth.get("oauth_callback", "")),
        access_level=_level(app.access_level, asked.call.parameter("x_auth_access_type")),
    )
    return _form(
        oauth_token=handshake.token,
        oauth_token_secret=handshake.secret,
        oauth_callback_confirmed="true",
    )


@responds("oauth.access_token")
@responds("oauth.access_token.get")
async def access_token(simulation: Simulation, asked: ApiCall) -> Answer:
    """End: exchange a request token, and the verifier or PIN, for a user's token. Once."""
    world, oauth = simulation.world, asked.caller.oauth
    handshake = world.handshakes.find(oauth["oauth_token"])
    verifier = oauth.get("oauth_verifier") or asked.call.parameter("oauth_verifier")
    if handshake is None or not handshake.is_verified_by(verifier.strip()):
        raise refusal(32, reason="oauth_verifier is missing or wrong, or nobody has agreed")
    world.handshakes.end(handshake)
    user, app = world.users[handshake.user_id], world.apps[handshake.app_id]
    token = granting.grant(simulation, user, app, handshake.access_level)
    return _form(
        oauth_token=token.access_token,
        oauth_token_secret=token.access_token_secret,
        user_id=user.user_id,
        screen_name=user.screen_name,
    )


@responds("oauth.invalidate_token")
async def invalidate_token(simulation: Simulation, asked: ApiCall) -> Answer:
    """Take back the token the call is signed with, as its user could in X's settings."""
    world, caller = simulation.world, asked.caller
    granting.revoke(simulation, world.users[caller.user_id], world.apps[caller.app_id])
    return json_answer(InvalidatedToken(caller.oauth["oauth_token"]))


def _level(most: AccessLevel, wanted: str) -> AccessLevel:
    """Give what a token may do: `read` and `write` ask for less than the app may."""
    if most == "read" or wanted == "read":
        return "read"
    return "read-write" if wanted == "write" else most


def _form(**fields: str) -> Answer:
    content_type = {"content-type": f"{FORM}; charset=utf-8", "cache-control": "no-store"}
    return Answer(200, urlencode(fields).encode(), content_type)
