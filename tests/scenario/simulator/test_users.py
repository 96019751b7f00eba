"""Users, oneself among them, and how far limits are used up."""

from __future__ import annotations

import pytest

from roost.simulator.entries import Rules

ME = "/1.1/account/verify_credentials.json"
SHOW = "/1.1/users/show.json"
LOOKUP = "/1.1/users/lookup.json"
LIMITS = "/1.1/application/rate_limit_status.json"
BEARER = "Bearer bearer-token-13090192"


async def test_one_sees_oneself_with_ones_latest_post(x):
    before = (await x.get(ME)).json
    await x.form("/1.1/statuses/update.json", status="Hello")

    after = (await x.get(ME)).json
    short = (await x.get(ME, skip_status="true", include_entities="false")).json

    assert (before["id"], before["id_str"], before["screen_name"]) == (1001, "1001", "acme")
    assert "status" not in before
    assert "email" not in before
    assert before["created_at"] == "Fri Jan 01 00:00:00 +0000 2010"
    assert before["entities"] == {"description": {"urls": []}}
    assert after["status"]["text"] == "Hello"
    assert "user" not in after["status"]
    assert after["statuses_count"] == 1
    assert not short.keys() & {"status", "entities"}
    assert (await x.get(ME, include_email="true")).json["email"] is None


@pytest.mark.parametrize("text", ["hi @ada", "a #tag", "$ABC", "see https://a.example/x"])
async def test_a_latest_post_may_mention_tag_and_link(x, text):
    posted = (await x.form("/1.1/statuses/update.json", status=text)).json

    me = await x.get(ME)
    found = await x.get(LOOKUP, user_id="1001")

    assert (me.status, found.status) == (200, 200)
    assert me.json["status"]["entities"] == posted["entities"]
    assert found.json[0]["status"]["id_str"] == posted["id_str"]


@pytest.mark.parametrize("who", [None, BEARER])
@pytest.mark.parametrize(
    "query", [{"user_id": "2002"}, {"screen_name": "ADA"}, {"screen_name": "@ada"}]
)
async def test_a_user_is_shown_by_id_or_handle_to_users_and_apps(x, query, who):
    shown = await x.call("GET", SHOW, query=query, who=who)

    assert (shown.status, shown.json["name"]) == (200, "Ada Lovelace")


async def test_users_that_cannot_be_shown(stage):
    world = stage.world()
    gone = stage.replace(world.users[2], user_id="2005", screen_name="gone", suspended=True)
    users = (*world.users, gone)
    x = await stage.simulator(stage.replace(world, users=users))

    assert (await x.get(SHOW)).fault == (403, 38, "user_id parameter is missing.")
    assert (await x.get(SHOW, user_id="4711")).fault == (404, 50, "User not found.")
    assert (await x.get(SHOW, screen_name="nobody")).fault[:2] == (404, 50)
    assert (await x.get(SHOW, user_id="2005")).fault[:2] == (403, 63)


async def test_several_users_are_looked_up_and_strangers_silently_missing(x):
    found = await x.get(LOOKUP, user_id="2002, 4711,1001", screen_name="bob,ada")

    assert sorted(user["id_str"] for user in found.json) == ["1001", "2002", "2003"]
    posted = await x.form(LOOKUP, screen_name="cy")
    assert [user["id_str"] for user in posted.json] == ["2004"]
    in_json = await x.call(
        "POST", LOOKUP, body=b'{"user_id": 2002}', content_type="application/json"
    )
    assert [user["id_str"] for user in in_json.json] == ["2002"]


async def test_looking_up_nobody_too_many_or_nothing(x):
    none = await x.get(LOOKUP, user_id="4711")
    many = await x.get(LOOKUP, user_id=",".join(["2002"] * 101))
    empty = await x.call("POST", LOOKUP, body=b"", content_type="application/json")
    cut = await x.call("POST", LOOKUP, body=b'{"user_id":', content_type="application/json")
    listed = await x.call("POST", LOOKUP, body=b"[1]", content_type="application/json")

    assert none.fault == (404, 17, "No user matches for specified terms.")
    assert many.fault[:2] == (400, 214)
    assert {answer.fault[:2] for answer in (empty, cut, listed)} == {(403, 38)}


async def test_users_and_apps_have_windows_of_their_own(stage):
    x = await stage.simulator(stage.world(Rules()))

    by_user = await x.get(LOOKUP, user_id="2002")
    by_app = await x.call("GET", LOOKUP, query={"user_id": "2002"}, who=BEARER)

    assert by_user.headers["x-rate-limit-limit"] == "900"
    assert by_app.headers["x-rate-limit-limit"] == "300"
    assert by_app.headers["x-rate-limit-remaining"] == "299"


async def test_limits_are_shown_as_they_stand_without_counting(stage):
    x = await stage.simulator(stage.world(Rules()))
    await x.get("/1.1/direct_messages/events/list.json")

    shown = (await x.get(LIMITS, resources="direct_messages, users")).json
    again = (await x.get(LIMITS, resources="direct_messages")).json

    assert shown["rate_limit_context"] == {"access_token": "1001-token-13090192"}
    assert shown["resources"].keys() == {"direct_messages", "users"}
    messages = shown["resources"]["direct_messages"]
    listed = messages["/direct_messages/events/list"]
    assert (listed["limit"], listed["remaining"]) == (15, 14)
    assert listed["reset"] == int(x.clock.now().timestamp()) + 900
    assert messages["/direct_messages/events/show"]["remaining"] == 15
    assert messages["/direct_messages/mark_read"]["limit"] == 1000
    assert again["resources"]["direct_messages"]["/direct_messages/events/list"] == listed


async def test_every_family_is_shown_under_the_names_x_has_for_it(x):
    resources = (await x.get(LIMITS)).json["resources"]
    by_app = (await x.call("GET", LIMITS, who=BEARER)).json

    assert resources["users"]["/users/show/:id"]["limit"] == 900
    assert resources["friendships"]["/friendships/show"]["limit"] == 180
    assert resources["account"]["/account/verify_credentials"]["limit"] == 75
    activity = resources["account_activity"]
    assert activity["/account_activity/all/:instance_name/webhooks"]["limit"] == 15
    assert activity["/account_activity/all/:instance_name/subscriptions"]["limit"] == 500
    assert by_app["rate_limit_context"] == {"application": "consumer-key-13090192"}
    assert by_app["resources"]["users"]["/users/lookup"]["limit"] == 300
