"""Media of the phone: what people attach, and looking at it."""

from __future__ import annotations

import asyncio
import base64

import pytest
from tests import samples, uploads
from tests.uploads import attach


async def test_a_photo_of_the_phone_is_sent_seen_and_delivered(stage):
    x, hook = await stage.subscribed("1001")
    taken = await attach(x, samples.jpeg(), user_id="2002", alt_text="A parcel")
    media_id = taken.json["media_id"]

    written = await x.write("", media_ids=[media_id])
    await x.deliveries(1)

    assert taken.status == 201
    (event,) = hook.received[0].json["direct_message_events"]
    media = event["message_create"]["message_data"]["attachment"]["media"]
    assert (media["id_str"], media["type"], media["ext_alt_text"]) == (
        media_id,
        "photo",
        "A parcel",
    )
    path = media["media_url_https"].removeprefix("https://ton.twitter.com")
    assert (await x.get(path)).body == samples.jpeg()
    seen = await x.control("GET", f"/media/{media_id}")
    assert (seen.status, seen.body) == (200, samples.jpeg())
    assert seen.headers["content-type"] == "image/jpeg"
    assert seen.headers["x-content-type-options"] == "nosniff"
    assert seen.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert written.json["events"][0]["id"] == event["id"]
    again = await x.write("again", media_ids=[media_id])
    assert again.json["errors"][0]["message"] == f"{media_id} is on a message already"


@pytest.mark.parametrize(
    ("content", "media_type"), [(samples.gif(), "image/gif"), (samples.mp4(), "video/mp4")]
)
async def test_gifs_and_videos_of_the_phone_are_ready_at_once(x, content: bytes, media_type: str):
    taken = await attach(x, content)

    assert (await x.write("", media_ids=[taken.json["media_id"]])).status == 200
    seen = await x.control("GET", f"/media/{taken.json['media_id']}")
    assert (seen.headers["content-type"], seen.body) == (media_type, content)


async def test_base64_is_taken_as_json(x):
    body = {"media": base64.b64encode(samples.png()).decode(), "user_id": "2002"}

    taken = await x.control("POST", "/media", body)

    assert taken.status == 201
    assert (await x.control("GET", f"/media/{taken.json['media_id']}")).body == samples.png()


async def test_media_of_one_customer_is_not_another_ones(x):
    media_id = (await attach(x, samples.png(), user_id="2003")).json["media_id"]

    answer = await x.write("", media_ids=[media_id])

    assert answer.json["errors"][0]["message"] == f"{media_id} belongs to another user"
    begun = {"command": "INIT", "total_bytes": "5", "media_type": "image/png"}
    upload = (await uploads.form(x, begun)).json["media_id_string"]
    assert (await x.write("", media_ids=[upload])).json["errors"][0]["field"] == "media_ids"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"media": "no base64"}, "media"),
        ({"media": base64.b64encode(b"<svg/>").decode()}, "media"),
        ({"media": ""}, "media"),
        ({"media": 5}, "body"),
        ({"media": "AAAA", "kind": "photo"}, "body"),
        ({"media": base64.b64encode(samples.png()).decode(), "user_id": "4711"}, "user_id"),
        (
            {"media": base64.b64encode(samples.png()).decode(), "alt_text": "a" * 1_001},
            "alt_text",
        ),
    ],
)
async def test_media_that_is_not_taken_is_named_by_field(x, body: dict[str, object], field: str):
    answer = await x.control("POST", "/media", body)

    assert answer.status == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]


async def test_a_form_without_a_file_and_media_that_is_not_there(x):
    empty = await uploads.multipart(x, {"file": b"1"}, path="/_sim/media", who="")

    assert (empty.status, empty.json["errors"][0]["field"]) == (422, "media")
    assert (await x.control("GET", "/media/4711")).status == 404


async def test_the_controls_describe_media(x):
    paths = (await x.control("GET", "/openapi.json")).json["paths"]

    forms = paths["/_sim/media"]["post"]["requestBody"]["content"]
    assert forms.keys() == {"multipart/form-data", "application/json"}
    assert "get" in paths["/_sim/media/{media_id}"]


async def test_reading_media_while_much_is_uploaded_breaks_nothing(x):
    async with asyncio.TaskGroup() as tasks:
        answers = [tasks.create_task(attach(x, samples.png())) for _ in range(20)]

    assert len({one.result().json["media_id"] for one in answers}) == 20
