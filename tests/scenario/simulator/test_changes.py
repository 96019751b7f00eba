"""What an action or a call changed in the world is told, before and after."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import timedelta

from aiohttp import web
from tests import samples

from roost.simulator import changes, records
from roost.simulator.clock import milliseconds
from roost.simulator.records import ChangeRow


async def rows(x) -> list[dict]:
    return (await x.control("GET", "/changes")).json["changes"]


def of_kind(row: dict, kind: str) -> list[dict]:
    return [one for one in row["changes"] if one["kind"] == kind]


def fields(change: dict) -> dict[str, tuple[object, object]]:
    return {one["field"]: (one.get("before"), one.get("after")) for one in change["fields"]}


async def test_a_message_that_is_sent_is_new_and_its_call_names_the_row(x):
    event = (await x.send("Hello & goodbye")).json["event"]

    [row] = await rows(x)
    [request] = (await x.control("GET", "/requests")).json["requests"]

    [message] = of_kind(row, "message")
    assert (row["cause"], row["user_id"], row["left_out"]) == ("dm.events.new", "1001", 0)
    assert (message["id"], message["what"]) == (event["id"], "made")
    assert fields(message)["sender_id"] == (None, "1001")
    assert request["change_id"] == row["id"]


async def test_only_fields_that_differ_are_told_and_no_secrets(x):
    await x.form("/1.1/friendships/create.json", user_id="2002")
    await x.call("DELETE", "/1.1/no/such.json")
    await x.call("POST", "/1.1/oauth/invalidate_token.json")

    revoked, followed = await rows(x)

    [user] = of_kind(followed, "user")
    assert (user["id"], user["what"]) == ("1001", "changed")
    assert fields(user) == {"follows": ([], ["2002"])}
    [user] = of_kind(revoked, "user")
    assert fields(user) == {"tokens": ([x.app.app_id, x.other.app_id], [x.other.app_id])}
    assert "secret" not in json.dumps([followed, revoked])


async def test_what_changes_nothing_is_not_told(x):
    await x.get("/1.1/direct_messages/events/list.json")
    assert (await x.send("a" * 10_001)).status == 403

    assert await rows(x) == []
    requests = (await x.control("GET", "/requests")).json["requests"]
    assert [one["change_id"] for one in requests] == [None, None]


async def test_a_thing_that_goes_is_told_with_what_it_was(x):
    post = await x.control(
        "POST", "/users/2002/actions", {"action": "post", "text": "a slip of the pen"}
    )
    post_id = post.json["id"]
    like = {"action": "like", "post_id": post_id}
    await x.control("POST", "/users/1001/actions", like)
    await x.control("POST", "/users/2002/actions", {"action": "delete_post", "post_id": post_id})

    removed, liked, posted = await rows(x)

    assert [row["cause"] for row in (posted, liked, removed)] == ["post", "like", "delete_post"]
    assert of_kind(liked, "like")[0]["id"] == f"1001/{post_id}"
    [gone] = of_kind(removed, "post")
    assert gone["what"] == "removed"
    assert fields(gone)["text"] == ("a slip of the pen", None)
    assert of_kind(removed, "like")[0]["what"] == "removed"


async def test_a_call_that_takes_effect_late_is_told_when_it_does(x):
    rule = {"effect": "late_apply", "seconds": 60, "count": 1}
    assert (await x.control("PUT", "/faults", {"faults": [rule]})).status == 200
    refused = await x.send("late")
    before = await rows(x)
    x.advance(seconds=61)
    async for event in x.simulator.simulation.live.follow(-1):
        if event.name == "change":
            break

    assert refused.status >= 500
    assert before == []
    [row] = await rows(x)
    assert of_kind(row, "message")[0]["what"] == "made"


async def test_long_values_and_many_things_are_cut_and_counted(x, monkeypatch):
    monkeypatch.setattr(changes, "MOST_THINGS", 1)
    await x.write("a" * 9_000)

    [row] = await rows(x)

    [shown] = row["changes"]
    assert row["left_out"] >= 1
    assert all(
        len(one["after"]) <= changes.LONGEST_VALUE + 1
        for one in shown["fields"]
        if isinstance(one.get("after"), str)
    )


def test_the_log_of_changes_forgets_the_oldest():
    log = records.Log[ChangeRow](kept=2)
    for n in range(3):
        log.add(ChangeRow(at=str(n), cause="post", user_id=None, changes=[]))

    assert [row.at for row in log.page()] == ["2", "1"]


async def test_a_reset_forgets_them_and_tells_of_itself(x):
    message_id = (await x.send()).json["event"]["id"]
    await x.form("/1.1/friendships/create.json", user_id="2002")
    await x.control("POST", "/reset")

    [row] = await rows(x)

    assert (row["cause"], row["user_id"], row["left_out"]) == ("reset", None, 0)
    [message] = of_kind(row, "message")
    assert (message["id"], message["what"]) == (message_id, "removed")
    assert fields(of_kind(row, "user")[0]) == {"follows": (["2002"], [])}


async def test_a_reset_that_changes_nothing_is_told_all_the_same(x):
    await x.control("POST", "/reset")

    [row] = await rows(x)

    assert (row["cause"], row["changes"]) == ("reset", [])


async def test_a_state_that_is_put_is_told_thing_by_thing_and_without_secrets(x):
    state = (await x.control("GET", "/state")).json
    state["apps"][0] |= {"name": "Renamed", "consumer_secret": "another-one"}
    state["users"].append({"user_id": "3003", "screen_name": "dee"})
    state["users"] = [user for user in state["users"] if user["user_id"] != "2004"]
    state["rules"]["crc_every_s"] = 60.0
    state["likes"], state["posts"] = [], []
    state["reads"] = [{"reader_id": "1001", "writer_id": "2002", "message_id": "5"}]

    assert (await x.control("PUT", "/state", state)).status == 204
    [row] = await rows(x)

    assert row["cause"] == "put_state"
    [app] = of_kind(row, "app")
    assert fields(app)["name"] == ("Acme Desk", "Renamed")
    before, after = fields(app)["consumer_secret"]
    assert before != after
    assert "another-one" not in json.dumps(row)
    assert {one["id"]: one["what"] for one in of_kind(row, "user")} == {
        "3003": "made",
        "2004": "removed",
    }
    assert fields(of_kind(row, "rules")[0]) == {"crc_every_s": (3600.0, 60.0)}
    assert of_kind(row, "read")[0]["id"] == "1001/2002"


async def test_a_world_that_cannot_be_put_is_not_told_of(x):
    assert (await x.control("PUT", "/state", {"format": 1, "users": [{}]})).status == 422

    assert await rows(x) == []


async def test_users_and_media_that_are_added_are_told(x):
    user_id = (await x.control("POST", "/users", {"screen_name": "dee"})).json["user_id"]
    media = base64.b64encode(samples.png()).decode()
    media_id = (await x.control("POST", "/media", {"media": media})).json["media_id"]

    uploaded, added = await rows(x)

    assert (added["cause"], uploaded["cause"]) == ("add_user", "add_media")
    assert of_kind(added, "user")[0]["id"] == user_id
    assert of_kind(uploaded, "media")[0]["id"] == media_id


async def test_a_fault_that_takes_a_token_back_is_told(x):
    rule = {"effect": "revoke_token", "match": {"user": "1001", "app": x.other.app_id}}
    await x.control("PUT", "/faults", {"faults": [rule]})

    [row] = await rows(x)

    assert row["cause"] == "revoke_token"
    assert fields(of_kind(row, "user")[0]) == {
        "tokens": ([x.app.app_id, x.other.app_id], [x.app.app_id])
    }


async def test_challenges_that_nobody_asked_for_are_told_each_with_its_time(stage):
    x, hook = await stage.subscribed("1001")
    begun = x.clock.now()

    x.advance(hours=2)
    await x.deliveries(2, kind="crc")
    hook.challenge_answer = lambda _: web.Response(text="{}")
    await x.control("PUT", "/faults", {"faults": [{"effect": "crc_now"}]})
    await x.deliveries(3, kind="crc")
    await until_told(x, 3)

    asked, second, first = await rows(x)
    assert {row["cause"] for row in (asked, second, first)} == {"crc"}
    for row, hours in ((first, 1), (second, 2)):
        at = str(milliseconds(begun + timedelta(hours=hours)))
        assert row["at"] == at
        [webhook] = of_kind(row, "webhook")
        assert (webhook["id"], fields(webhook)["passed_at"][1]) == ("9", at)
    assert fields(of_kind(asked, "webhook")[0]) == {"valid": (True, False)}


async def until_told(x, count: int) -> None:
    """Wait until so many rows were made."""
    simulation = x.simulator.simulation
    async with asyncio.timeout(30):
        async for _ in simulation.live.follow(-1):
            if len(simulation.records.changes.page()) >= count:
                return


async def test_a_bearer_token_taken_back_is_told_and_not_shown(x):
    bearer = x.app.bearer_token
    answer = await x.form("/oauth2/invalidate_token", access_token=bearer)
    assert answer.status == 200

    [row] = await rows(x)

    [app] = of_kind(row, "app")
    assert list(fields(app)) == ["bearer_token"]
    assert bearer not in json.dumps(row)
