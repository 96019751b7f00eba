"""Following, blocking, muting, and who may write to whom."""

from __future__ import annotations

import pytest

from roost.simulator.entries import Rules

FRIENDS = "/1.1/friendships/"
SHOW = "/1.1/friendships/show.json"
NEW = "/1.1/friendships/create.json"
BEARER = "Bearer bearer-token-13090192"


async def relation(x, **query: str):
    return (await x.get(SHOW, **query)).json["relationship"]


async def test_following_through_the_api_is_an_activity(stage):
    x, hook = await stage.subscribed("1002")

    followed = await x.form(NEW, screen_name="twin")
    again = await x.form(NEW, user_id="1002")
    await x.deliveries(1)

    assert (followed.status, followed.json["id_str"]) == (200, "1002")
    assert (followed.json["followers_count"], again.json["followers_count"]) == (1, 1)
    (event,) = hook.received[0].json["follow_events"]
    assert (event["type"], event["source"]["id"], event["target"]["id"]) == (
        "follow",
        "1001",
        "1002",
    )
    assert (await x.form(f"{FRIENDS}destroy.json", user_id="1002")).json["followers_count"] == 0


@pytest.mark.parametrize(
    ("action", "path", "key"),
    [
        ("block", "/1.1/blocks/create.json", "block_events"),
        ("unblock", "/1.1/blocks/destroy.json", "block_events"),
        ("mute", "/1.1/mutes/users/create.json", "mute_events"),
        ("unmute", "/1.1/mutes/users/destroy.json", "mute_events"),
        ("unfollow", "/1.1/friendships/destroy.json", "follow_events"),
    ],
)
async def test_the_other_relations_through_the_api_are_too(stage, action: str, path: str, key: str):
    x, hook = await stage.subscribed("1001")
    n = 0
    if action.startswith("un"):
        await x.act("1001", action.removeprefix("un"), to="2002")
        n = 1
        await x.deliveries(1)

    answer = await x.form(path, screen_name="ada")
    await x.deliveries(n + 1)

    assert (answer.status, answer.json["id_str"]) == (200, "2002")
    assert hook.received[-1].json[key][0]["type"] == action


async def test_who_cannot_be_followed(stage):
    world = stage.world()
    users = {user.user_id: user for user in world.users}
    users["1002"] = stage.replace(users["1002"], protected=True)
    users["2004"] = stage.replace(users["2004"], suspended=True)
    x = await stage.simulator(stage.replace(world, users=tuple(users.values())))

    assert (await x.form(NEW, user_id="1001")).fault == (403, 158, "You can't follow yourself!")
    assert (await x.form(NEW, user_id="2003")).fault[:2] == (403, 162)
    assert (await x.form(NEW, user_id="2004")).fault[:2] == (403, 63)
    assert (await x.form(NEW, user_id="4711")).fault[:2] == (404, 50)
    assert (await x.form(NEW)).fault[:2] == (403, 38)
    assert (await x.form(NEW, user_id="1002")).status == 200
    assert (await x.form(NEW, user_id="1002")).fault[:2] == (403, 160)
    asked = (await relation(x, target_id="1002"))["source"]
    assert (asked["following"], asked["following_requested"]) == (False, True)
    await x.form(f"{FRIENDS}destroy.json", user_id="1002")
    assert not (await relation(x, target_id="1002"))["source"]["following_requested"]


async def test_nobody_follows_without_end(stage):
    x = await stage.simulator(stage.world(Rules()))
    for _ in range(400):
        assert (await x.form(NEW, user_id="2002")).status == 200

    assert (await x.form(NEW, user_id="2002")).fault[:2] == (403, 161)


async def test_mutes_that_cannot_be(x):
    assert (await x.form("/1.1/mutes/users/create.json", user_id="1001")).fault[:2] == (403, 271)
    assert (await x.form("/1.1/mutes/users/destroy.json", user_id="2002")).fault[:2] == (403, 272)


async def test_blocking_ends_following_both_ways(x):
    await x.form(NEW, user_id="2002")
    await x.act("2002", "follow", to="1001")

    await x.act("2002", "block", to="1001")
    await x.act("2002", "block", to="2002")  # oneself: nothing

    shown = await relation(x, target_screen_name="ada")
    assert shown["source"]["blocked_by"] is True
    assert shown["source"]["following"] is shown["source"]["followed_by"] is False
    assert shown["source"]["can_dm"] is False
    assert (await x.send(to="2002")).fault[:2] == (403, 349)
    assert (await x.write("no")).json["errors"][0]["field"] == "to"


async def test_a_relationship_is_seen_from_both_sides(x):
    await x.act("2002", "follow", to="1001")
    await x.act("1001", "mute", to="2002")

    ours = await relation(x, source_id="1001", target_id="2002")
    theirs = await relation(x, source_screen_name="ada", target_screen_name="acme")

    assert ours["source"] == {
        "id": 1001,
        "id_str": "1001",
        "screen_name": "acme",
        "following": False,
        "followed_by": True,
        "following_received": False,
        "following_requested": False,
        "notifications_enabled": False,
        "can_dm": True,
        "blocking": False,
        "blocked_by": False,
        "muting": True,
        "want_retweets": False,
        "all_replies": False,
        "marked_spam": False,
    }
    assert ours["target"]["following"] is True
    assert theirs["source"]["following"] is True
    assert theirs["source"]["muting"] is False
    assert theirs["target"]["followed_by"] is True


