"""Every kind of activity but Posts, field by field as X writes it."""

from __future__ import annotations

import re

import pytest
from tests.scenario.simulator.shapes import COLOURS, CONDENSED, FULL, assert_shape, told

from roost.simulator.clock import from_milliseconds


async def test_typing_has_neither_id_nor_type_and_is_told_to_the_recipient_alone(stage):
    x, hook = await stage.subscribed("1001", "1002")

    await x.act("1002", "typing", to="1001")
    await x.deliveries(1)

    body = told(hook, "1001")["1001"]
    assert body.keys() == {"for_user_id", "direct_message_indicate_typing_events", "users"}
    assert body["direct_message_indicate_typing_events"] == [
        {
            "created_timestamp": x.simulator.simulation.world.timestamp(),
            "sender_id": "1002",
            "target": {"recipient_id": "1001"},
        }
    ]
    assert body["users"].keys() == {"1001", "1002"}
    for user in body["users"].values():
        assert_shape(user, CONDENSED)


async def test_a_read_mark_has_no_id_and_names_the_latest_message_read(stage):
    x, hook = await stage.subscribed("1001")
    await x.send("one")
    second = (await x.send("two")).json["event"]["id"]
    await x.deliveries(2)
    hook.received.clear()

    await x.act("2002", "read", to="1001")
    await x.deliveries(3)

    body = told(hook, "1001")["1001"]
    assert body.keys() == {"for_user_id", "direct_message_mark_read_events", "users"}
    assert body["direct_message_mark_read_events"] == [
        {
            "created_timestamp": x.simulator.simulation.world.timestamp(),
            "sender_id": "2002",
            "target": {"recipient_id": "1001"},
            "last_read_event_id": second,
        }
    ]
    assert body["users"].keys() == {"1001", "2002"}


async def test_a_deleted_post_is_told_to_its_author_with_strings_only(stage):
    x, hook = await stage.subscribed("1001")
    post_id = (await x.act("1001", "post", text="oops @twin")).json["id"]
    await x.deliveries(1)
    hook.received.clear()

    await x.act("1001", "delete_post", post_id=post_id)
    await x.deliveries(2)

    assert told(hook, "1001")["1001"] == {
        "for_user_id": "1001",
        "tweet_delete_events": [
            {
                "status": {"id": post_id, "user_id": "1001"},
                "timestamp_ms": x.simulator.simulation.world.timestamp(),
            }
        ],
    }


async def test_a_like_has_a_hexadecimal_id_and_a_number_of_milliseconds(stage):
    x, hook = await stage.subscribed("1001", "1002")
    post_id = (await x.act("1001", "post", text="Like this")).json["id"]
    await x.deliveries(1)
    hook.received.clear()

    await x.act("1002", "like", post_id=post_id)
    await x.deliveries(3)

    bodies = told(hook, "1001", "1002")
    assert bodies["1001"]["favorite_events"] == bodies["1002"]["favorite_events"]
    assert bodies["1001"].keys() == {"for_user_id", "favorite_events"}
    (like,) = bodies["1001"]["favorite_events"]
    shape = {"id": str, "created_at": str, "timestamp_ms": int}
    assert_shape(like, {**shape, "favorited_status": dict, "user": dict})
    assert re.fullmatch(r"[0-9a-f]{32}", like["id"])
    assert str(like["timestamp_ms"]) == x.simulator.simulation.world.timestamp()
    assert like["favorited_status"]["id_str"] == post_id
    assert like["favorited_status"]["favorite_count"] == 1
    assert_shape(like["user"], FULL)
    assert like["user"]["id_str"] == "1002"
    assert like["user"]["favourites_count"] == 1


async def test_taking_a_like_back_is_told_to_nobody(stage):
    x, hook = await stage.subscribed("1001")
    post_id = (await x.act("1001", "post", text="Like this")).json["id"]
    await x.act("2002", "like", post_id=post_id)
    await x.deliveries(2)

    assert (await x.act("2002", "unlike", post_id=post_id)).json["deliveries"] == []
    await x.write("next")
    await x.deliveries(3)

    assert "direct_message_events" in hook.received[2].json


