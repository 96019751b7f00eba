"""Uploading media over HTTP: in one call, in steps, and how X processes it."""

from __future__ import annotations

import base64

import pytest
from tests import samples, uploads
from tests.uploads import UPLOAD

from roost.simulator.entries import Rules

A_DAY = 86_400


def string_error(answer) -> str:
    """The fault in this endpoint's own form, which has no code."""
    assert answer.status == 400
    assert answer.json.keys() == {"request", "error"}
    assert answer.json["request"] == UPLOAD
    return answer.json["error"]


async def test_a_picture_is_uploaded_in_one_call(x):
    content = samples.png(1252, 626)

    answer = await uploads.multipart(x, {"media": content})

    assert answer.status == 200
    media_id = answer.json["media_id_string"]
    assert answer.json == {
        "media_id": int(media_id),
        "media_id_string": media_id,
        "size": len(content),
        "expires_after_secs": A_DAY,
        "image": {"image_type": "image/png", "w": 1252, "h": 626},
    }


@pytest.mark.parametrize("category", ["dm_image", "DmImage", "DM_IMAGE"])
async def test_both_spellings_of_a_category_are_taken_and_give_a_key(x, category: str):
    fields = {"media": samples.jpeg(), "media_category": category.encode()}

    answer = await uploads.multipart(x, fields)

    assert answer.json["media_key"].endswith("_" + answer.json["media_id_string"])
    assert answer.json["image"]["image_type"] == "image/jpeg"


@pytest.mark.parametrize("wrapped", [False, True])
async def test_base64_is_taken_in_either_kind_of_form(x, wrapped: bool):
    encode = base64.encodebytes if wrapped else base64.b64encode
    text = encode(samples.webp())

    signed = await uploads.form(x, {"media_data": text.decode()})
    unsigned = await uploads.multipart(x, {"media_data": text})

    assert signed.json["image"] == unsigned.json["image"]
    assert signed.json["image"] == {"image_type": "image/webp", "w": 400, "h": 301}


async def test_a_picture_goes_in_steps_and_is_ready_at_once(x):
    answer = await uploads.steps(
        x, samples.png(9, 7), "image/png", pieces=3, media_category="dm_image"
    )

    assert answer.status == 201
    assert answer.json["image"] == {"image_type": "image/png", "w": 9, "h": 7}
    assert "processing_info" not in answer.json
    asked = await uploads.status(x, answer.json["media_id_string"])
    assert (asked.status, "processing_info" in asked.json) == (200, False)


async def test_the_first_step_says_when_it_expires(x):
    begun = {"command": "INIT", "total_bytes": "5", "media_type": "image/png"}

    answer = await uploads.form(x, begun)

    assert answer.status == 202
    assert answer.json.keys() == {"media_id", "media_id_string", "expires_after_secs"}
    x.advance(seconds=100)
    asked = await uploads.status(x, answer.json["media_id_string"])
    assert asked.json["expires_after_secs"] == A_DAY - 100


async def test_pieces_may_come_in_any_order_and_again(x):
    content = samples.gif(30, 20, 3)
    begun = {"command": "INIT", "total_bytes": str(len(content)), "media_type": "image/gif"}
    media_id = (await uploads.form(x, begun)).json["media_id_string"]
    pieces = {"1": content[10:], "0": bytes(10)}
    for index, piece in [*pieces.items(), ("0", content[:10])]:
        said = await uploads.form(
            x,
            {
                "command": "APPEND",
                "media_id": media_id,
                "segment_index": index,
                "media_data": base64.b64encode(piece).decode(),
            },
        )
        assert said.status == 204

    first = await uploads.form(x, {"command": "FINALIZE", "media_id": media_id})
    again = await uploads.form(x, {"command": "FINALIZE", "media_id": media_id})

    assert first.json["image"] == {"image_type": "image/gif", "w": 30, "h": 20}
    assert (again.status, again.json) == (201, first.json)


