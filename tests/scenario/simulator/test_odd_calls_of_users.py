"""Calls no client should make: X's error body or an answer, and never a fault of the server."""

from __future__ import annotations

import asyncio
from urllib.parse import quote, urlencode

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roost.simulator.api import Api
from roost.simulator.app import Simulator
from roost.simulator.calls import FORM, JSON, Call
from roost.simulator.clock import SystemClock
from roost.simulator.entries import AppEntry, Rules, TokenEntry, UserEntry, WorldFile
from roost.xapi import oauth1
from roost.xapi.routes import ROUTES, oauth, posts, relations, users
from roost.xapi.routes.route import Auth, Route

OURS = (
    *oauth.ROUTES,
    *users.ROUTES,
    *relations.ROUTES,
    *posts.ROUTES,
    *(
        ROUTES[name]
        for name in (
            "dm.indicate_typing",
            "dm.mark_read",
            "dm.events.destroy",
            "subscriptions.list",
            "subscriptions.count",
            "subscriptions.remove_own",
        )
    ),
)
NAMES = (
    *("user_id", "screen_name", "source_id", "target_id", "target_screen_name", "id", "count"),
    *("cursor", "stringify_ids", "resources", "status", "in_reply_to_status_id", "attachment_url"),
    *("auto_populate_reply_metadata", "exclude_reply_user_ids", "media_ids", "trim_user"),
    *("tweet_mode", "enable_dmcommands", "recipient_id", "last_read_event_id", "access_token"),
    *("x_auth_access_type", "decision", "force_login", "include_email", "skip_status"),
)
VALUES = st.one_of(
    st.sampled_from(["1001", "2002", "acme", "@ada", "true", "extended", "-1", "0", "x", ""]),
    st.sampled_from(["d ada hi", "https://x.com/messages/compose?recipient_id=1001", "9" * 20]),
    st.text(max_size=300),
)
PARAMETERS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5)
OAUTH = st.dictionaries(st.sampled_from(["oauth_callback", "oauth_verifier"]), VALUES)
BODIES = st.one_of(
    st.none(),
    PARAMETERS.map(msgspec.json.encode),
    st.binary(max_size=60),
    st.sampled_from(
        [b"[" * 5_000, b'{"status": {"a": 1}}', b"null", b'{"id": NaN}', b'{"id": 1e9}']
    ),
)
APP = AppEntry(app_id="1", consumer_secret="s", callback_urls=("http://127.0.0.1:1/back",))
WORLD = WorldFile(
    format=1,
    apps=(APP,),
    users=(
        UserEntry(user_id="1001", screen_name="acme", tokens=(TokenEntry(app_id="1"),)),
        UserEntry(user_id="2002", screen_name="ada", follows=("1001",)),
    ),
    rules=Rules(limits="off"),
)


def signed(
    route: Route, parameters: dict[str, str], body: bytes | None, tokens: tuple[str, str]
) -> Call:
    """Make a call whose signature is right, so that what is odd reaches the response."""
    path = route.path.replace("{env_name}", "prod").replace("{id}", parameters.get("id") or "0")
    url = f"http://127.0.0.1{path}"
    who = oauth1.Credentials(APP.consumer_key, APP.consumer_secret, *tokens)
    if Auth.OAUTH1_APP in route.auth:
        who = oauth1.Credentials(APP.consumer_key, APP.consumer_secret)
    header = oauth1.authorization(
        route.method, url, who, parameters_signed=[*parameters.items()], now=SystemClock().now()
    )
    if route.auth == {Auth.APP}:
        header = f"Bearer {APP.bearer_token}"
    query = urlencode(parameters, quote_via=quote)
    headers = {"authorization": header, "content-type": FORM if body is None else JSON}
    return Call(route.method, url, path, query, headers, body or b"")


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(OURS), PARAMETERS, OAUTH, BODIES)
def test_no_call_is_answered_with_a_fault(route: Route, parameters, protocol, body):
    async def ask():
        async with Simulator(WORLD) as simulator:
            world = simulator.simulation.world
            handshake = world.handshakes.begin("1", callback="oob", access_level="read")
            entry = world.users["1001"].tokens[0]
            tokens = (entry.access_token, entry.access_token_secret)
            if Auth.OAUTH1_REQUEST in route.auth:
                tokens = (handshake.token, handshake.secret)
            call = signed(route, {**parameters, **protocol}, body, tokens)
            return await Api(simulator.simulation).answer(call)

    answer = asyncio.run(ask())

    assert answer.status < 500
    if answer.status >= 400 and answer.headers["content-type"].startswith(JSON):
        fault = msgspec.json.decode(answer.body)
        assert fault.keys() & {"errors", "error"}
