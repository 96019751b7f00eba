"""What an action or a call changed in the world is told, before and after."""

from __future__ import annotations

import json

import pytest

from roost.simulator import changes, records
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


@pytest.mark.parametrize("reset", [True, False])
async def test_a_reset_forgets_them(x, reset: bool):
    await x.send()
    if reset:
        await x.control("POST", "/reset")

    assert bool(await rows(x)) is not reset