async def test_a_video_is_processed_while_time_passes(stage):
    x = await stage.simulator(stage.world(Rules(limits="off", media_processing_s=100)))

    done = await uploads.steps(x, samples.mp4(), "video/mp4", media_category="dm_video")
    media_id = done.json["media_id_string"]
    seen = [done.json["processing_info"]]
    for _ in range(2):
        x.advance(seconds=50)
        seen.append((await uploads.status(x, media_id)).json["processing_info"])

    assert done.status == 201
    assert "video" not in done.json
    assert seen == [
        {"state": "pending", "check_after_secs": 100},
        {"state": "in_progress", "check_after_secs": 50, "progress_percent": 50},
        {"state": "succeeded", "progress_percent": 100},
    ]
    assert (await uploads.status(x, media_id)).json["video"] == {"video_type": "video/mp4"}


async def test_a_video_of_no_category_is_ready_at_once(x):
    done = await uploads.steps(x, samples.mp4(), "video/mp4")

    assert done.json["video"] == {"video_type": "video/mp4"}
    assert "processing_info" not in done.json


@pytest.mark.parametrize(
    ("content", "category", "name"),
    [
        (b"not a video at all", "dm_video", "InvalidMedia"),
        (samples.gif(), "dm_video", "InvalidMedia"),
        (samples.png(), "dm_gif", "InvalidMedia"),
        (samples.mp4(), "dm_gif", "InvalidMedia"),
        (samples.mp4(codecs=(b"hvc1",)), "dm_video", "UnsupportedMedia"),
        (samples.mp4(milliseconds=499), "dm_video", "InvalidMedia"),
        (samples.mp4(milliseconds=140_001, frames=90), "dm_video", "InvalidMedia"),
        (samples.mp4(frames=122), "dm_video", "InvalidMedia"),
        (samples.mp4(30, 32), "dm_video", "InvalidMedia"),
        (samples.mp4(1_281, 720), "dm_video", "InvalidMedia"),
        (samples.mp4(1_026, 1_026), "dm_video", "InvalidMedia"),
        (samples.mp4(301, 100), "tweet_video", "InvalidMedia"),
        (samples.gif(1_281, 10), "dm_gif", "InvalidMedia"),
        (samples.gif(10, 1_081), "dm_gif", "InvalidMedia"),
        (samples.gif(10, 10, 351), "dm_gif", "InvalidMedia"),
        (samples.gif(1_280, 1_080, 218), "tweet_gif", "InvalidMedia"),
    ],
)
async def test_what_cannot_be_processed_fails_with_a_name(x, content, category: str, name: str):
    done = await uploads.steps(x, content, "video/mp4", media_category=category)
    x.advance(seconds=3)

    asked = await uploads.status(x, done.json["media_id_string"])

    assert done.json["processing_info"]["state"] == "pending"
    info = asked.json["processing_info"]
    assert (info["state"], info["error"]["code"], info["error"]["name"]) == ("failed", 1, name)
    shown = await x.control("GET", f"/media/{done.json['media_id_string']}")
    assert shown.status == 404


@pytest.mark.parametrize(
    ("content", "category"),
    [
        (samples.mp4(1_280, 1_024, 140_000, frames=8_400), "dm_video"),
        (samples.mp4(1_024, 1_280, 500, frames=1), "dm_video"),
        (samples.mp4(300, 100, codecs=(b"avc1",)), "amplify_video"),
        (samples.gif(1_280, 1_080, 217), "dm_gif"),
        (samples.gif(10, 10, 350), "TweetGif"),
        (samples.gif(10, 10, 1), "dm_gif"),
    ],
)
async def test_every_bound_is_reached_exactly(x, content: bytes, category: str):
    done = await uploads.steps(x, content, "video/mp4", media_category=category)
    x.advance(seconds=3)

    asked = await uploads.status(x, done.json["media_id_string"])

    assert asked.json["processing_info"]["state"] == "succeeded"


