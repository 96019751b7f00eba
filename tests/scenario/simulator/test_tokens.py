"""Tokens: what they may do, and how they are taken back."""

from __future__ import annotations

import pytest
from tests.scenario.simulator.legs import ME, Legs, world

from roost.simulator.entries import TokenEntry
from roost.xapi import oauth1


@pytest.fixture
async def flow(stage):
    """A simulator with an app that may be called back, and pages for people."""
    return await stage.simulator(world(stage))


@pytest.fixture
def legs(flow) -> Legs:
    return Legs(flow, flow.app)


async def test_a_token_given_and_taken_back_by_hand(flow):
    token = (await flow.act("2002", "authorize_app", app_id="13090192")).json["id"]
    again = (await flow.act("2002", "authorize_app", app_id="13090192")).json["id"]
    (entry,) = flow.simulator.simulation.world.users["2002"].tokens
    who = oauth1.Credentials(
        flow.app.consumer_key, flow.app.consumer_secret, token, entry.access_token_secret
    )

    assert token == again
    assert (await flow.call("GET", ME, who=who)).json["id_str"] == "2002"
    assert (await flow.act("2002", "revoke_app", app_id="13090192")).status == 200
    assert (await flow.call("GET", ME, who=who)).fault == (401, 89, "Invalid or expired token.")
    for action, app_id in [("revoke_app", "13090192"), ("revoke_app", ""), ("authorize_app", "5")]:
        answer = await flow.act("2002", action, app_id=app_id)
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, "app_id")


async def test_a_token_takes_itself_back(stage):
    x, hook = await stage.subscribed("1001")
    path = "/1.1/oauth/invalidate_token.json"

    answer = await x.form(path)
    await x.deliveries(1)

    assert (answer.status, answer.json) == (200, {"access_token": "1001-token-13090192"})
    assert (await x.form(path)).fault[:2] == (401, 89)
    assert hook.received[0].json.keys() == {"user_event"}


@pytest.mark.parametrize(
    ("wanted", "level"),
    [("read", "read"), ("write", "read-write"), ("", "read-write-directmessages")],
)
async def test_less_than_the_app_may_can_be_asked_for(legs, wanted: str, level: str):
    who = await legs.whole("2002", **({"x_auth_access_type": wanted} if wanted else {}))

    me = await legs.x.call("GET", ME, who=who)

    assert me.headers["x-access-level"] == level
    sent = await legs.x.send(to="1002", who=who)
    assert sent.status == (403 if wanted else 200)


async def test_what_an_app_may_does_not_change_what_its_tokens_may(stage):
    x = await stage.simulator(world(stage, access_level="read-write"))
    legs = Legs(x, x.app)
    old = await legs.whole("2002")
    apps = x.simulator.simulation.world.apps
    apps["13090192"] = stage.replace(apps["13090192"], access_level="read-write-directmessages")

    assert (await x.send(to="1002", who=old)).fault[:2] == (403, 93)
    new = await legs.whole("2002")
    assert (await x.send(to="1002", who=new)).status == 200
    assert (await x.call("GET", ME, who=old)).fault[:2] == (401, 89)


async def test_request_tokens_end_with_their_world(flow):
    legs = Legs(flow, flow.app)
    token = (await legs.begin())["oauth_token"]

    await flow.control("POST", "/reset")

    assert (await legs.page(oauth_token=token)).status == 401


async def test_a_world_file_gives_tokens_levels(stage):
    before = stage.world()
    weak = TokenEntry(app_id="13090192", access_level="read")
    user = stage.replace(before.users[1], tokens=(weak,))
    x = await stage.simulator(stage.replace(before, users=(before.users[0], user)))

    answer = await x.call("GET", ME, who=x.signed("1002"))

    assert answer.headers["x-access-level"] == "read"


INVALIDATE = "/oauth2/invalidate_token"
BASIC = "Basic Y29uc3VtZXIta2V5LTEzMDkwMTkyOnRlc3QtY29uc3VtZXItc2VjcmV0"
BEARER = "bearer-token-13090192"


@pytest.mark.parametrize("proof", ["basic", "owner"])
async def test_a_bearer_token_is_taken_back_and_another_one_given(x, proof: str):
    who = BASIC if proof == "basic" else x.signed()
    query = {"access_token": BEARER}
    show, ada = "/1.1/users/show.json", {"user_id": "2002"}

    answer = await x.call("POST", INVALIDATE, query=query, who=who)
    old = await x.call("GET", show, query=ada, who=f"Bearer {BEARER}")
    given = await x.call(
        "POST", "/oauth2/token", query={"grant_type": "client_credentials"}, who=BASIC
    )
    new = await x.call("GET", show, query=ada, who=f"Bearer {given.json['access_token']}")

    assert (answer.status, answer.json) == (200, {"access_token": BEARER})
    assert old.fault[:2] == (401, 89)
    assert new.status == 200


async def test_a_bearer_token_is_not_taken_back_by_others(x):
    query = {"access_token": BEARER}

    assert (await x.call("POST", INVALIDATE, query=query, who="")).fault[:2] == (403, 99)
    wrong = await x.call("POST", INVALIDATE, query=query, who=f"{BASIC}x")
    assert wrong.fault[:2] == (403, 99)
    other = await x.call("POST", INVALIDATE, query=query, who=x.signed("1002"))
    assert other.fault[:2] == (403, 200)
    unknown = await x.call("POST", INVALIDATE, query={"access_token": "x"}, who=BASIC)
    assert unknown.fault[:2] == (401, 89)
    wrongly = oauth1.Credentials(x.app.consumer_key, "wrong", x.signed().token, "x")
    signed = await x.call("POST", INVALIDATE, query=query, who=wrongly)
    assert signed.fault[:2] == (401, 32)