@pytest.mark.parametrize(
    ("action", "key"),
    [
        ("follow", "follow_events"),
        ("unfollow", "follow_events"),
        ("block", "block_events"),
        ("unblock", "block_events"),
        ("mute", "mute_events"),
        ("unmute", "mute_events"),
    ],
)
async def test_relations_have_users_of_their_own_shape_and_no_key_for_the_negative(
    stage, action: str, key: str
):
    x, hook = await stage.subscribed("1001")
    if action.startswith("un"):
        await x.act("1001", action.removeprefix("un"), to="2002")
        await x.deliveries(1)
        hook.received.clear()

    await x.act("1001", action, to="2002")
    await x.deliveries(2 if action.startswith("un") else 1)

    body = told(hook, "1001")["1001"]
    assert body.keys() == {"for_user_id", key}
    (event,) = body[key]
    assert event.keys() == {"type", "created_timestamp", "target", "source"}
    assert event["type"] == action
    assert from_milliseconds(event["created_timestamp"]) <= x.clock.now()
    assert (event["source"]["id"], event["target"]["id"]) == ("1001", "2002")
    for user in (event["source"], event["target"]):
        assert "id_str" not in user
        assert [user[f"profile_{part}_color"] for part in COLOURS] == [-1] * 5
        assert user["location"] == user["description"] == user["url"] == ""
        assert type(user["followers_count"]) is int
        assert None not in user.values()
    assert event["target"]["followers_count"] == int(action == "follow")


async def test_a_follow_is_told_to_both_sides_and_the_rest_to_whoever_does_it(stage):
    x, hook = await stage.subscribed("1001")

    await x.act("2002", "follow", to="1001")
    for action in ("unfollow", "mute", "unmute", "block", "unblock"):
        assert (await x.act("2002", action, to="1001")).json["deliveries"] == []
    await x.deliveries(1)

    assert told(hook, "1001")["1001"]["follow_events"][0]["source"]["id"] == "2002"


async def test_what_changes_nothing_is_told_to_nobody(stage):
    x, _ = await stage.subscribed("1001")

    for action in ("unfollow", "unblock"):
        answer = await x.act("1001", action, to="2002")
        assert (answer.json["events"], answer.json["deliveries"]) == ([], [])
    for action in ("follow", "mute", "block"):
        assert len((await x.act("1001", action, to="2002")).json["deliveries"]) == 1
        assert (await x.act("1001", action, to="2002")).json["deliveries"] == []


async def test_an_authorization_taken_back_is_told_to_nobody_by_name_and_ends_everything(stage):
    x, hook = await stage.subscribed("1001", "1002")

    answer = await x.act("1001", "revoke_app", app_id="13090192")
    await x.deliveries(1)

    assert answer.json["deliveries"] == [{"delivery_id": "1", "for_user_id": None}]
    (got,) = hook.received  # whose signature the webhook has verified
    now = x.clock.now()
    assert got.json == {
        "user_event": {
            "revoke": {
                "date_time": f"{now:%Y-%m-%dT%H:%M:%S}+00:00",
                "target": {"app_id": "13090192"},
                "source": {"user_id": "1001"},
            }
        }
    }
    assert (await x.get("/1.1/account/verify_credentials.json")).fault[:2] == (401, 89)
    await x.write("nobody hears this")
    await x.write("but this", to="1002")
    rows = await x.deliveries(2)
    assert [row.for_user_id for row in rows] == [None, "1002"]


async def test_both_participants_hear_of_a_message_begun_from_a_post(stage):
    x, hook = await stage.subscribed("1001", "1002")
    link = "https://x.com/messages/compose?recipient_id=1001&text=Hi%20there"
    posted = await x.form("/1.1/statuses/update.json", status="Ask us", attachment_url=link)
    post_id = posted.json["id_str"]
    await x.deliveries(1)
    hook.received.clear()

    await x.write("Hi there", by="1002", post_id=post_id)
    await x.deliveries(3)

    for body in told(hook, "1001", "1002").values():
        (event,) = body["direct_message_events"]
        assert event["initiated_via"] == {"tweet_id": post_id}