@pytest.mark.parametrize(
    "fields",
    [
        {"media": b"<svg xmlns='http://www.w3.org/2000/svg'/>"},
        {"media": b"<!doctype html>"},
        {"media": samples.gif(), "media_category": b"tweet_image_"},
        {"media": samples.png(), "media_category": b"avatar"},
        {"media": samples.mp4(), "media_category": b"dm_image"},
        {"media_data": b"no base64"},
        {"media_data": b"a"},
        {"media": samples.png(), "additional_owners": b"ada"},
        {"media": samples.png(), "additional_owners": b",".join([b"1"] * 101)},
        {"media": samples.png(), "command": b"init"},
    ],
)
async def test_what_is_not_taken_in_one_call_is_told_as_a_string(x, fields):
    ok = fields.get("media_category") == b"tweet_image_"  # underscores do not matter

    answer = await uploads.multipart(x, fields)

    assert answer.status == 200 if ok else string_error(answer)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "media"),
        ({"media": b""}, "media"),
        ({"command": b"APPEND"}, "media_id"),
        ({"command": b"FINALIZE"}, "media_id"),
        ({"command": b"INIT"}, "total_bytes"),
        ({"command": b"INIT", "total_bytes": b"5"}, "media_type"),
    ],
)
async def test_a_parameter_that_is_missing_is_38(x, fields, name: str):
    answer = await uploads.multipart(x, fields)

    assert answer.fault == (400, 38, f"{name} parameter is missing.")


@pytest.mark.parametrize(
    "change",
    [
        {"total_bytes": "many"},
        {"total_bytes": "-1"},
        {"media_type": "image/svg+xml"},
        {"media_type": "text/html"},
        {"media_category": "dm_sound"},
        {"total_bytes": str((5 << 20) + 1)},
        {"total_bytes": str((5 << 20) + 1), "media_category": "dm_image"},
        {"total_bytes": str((15 << 20) + 1), "media_type": "image/gif"},
        {"total_bytes": str((512 << 20) + 1), "media_type": "video/mp4"},
        {"total_bytes": str(200 << 20), "media_type": "video/mp4"},  # more than is held here
    ],
)
async def test_uploads_that_cannot_be_do_not_begin(x, change: dict[str, str]):
    begun = {"command": "INIT", "total_bytes": "5", "media_type": "image/png", **change}

    assert string_error(await uploads.form(x, begun))


@pytest.mark.parametrize(
    ("total_bytes", "media_type", "text"),
    [
        ("0", "image/png", "total_bytes is not within 1 and 5242880: 0."),
        ("5242881", "image/png", "total_bytes is not within 1 and 5242880: 5242881."),
        ("9" * 19, "image/gif", f"total_bytes is not within 1 and 15728640: {'9' * 19}."),
        (
            "536870912",
            "video/mp4",
            "total_bytes is more than is held here, 134217728: 536870912.",
        ),
        ("9" * 20, "image/png", "total_bytes has more than 19 digits: 20."),
        ("9" * 5_000, "image/png", "total_bytes has more than 19 digits: 5000."),
    ],
)
async def test_a_size_that_cannot_be_is_told_with_its_limit_and_value(
    x, total_bytes: str, media_type: str, text: str
):
    begun = {"command": "INIT", "total_bytes": total_bytes, "media_type": media_type}

    assert string_error(await uploads.form(x, begun)) == text


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"segment_index": b"1000"}, "segment_index is not within 0 and 999."),
        ({"segment_index": b"one"}, "segment_index is not a number."),
        ({"media": b"123456"}, "Segments exceed provided total file size."),
    ],
)
async def test_pieces_that_do_not_fit(x, fields: dict[str, bytes], fault: str):
    begun = {"command": "INIT", "total_bytes": "5", "media_type": "image/png"}
    media_id = (await uploads.form(x, begun)).json["media_id_string"]
    whole = {"command": b"APPEND", "segment_index": b"0", "media": b"12345"}

    answer = await uploads.multipart(x, {**whole, "media_id": media_id.encode(), **fields})

    assert string_error(answer) == fault


