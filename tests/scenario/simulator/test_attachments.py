"""Media, locations and custom profiles on messages, and fetching what hangs there."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from tests import samples, uploads

from roost.simulator.entries import Rules

SHOW = "/1.1/direct_messages/events/show.json"


def attached(media_id: str) -> dict[str, object]:
    return {"attachment": {"type": "media", "media": {"id": media_id}}}


def data_of(answer) -> dict[str, object]:
    assert answer.status == 200, answer.body
    return answer.json["event"]["message_create"]["message_data"]


async def test_a_photo_is_shown_with_a_link_at_the_end_of_the_text(x):
    media_id = await uploads.picture(x)

    sent = await x.send("Look & see", **attached(media_id))

    data, event_id = data_of(sent), sent.json["event"]["id"]
    media = data["attachment"]["media"]
    link = media["url"]
    assert data["text"] == f"Look &amp; see {link}"
    assert link.startswith("https://t.co/")
    (url,) = data["entities"]["urls"]
    assert data["text"][slice(*url["indices"])] == link
    assert media["indices"] == url["indices"]
    assert url["expanded_url"] == f"https://twitter.com/messages/media/{event_id}"
    assert url["display_url"] == link.replace("https://t.co/", "pic.twitter.com/")
    assert (media["id"], media["id_str"], media["type"]) == (int(media_id), media_id, "photo")
    place = f"https://ton.twitter.com/1.1/ton/data/dm/{event_id}/{media_id}/"
    assert media["media_url"] == media["media_url_https"]
    assert media["media_url"].startswith(place)
    assert media["sizes"]["thumb"] == {"w": 150, "h": 150, "resize": "crop"}
    assert media["sizes"]["large"] == {"w": 4, "h": 3, "resize": "fit"}
    assert "video_info" not in media
    assert data_of(await x.get(SHOW, id=event_id)) == data


async def test_a_gif_without_text_is_shown_as_x_was_seen_to(x):
    done = await uploads.steps(x, samples.gif(300, 160), "image/gif", media_category="dm_gif")
    x.advance(seconds=3)

    data = data_of(await x.send("", **attached(done.json["media_id_string"])))

    media = data["attachment"]["media"]
    assert data["text"] == " " + media["url"]
    assert media["indices"] == [1, 24]
    assert media["type"] == "animated_gif"
    assert media["media_url"].startswith("https://pbs.twimg.com/dm_gif_preview/")
    info = media["video_info"]
    assert info["aspect_ratio"] == [15, 8]
    assert info.keys() == {"aspect_ratio", "variants"}
    (variant,) = info["variants"]
    assert (variant["bitrate"], variant["content_type"]) == (0, "video/mp4")
    assert variant["url"].startswith("https://video.twimg.com/dm_gif/")


async def test_a_video_says_how_long_it_is(x):
    done = await uploads.steps(x, samples.mp4(), "video/mp4", media_category="dm_video")
    x.advance(seconds=3)

    media = data_of(await x.send("", **attached(done.json["media_id_string"])))["attachment"][
        "media"
    ]

    assert media["type"] == "video"
    assert media["video_info"]["duration_millis"] == 2_000
    assert media["video_info"]["aspect_ratio"] == [16, 9]
    assert media["video_info"]["variants"][0]["bitrate"] > 0


async def test_large_pictures_are_shown_scaled(x):
    answer = await uploads.multipart(x, {"media": samples.png(4_096, 1_024)})

    media = data_of(await x.send("", **attached(answer.json["media_id_string"])))["attachment"][
        "media"
    ]

    assert {name: (size["w"], size["h"]) for name, size in media["sizes"].items()} == {
        "thumb": (150, 150),
        "small": (680, 170),
        "medium": (1_200, 300),
        "large": (2_048, 512),
    }


async def test_media_that_is_not_shared_is_for_one_message(x):
    media_id = await uploads.picture(x)
    assert (await x.send("first", **attached(media_id))).status == 200

    answer = await x.send("second", **attached(media_id))

    assert answer.fault == (400, 324, "The validation of media ids failed.")


async def test_media_that_is_shared_is_for_many(x):
    media_id = await uploads.shared_picture(x)

    answers = [await x.send(str(n), **attached(media_id)) for n in range(3)]

    shown = [data_of(one)["attachment"]["media"] for one in answers]
    assert {media["id_str"] for media in shown} == {media_id}
    assert len({media["media_url"] for media in shown}) == 3


async def test_a_refused_message_uses_no_media_up(x):
    media_id = await uploads.picture(x)

    assert (await x.send("a", to="2003", **attached(media_id))).status == 403
    assert (await x.send("a", custom_profile=1, **attached(media_id))).status == 200


@pytest.mark.parametrize("media_id", ["4711", "9223372036854775807"])
async def test_media_that_is_not_there_is_325(x, media_id: str):
    assert (await x.send("a", **attached(media_id))).fault[:2] == (400, 325)


async def test_media_can_be_sent_for_a_day(x):
    early, late = await uploads.picture(x), await uploads.shared_picture(x)
    x.advance(hours=23, minutes=59)
    assert (await x.send("a", **attached(early))).status == 200

    x.advance(minutes=1)

    assert (await x.send("a", **attached(late))).fault[:2] == (400, 324)


async def test_media_that_is_not_ready_or_failed_is_324(x):
    video = await uploads.steps(x, samples.mp4(), "video/mp4", media_category="dm_video")
    broken = await uploads.steps(x, b"nothing", "video/mp4", media_category="dm_video")
    begun = {"command": "INIT", "total_bytes": "5", "media_type": "image/png"}
    ids = [one.json["media_id_string"] for one in (video, broken, await uploads.form(x, begun))]

    before = [(await x.send("a", **attached(media_id))).status for media_id in ids]
    x.advance(seconds=3)
    after = [(await x.send("a", **attached(media_id))).status for media_id in ids]

    assert before == [400, 400, 400]
    assert after == [200, 400, 400]
    assert (await x.send("a", **attached(ids[2]))).fault[:2] == (400, 324)


async def test_media_of_another_is_324_unless_one_is_named_as_an_owner(x):
    mine = await uploads.picture(x)
    ours = await uploads.picture(x, additional_owners=b"4711,1002")
    twin = x.signed("1002")

    assert (await x.send("a", who=twin, **attached(mine))).fault[:2] == (400, 324)
    assert (await x.send("a", who=twin, **attached(ours))).status == 200


async def test_everything_may_be_on_one_message_and_is_delivered_so(stage):
    x, hook = await stage.subscribed("1001")
    media_id = await uploads.picture(x)
    quick_reply = {"type": "options", "options": [{"label": "Yes"}]}
    ctas = [{"type": "web_url", "label": "Open", "url": "https://shop.example/"}]

    sent = await x.send("All", quick_reply=quick_reply, ctas=ctas, **attached(media_id))
    await x.deliveries(1)

    (event,) = hook.received[0].json["direct_message_events"]
    assert event["message_create"]["message_data"] == data_of(sent)
    assert data_of(sent).keys() == {"text", "entities", "quick_reply", "attachment", "ctas"}


async def test_a_location_is_shown_as_it_was_sent(x):
    point = {"coordinates": {"type": "Point", "coordinates": [-122.44, 37.77]}}
    location = {
        "type": "location",
        "location": {"type": "shared_coordinate", "shared_coordinate": point},
    }

    data = data_of(await x.send("", attachment=location))

    assert data["attachment"] == location
    assert data["text"] == ""


async def photo_path(x, media_id: str, **message) -> str:
    sent = await x.send("photo", **message, **attached(media_id))
    return urlsplit(data_of(sent)["attachment"]["media"]["media_url"]).path


async def test_a_photo_is_given_to_participants_only(x):
    path = await photo_path(x, await uploads.picture(x), to="1002")

    for who in ("1001", "1002"):
        answer = await x.call("GET", path, who=x.signed(who))
        assert (answer.status, answer.body) == (200, samples.png())
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await x.call("GET", f"{path}:large")).body == samples.png()
    assert (await x.call("GET", path, who="")).fault[:2] == (401, 32)
    bearer = f"Bearer {x.app.bearer_token}"
    assert (await x.call("GET", path, who=bearer)).fault[:2] == (403, 220)
    other = await photo_path(x, await uploads.picture(x), to="2002")
    assert (await x.call("GET", other, who=x.signed("1002"))).fault[:2] == (403, 220)
    reading = x.signed("1001", x.other)
    assert (await x.call("GET", path, who=reading)).fault[:2] == (403, 93)


async def test_a_photo_that_is_not_there_is_34(x):
    path = await photo_path(x, await uploads.picture(x))
    *_, event_id, media_id, file = path.split("/")

    for wrong in (
        path.replace(event_id, "4711"),
        path.replace(media_id, "4711"),
        path.replace(file, "a.png"),
    ):
        assert (await x.call("GET", wrong)).fault[:2] == (404, 34)


async def test_a_shared_photo_is_given_to_anybody(x):
    path = await photo_path(x, await uploads.shared_picture(x))

    assert (await x.call("GET", path, who="")).body == samples.png()


async def test_files_of_media_that_gave_way_are_gone_and_messages_stay(stage):
    x = await stage.simulator(stage.world(Rules(limits="off", media_bytes=3_000)))
    media_id = await uploads.picture(x)
    path = await photo_path(x, media_id)
    for _ in range(3):
        await uploads.picture(x)

    assert (await x.call("GET", path)).fault[:2] == (404, 34)
    event_id = path.split("/")[-3]
    assert data_of(await x.get(SHOW, id=event_id))["attachment"]["media"]["id_str"] == media_id
    assert (await x.send("a", **attached(media_id))).fault[:2] == (400, 325)


@pytest.mark.parametrize(
    ("content", "category", "preview"),
    [
        (samples.gif(), "dm_gif", "image/gif"),
        (samples.mp4(), "dm_video", "image/png"),
    ],
)
async def test_gifs_and_videos_are_given_with_what_stands_for_them(
    x, content: bytes, category: str, preview: str
):
    media_type = "image/gif" if category == "dm_gif" else "video/mp4"
    done = await uploads.steps(x, content, media_type, media_category=category)
    x.advance(seconds=3)
    sent = await x.send("", **attached(done.json["media_id_string"]))
    media = data_of(sent)["attachment"]["media"]
    film = urlsplit(media["video_info"]["variants"][0]["url"]).path

    shown = await x.call("GET", film, who="")
    before = await x.call("GET", urlsplit(media["media_url"]).path, who="")

    assert (shown.status, shown.body) == (200, content)
    assert shown.headers["content-type"] == media_type
    assert (before.status, before.headers["content-type"]) == (200, preview)
    for wrong in (film.replace(media["id_str"], "4711"), film.rpartition("/")[0] + "/a.mp4"):
        assert (await x.call("GET", wrong, who="")).fault[:2] == (404, 34)


async def test_a_photo_is_no_film_and_has_no_preview(x):
    *_, media_id, file = (await photo_path(x, await uploads.picture(x))).split("/")

    for folder in ("dm_gif", "dm_video", "dm_gif_preview", "dm_video_preview"):
        answer = await x.call("GET", f"/{folder}/{media_id}/{file}", who="")
        assert answer.fault[:2] == (404, 34)


async def test_links_to_media_may_begin_with_the_simulators_own_address(stage):
    rules = Rules(limits="off", media_origin="http://127.0.0.1:8090")
    x = await stage.simulator(stage.world(rules))
    gif = await uploads.steps(x, samples.gif(), "image/gif")

    media = data_of(await x.send("", **attached(gif.json["media_id_string"])))["attachment"][
        "media"
    ]

    film = media["video_info"]["variants"][0]["url"]
    assert media["media_url"].startswith("http://127.0.0.1:8090/dm_gif_preview/")
    assert film.startswith("http://127.0.0.1:8090/dm_gif/")


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        (
            {"latitude": 51.4778, "longitude": -0.0015},
            {
                "type": "shared_coordinate",
                "shared_coordinate": {
                    "coordinates": {"type": "Point", "coordinates": [-0.0015, 51.4778]}
                },
            },
        ),
        (
            {"place_id": "07d9db48bc083000"},
            {"type": "shared_place", "shared_place": {"place": {"id": "07d9db48bc083000"}}},
        ),
    ],
)
async def test_a_person_shares_a_location_and_need_not_write_anything(x, location, shown):
    said = await x.write("", location=location)

    [event] = said.json["events"]
    data = event["message_create"]["message_data"]
    assert data["attachment"] == {"type": "location", "location": shown}


@pytest.mark.parametrize(
    ("location", "field"),
    [
        ({}, "location"),
        ({"latitude": 1}, "location"),
        ({"longitude": 1}, "location"),
        ({"latitude": 91, "longitude": 0}, "location.latitude"),
        ({"latitude": 1, "longitude": 1, "place_id": "5"}, "location"),
        ({"altitude": 3}, "altitude"),
    ],
)
async def test_a_location_that_is_none_is_refused_by_its_field(x, location, field):
    said = await x.write("", location=location)

    assert said.status == 422
    assert said.json["errors"][0]["field"] == field
