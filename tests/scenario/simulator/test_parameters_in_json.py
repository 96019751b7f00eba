"""Parameters as JSON, where X's pages speak of forms: taken, wherever nobody has seen X refuse."""

from __future__ import annotations

import base64
import json

import pytest
from tests import samples
from tests.uploads import UPLOAD

from roost.simulator.calls import JSON, Call

TYPING = "/1.1/direct_messages/indicate_typing.json"
READ = "/1.1/direct_messages/mark_read.json"
DESTROY = "/1.1/direct_messages/events/destroy.json"


async def post(x, path: str, value: object, *, method: str = "POST", content_type: str = JSON):
    return await x.call(
        method, path, body=json.dumps(value).encode(), content_type=content_type, who=x.signed()
    )


@pytest.mark.parametrize("recipient_id", ["1002", 1002])
@pytest.mark.parametrize("content_type", [JSON, "application/json; charset=utf-8"])
async def test_typing_is_shown_to_whom_json_names(stage, recipient_id, content_type: str):
    x, hook = await stage.subscribed("1002")

    answer = await post(x, TYPING, {"recipient_id": recipient_id}, content_type=content_type)
    await x.deliveries(1)

    assert (answer.status, answer.body) == (204, b"")
    [event] = hook.received[0].json["direct_message_indicate_typing_events"]
    assert event["target"] == {"recipient_id": "1002"}


async def test_what_json_names_is_marked_as_read(x):
    message_id = (await x.write("Hello")).json["id"]

    answer = await post(x, READ, {"last_read_event_id": message_id, "recipient_id": 2002})

    assert (answer.status, answer.body) == (204, b"")
    assert x.simulator.simulation.world.reads == {("1001", "2002"): message_id}


async def test_what_json_names_is_deleted(x):
    message_id = (await x.write("Hello")).json["id"]

    answer = await post(x, DESTROY, {"id": message_id}, method="DELETE")

    assert (answer.status, answer.body) == (204, b"")
    assert (await x.get("/1.1/direct_messages/events/list.json")).json == {"events": []}


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({}, (400, 38, "recipient_id parameter is missing.")),
        ({"recipient_id": None}, (400, 38, "recipient_id parameter is missing.")),
        ({"recipient_id": {"id": "1002"}}, (400, 38, "recipient_id parameter is missing.")),
        (["recipient_id"], (400, 38, "recipient_id parameter is missing.")),
        ({"recipient_id": "ada"}, (400, 214, "recipient_id: 'ada' is not a valid Long")),
        ({"recipient_id": True}, (400, 214, "recipient_id: 'true' is not a valid Long")),
    ],
)
async def test_json_without_the_parameter_is_like_a_form_without_it(x, body, fault):
    assert (await post(x, TYPING, body)).fault == fault


async def test_json_that_is_torn_has_no_parameters(x):
    whole = b'{"recipient_id": "2002"}'
    for length in range(len(whole)):
        answer = await x.call("POST", TYPING, body=whole[:length], content_type=JSON)
        assert answer.fault[:2] == (400, 38)


def test_a_body_without_a_content_type_is_looked_into_and_another_kind_is_not():
    def read(headers: dict[str, str]) -> str:
        body = b' {"recipient_id": "1002"}'
        return Call("POST", "", "", headers=headers, body=body).parameter("recipient_id")

    assert read({}) == "1002"
    assert read({"content-type": "text/plain"}) == ""


async def test_the_query_comes_before_json(x):
    first = (await x.write("one")).json["id"]
    second = (await x.write("two")).json["id"]

    body = json.dumps({"last_read_event_id": second, "recipient_id": "2002"}).encode()
    query = {"last_read_event_id": first}
    answer = await x.call("POST", READ, query=query, body=body, content_type=JSON)

    assert answer.status == 204
    assert x.simulator.simulation.world.reads == {("1001", "2002"): first}


async def test_media_is_uploaded_in_steps_of_json(x):
    content = samples.png(9, 7)
    begun = await post(
        x,
        UPLOAD,
        {
            "command": "INIT",
            "total_bytes": len(content),
            "media_type": "image/png",
            "media_category": "dm_image",
            "shared": True,
            "additional_owners": ["1002", 2002],
        },
    )
    media_id = begun.json["media_id"]
    half = len(content) // 2
    for index, piece in enumerate((content[:half], content[half:])):
        data = base64.b64encode(piece).decode()
        step = {"command": "APPEND", "media_id": media_id, "segment_index": index}
        assert (await post(x, UPLOAD, step | {"media_data": data})).status == 204
    ended = await post(x, UPLOAD, {"command": "FINALIZE", "media_id": str(media_id)})

    assert (begun.status, ended.status) == (202, 201)
    assert ended.json["image"] == {"image_type": "image/png", "w": 9, "h": 7}
    entry = x.simulator.simulation.world.media.media(str(media_id))
    assert (entry.shared, entry.additional_owners) == (True, ("1002", "2002"))
    asked = await post(x, UPLOAD, {"command": "STATUS", "media_id": media_id}, method="GET")
    assert asked.status == 200


async def test_a_picture_is_uploaded_in_one_call_of_json(x):
    data = base64.b64encode(samples.jpeg()).decode()

    answer = await post(x, UPLOAD, {"media_data": data})

    assert answer.status == 200
    assert answer.json["image"]["image_type"] == "image/jpeg"


async def test_lists_in_json_are_what_a_form_divides_by_commas(x):
    found = await post(x, "/1.1/users/lookup.json", {"user_id": [1002, "2002"]})

    assert {user["id_str"] for user in found.json} == {"1002", "2002"}
