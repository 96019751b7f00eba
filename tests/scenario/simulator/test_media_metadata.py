"""Saying in words what a picture shows."""

from __future__ import annotations

import json

import pytest
from tests import samples, uploads

METADATA = "/1.1/media/metadata/create.json"


def described(media_id: object, text: object) -> bytes:
    return json.dumps({"media_id": media_id, "alt_text": {"text": text}}).encode()


async def test_what_a_picture_shows_is_said_in_words(x):
    media_id = await uploads.picture(x)

    answer = await x.call("POST", METADATA, body=described(media_id, "A blue bird" * 90))
    sent = await x.send("", attachment={"type": "media", "media": {"id": media_id}})

    assert (answer.status, answer.body) == (200, b"")
    media = sent.json["event"]["message_create"]["message_data"]["attachment"]["media"]
    assert media["ext_alt_text"] == "A blue bird" * 90


@pytest.mark.parametrize(
    ("media_id", "text", "code"),
    [
        ("4711", "a", 325),
        ("x", "a", 214),
        (None, "a", 214),
        (0, "", 214),
        (0, "a" * 1_001, 214),
        (0, None, 214),
    ],
)
async def test_words_that_are_refused(x, media_id, text, code: int):
    known = await uploads.picture(x)
    body = described(known if media_id == 0 else media_id, text)

    assert (await x.call("POST", METADATA, body=body)).fault[:2] == (400, code)


async def test_only_pictures_of_ones_own_get_words(x):
    video = (await uploads.steps(x, samples.mp4(), "video/mp4")).json["media_id_string"]
    picture = await uploads.picture(x)

    assert (await x.call("POST", METADATA, body=described(video, "a"))).fault[:2] == (400, 214)
    other = x.signed("1002")
    answer = await x.call("POST", METADATA, body=described(picture, "a"), who=other)
    assert answer.fault[:2] == (400, 325)


@pytest.mark.parametrize("body", [b"{", b"[]", b"", b"media_id=5&alt_text=a"])
async def test_what_is_no_json_is_refused_in_the_form_of_uploads(x, body: bytes):
    answer = await x.call("POST", METADATA, body=body)

    assert answer.status == 400
    assert answer.json == {"request": METADATA, "error": "Invalid json payload."}
