"""What no source tells of X: each answer the simulator gives instead, where no other test does."""

from __future__ import annotations

import json

import pytest
from tests import uploads

from roost.simulator.calls import JSON
from roost.simulator.entries import Rules

WELCOME = "/1.1/direct_messages/welcome_messages"
LIST = "/1.1/direct_messages/events/list.json"
UPDATE = "/1.1/statuses/update.json"


async def make(x, path: str, value: object) -> dict:
    body = json.dumps(value).encode()
    answer = await x.call("POST", path, body=body, content_type=JSON)
    assert answer.status == 200, answer.body
    return answer.json


async def test_a_welcome_message_that_is_shown_is_no_message(stage):
    x, hook = await stage.subscribed("1001")
    data = {"message_data": {"text": "Welcome!"}}
    made = await make(x, f"{WELCOME}/new.json", {"welcome_message": data})
    rule = {"welcome_message_id": made["welcome_message"]["id"]}
    await make(x, f"{WELCOME}/rules/new.json", {"welcome_message_rule": rule})

    opened = await x.act("2002", "open_conversation", to="1001")
    shown = opened.json["welcome_message"]["message_data"]["text"]
    await x.write("Hello")
    await x.deliveries(1)

    assert shown == "Welcome!"
    [event] = (await x.get(LIST)).json["events"]
    assert event["message_create"]["message_data"]["text"] == "Hello"
    assert [list(got.json)[1] for got in hook.received] == ["direct_message_events"]


async def test_a_welcome_message_names_its_profile_inside(stage):
    world = stage.world()
    acme = stage.replace(world.users[0], verified=True, custom_profiles_allowed=True)
    x = await stage.simulator(stage.replace(world, users=(acme, *world.users[1:])))
    picture = await uploads.picture(x)
    profile = {"name": "Jo, Support", "avatar": {"media": {"id": picture}}}
    made = await make(x, "/1.1/custom_profiles/new.json", {"custom_profile": profile})
    profile_id = made["custom_profile"]["id"]

    welcome = {"custom_profile_id": profile_id, "message_data": {"text": "Welcome!"}}
    answer = await make(x, f"{WELCOME}/new.json", {"welcome_message": welcome})

    assert answer["welcome_message"]["custom_profile_id"] == profile_id
    assert "custom_profile_id" not in answer


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "create.json"), ("GET", "events.json"), ("GET", "show/7.json")],
)
async def test_feedback_is_asked_for_below_1_1(x, method: str, path: str):
    assert (await x.call(method, f"/1.1/feedback/{path}")).fault[:2] == (403, 87)
    assert (await x.call(method, f"/feedback/{path}")).fault[:2] == (404, 34)


async def test_what_is_no_media_is_told_in_the_words_of_x(x):
    answer = await uploads.multipart(x, {"media": b"%PDF-1.7"})

    assert (answer.status, answer.json) == (
        400,
        {"request": uploads.UPLOAD, "error": "media type unrecognized."},
    )


async def test_a_post_tells_nothing_of_edits(x):
    post = (await x.form(UPDATE, status="Hello")).json

    assert not [name for name in post if "edit" in name]


async def test_whoever_was_not_summoned_may_reply(x):
    question = (await x.act("2002", "post", text="nobody is named here")).json["id"]

    reply = await x.form(
        UPDATE,
        status="We can help",
        in_reply_to_status_id=question,
        auto_populate_reply_metadata="true",
    )

    assert (reply.status, reply.json["in_reply_to_status_id_str"]) == (200, question)


async def test_a_reply_that_is_only_a_picture_is_one_of_the_five(stage):
    x = await stage.simulator(stage.world(Rules(user_dm_per_24h=1)))
    await x.write("question")
    picture = {"type": "media", "media": {"id": await uploads.picture(x)}}

    first = await x.send("", attachment=picture)
    others = [(await x.send(f"answer {n}")).status for n in range(6)]

    assert first.status == 200
    assert others == [200] * 4 + [200, 429]  # the sixth is the one a day