async def test_the_target_has_to_be_named_and_apps_have_no_source(x):
    assert (await x.get(SHOW)).fault == (403, 38, "target_id parameter is missing.")
    by_app = await x.call("GET", SHOW, query={"target_id": "2002"}, who=BEARER)
    assert by_app.fault == (403, 38, "source_id parameter is missing.")
    assert (await x.get(SHOW, target_id="4711")).fault[:2] == (404, 50)


@pytest.mark.parametrize("way", ["follow", "write", "none"])
async def test_who_takes_no_messages_takes_them_from_those_they_follow_or_wrote_to(x, way: str):
    if way == "follow":
        await x.act("2004", "follow", to="1001")
    if way == "write":
        await x.write("Hello", by="2004")

    can_dm = (await relation(x, target_id="2004"))["source"]["can_dm"]

    assert can_dm == (way != "none")
    assert ((await x.send(to="2004")).status == 200) == can_dm


async def test_followers_are_listed_page_by_page(x):
    for user_id in ("1002", "2002", "2003", "2004"):
        await x.act(user_id, "follow", to="1001")

    first = (await x.get("/1.1/followers/ids.json", count="3", stringify_ids="true")).json
    rest = await x.get("/1.1/followers/ids.json", count="3", cursor=first["next_cursor_str"])
    users = (await x.get("/1.1/followers/list.json", screen_name="acme", count="2")).json

    assert first["ids"] == ["1002", "2002", "2003"]
    assert first["next_cursor"] == int(first["next_cursor_str"]) == 3
    assert first["previous_cursor"] == 0
    assert rest.json["ids"] == [2004]
    assert (rest.json["next_cursor"], rest.json["previous_cursor"] < 0) == (0, True)
    assert [user["screen_name"] for user in users["users"]] == ["twin", "ada"]
    assert users["next_cursor_str"] == "2"
    by_app = await x.call("GET", "/1.1/followers/ids.json", query={"user_id": "1001"}, who=BEARER)
    assert len(by_app.json["ids"]) == 4


async def test_those_whom_a_user_follows_are_listed_the_latest_first(x):
    for user_id in ("1002", "2002", "2004"):
        await x.act("1001", "follow", to=user_id)

    first = (await x.get("/1.1/friends/ids.json", count="2")).json
    rest = (await x.get("/1.1/friends/ids.json", cursor=first["next_cursor_str"])).json
    users = (await x.get("/1.1/friends/list.json", screen_name="acme")).json["users"]

    assert (first["ids"], first["next_cursor"]) == ([2004, 2002], 2)
    assert (rest["ids"], rest["next_cursor"]) == ([1002], 0)
    assert [user["screen_name"] for user in users] == ["cy", "ada", "twin"]


async def test_followers_that_cannot_be_listed(stage):
    world = stage.world()
    users = {user.user_id: user for user in world.users}
    users["2002"] = stage.replace(users["2002"], protected=True)
    x = await stage.simulator(stage.replace(world, users=tuple(users.values())))
    path = "/1.1/followers/ids.json"

    hidden = await x.get(path, user_id="2002")

    assert (hidden.status, hidden.json) == (401, {"request": path, "error": "Not authorized."})
    assert (await x.get(path, user_id="4711")).fault[:2] == (404, 34)
    assert (await x.get(path, cursor="x")).fault[:2] == (400, 214)
    assert (await x.get(path, count="-1")).fault[:2] == (400, 214)
    assert (await x.call("GET", path, who=BEARER)).fault[:2] == (403, 38)
    assert (await x.get(path, count="0")).json["ids"] == []


async def test_a_suspended_user_can_do_nothing(stage):
    world = stage.world()
    users = {user.user_id: user for user in world.users}
    users["1001"] = stage.replace(users["1001"], suspended=True)
    x = await stage.simulator(stage.replace(world, users=tuple(users.values())))

    assert (await x.form(NEW, user_id="2002")).fault[:2] == (403, 64)
    assert (await x.send()).fault[:2] == (403, 64)


async def test_relations_survive_an_export(x):
    for action in ("follow", "mute", "block"):
        await x.act("1001", action, to="2004" if action == "block" else "2002")

    state = (await x.control("GET", "/state")).json
    await x.control("PUT", "/state", state)

    shown = (await relation(x, target_id="2002"))["source"]
    assert (shown["following"], shown["muting"]) == (True, True)
    assert (await relation(x, target_id="2004"))["source"]["blocking"] is True


@pytest.mark.parametrize(
    ("action", "to", "field"),
    [
        ("follow", "1001", "to"),
        ("follow", "4711", "to"),
        ("mute", "1001", "to"),
        ("unmute", "2002", "to"),
        ("block", "", "to"),
    ],
)
async def test_relations_that_cannot_be_are_named_by_field(x, action: str, to: str, field: str):
    answer = await x.act("1001", action, to=to)

    assert (answer.status, answer.json["errors"][0]["field"]) == (422, field)