async def test_pieces_that_do_not_add_up_and_pieces_that_come_too_late(x):
    content = samples.png()
    begun = {"command": "INIT", "total_bytes": str(len(content)), "media_type": "image/png"}
    media_id = (await uploads.form(x, begun)).json["media_id_string"]
    finalize = {"command": "FINALIZE", "media_id": media_id}
    piece = {"command": b"APPEND", "media_id": media_id.encode(), "segment_index": b"1"}

    assert "do not add up" in string_error(await uploads.form(x, finalize))
    await uploads.multipart(x, {**piece, "media": content})
    assert "do not add up" in string_error(await uploads.form(x, finalize))  # the first is missing
    done = await uploads.steps(x, content, "image/png")
    late = {**piece, "media_id": done.json["media_id_string"].encode(), "media": b"1"}
    assert "finalized before" in string_error(await uploads.multipart(x, late))


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_files_and_pieces_of_more_than_five_megabytes_are_413(x):
    large = samples.png() + bytes(5 << 20)
    begun = {"command": "INIT", "total_bytes": str(len(large)), "media_type": "video/mp4"}
    media_id = (await uploads.form(x, begun)).json["media_id_string"]
    piece = {"command": b"APPEND", "media_id": media_id.encode(), "segment_index": b"0"}

    simple = await uploads.multipart(x, {"media": large})
    append = await uploads.multipart(x, {**piece, "media": large})
    beyond = await uploads.multipart(x, {"media": bytes(24 << 20)})

    assert [(one.status, one.body) for one in (simple, append, beyond)] == [(413, b"")] * 3
    largest = samples.png() + bytes((5 << 20) - len(samples.png()))
    assert (await uploads.multipart(x, {"media": largest})).status == 200


async def test_a_file_larger_than_what_is_held_is_413(stage):
    x = await stage.simulator(stage.world(Rules(limits="off", media_bytes=1_500)))

    assert (await uploads.multipart(x, {"media": samples.png() + bytes(1_000)})).status == 413
    assert (await uploads.multipart(x, {"media": samples.png()})).status == 200


async def test_an_upload_that_was_not_finished_in_a_day_is_gone(x):
    begun = {"command": "INIT", "total_bytes": "5", "media_type": "image/png"}
    media_id = (await uploads.form(x, begun)).json["media_id_string"]
    x.advance(hours=23, minutes=59)
    assert (await uploads.status(x, media_id)).status == 200

    x.advance(minutes=1)

    assert (await uploads.status(x, media_id)).fault[:2] == (400, 325)


@pytest.mark.parametrize("media_id", ["4711", "x"])
async def test_media_that_is_not_there_is_325(x, media_id: str):
    finalize = {"command": "FINALIZE", "media_id": media_id}

    assert (await uploads.status(x, media_id)).fault[:2] == (400, 325)
    assert (await uploads.form(x, finalize)).fault[:2] == (400, 325)


async def test_another_users_upload_is_not_there(x):
    media_id = await uploads.picture(x)

    assert (await uploads.status(x, media_id, who=x.signed("1002"))).fault[:2] == (400, 325)


@pytest.mark.parametrize(
    ("query", "code"), [({}, 38), ({"command": "STATUS"}, 38), ({"command": "FINALIZE"}, 0)]
)
async def test_asking_for_anything_but_the_status(x, query: dict[str, str], code: int):
    answer = await x.call("GET", UPLOAD, query=query)

    if code:
        assert answer.fault[:2] == (400, code)
    else:
        assert string_error(answer)


async def test_a_form_is_signed_and_files_are_not(x):
    wrong = x.signed()
    wrong = type(wrong)(wrong.consumer_key, "wrong", wrong.token, wrong.token_secret)

    assert (await uploads.form(x, {"media_data": "AAAA"}, who=wrong)).fault[:2] == (401, 32)
    assert (await uploads.multipart(x, {"media": b"1"}, who=wrong)).fault[:2] == (401, 32)
    assert (await uploads.multipart(x, {"media": b"1"}, who="")).fault[:2] == (400, 215)


async def test_each_step_has_a_limit_of_its_own(stage):
    x = await stage.simulator(stage.world(Rules()))

    simple = await uploads.multipart(x, {"media": samples.png()})
    done = await uploads.steps(x, samples.png(), "image/png")
    asked = await uploads.status(x, done.json["media_id_string"])

    limits = [one.headers["x-rate-limit-limit"] for one in (simple, done, asked)]
    assert limits == ["415", "615", "500"]
