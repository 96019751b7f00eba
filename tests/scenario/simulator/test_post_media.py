"""Media on Posts: what may be attached, how it is shown, and its files, which are open to all."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from tests import samples, uploads

UPDATE = "/1.1/statuses/update.json"


async def gif(x, **init: str) -> str:
    done = await uploads.steps(x, samples.gif(300, 160), "image/gif", **init)
    x.advance(seconds=3)
    return done.json["media_id_string"]


async def posted(x, *media_ids: str, status: str = "Look"):
    said = await x.form(UPDATE, status=status, media_ids=",".join(media_ids))
    assert said.status == 200, said.body
    return said.json


async def test_photos_stand_behind_one_link_at_the_end_of_the_text(x):
    ids = [await uploads.picture(x) for _ in range(4)]

    tweet = await posted(x, *ids, status="Look & see")

    media = tweet["extended_entities"]["media"]
    [first] = tweet["entities"]["media"]
    assert [one["id_str"] for one in media] == ids
    assert first == media[0]
    assert {one["url"] for one in media} == {first["url"]}
    assert tweet["text"] == f"Look &amp; see {first['url']}"
    assert tweet["text"][slice(*first["indices"])] == first["url"]
    assert tweet["display_text_range"] == [0, len("Look &amp; see")]
    assert tweet["entities"]["urls"] == []
    assert first["expanded_url"] == f"https://twitter.com/acme/status/{tweet['id_str']}/photo/1"
    assert first["media_url_https"].startswith("https://pbs.twimg.com/media/")


async def test_a_post_may_be_nothing_but_a_picture(x):
    tweet = await posted(x, await uploads.picture(x), status="")

    assert tweet["text"] == tweet["entities"]["media"][0]["url"]
    assert tweet["display_text_range"] == [0, 0]


async def test_files_on_posts_are_fetched_without_a_signature(x):
    photo, film = await uploads.picture(x), await gif(x, media_category="tweet_gif")
    first = (await posted(x, photo))["extended_entities"]["media"][0]
    second = (await posted(x, film, status="Moves"))["extended_entities"]["media"][0]

    picture = await x.call("GET", urlsplit(first["media_url_https"]).path, who="")
    variant = second["video_info"]["variants"][0]["url"]
    moving = await x.call("GET", urlsplit(variant).path, who="")

    assert (picture.status, picture.body) == (200, samples.png())
    assert second["type"] == "animated_gif"
    assert (moving.status, moving.body) == (200, samples.gif(300, 160))


async def test_a_picture_that_no_post_carries_is_not_open(x):
    media_id = await uploads.picture(x)
    entry = x.simulator.simulation.world.media.media(media_id)

    assert (await x.call("GET", f"/media/{entry.stem}.jpg", who="")).fault[:2] == (404, 34)


async def test_what_cannot_be_together_is_refused(x):
    photos = [await uploads.picture(x) for _ in range(5)]
    film = await gif(x, media_category="tweet_gif")
    private = await gif(x, media_category="dm_gif")

    refused = [
        await x.form(UPDATE, status="Hi", media_ids=",".join(ids))
        for ids in (photos, [photos[0], film], [private])
    ]

    assert [answer.fault[:2] for answer in refused] == [(400, 324), (400, 323), (400, 324)]
    unknown = await x.form(UPDATE, status="Hi", media_ids="5")
    assert unknown.fault[:2] == (400, 325)
    assert (await x.form(UPDATE, status="Hi", media_ids="x")).fault[:2] == (400, 214)


async def test_the_same_text_with_another_picture_is_another_post(x):
    await posted(x, await uploads.picture(x))

    assert (await posted(x, await uploads.picture(x)))["id_str"]


async def test_a_long_text_is_cut_before_the_link_and_whole_in_webhooks(stage):
    x, hook = await stage.subscribed("1001")

    tweet = await posted(x, await uploads.picture(x), status="word " * 40)
    [row] = await x.deliveries(1)

    [event] = hook.received[0].json["tweet_create_events"]
    assert row.status == 200
    assert tweet["truncated"]
    assert "media" not in tweet["entities"]
    assert "extended_entities" not in tweet
    whole = event["extended_tweet"]
    [media] = whole["extended_entities"]["media"]
    assert whole["full_text"].endswith(media["url"])
    assert whole["entities"]["media"] == [media]


@pytest.mark.parametrize("kind", ["photo", "film"])
async def test_a_person_posts_media_by_hand(x, kind):
    content = samples.png() if kind == "photo" else samples.gif(300, 160)
    media_id = (await uploads.attach(x, content)).json["media_id"]

    said = await x.control(
        "POST", "/users/2002/actions", {"action": "post", "text": "Mine", "media_ids": [media_id]}
    )
    again = await x.control(
        "POST", "/users/2002/actions", {"action": "post", "text": "Two", "media_ids": [media_id]}
    )

    assert said.status == 200, said.body
    [shown] = (await x.control("GET", "/posts?user_id=2002")).json["posts"]
    assert shown["tweet"]["extended_entities"]["media"][0]["id_str"] == media_id
    assert (again.status, again.json["errors"][0]["field"]) == (422, "media_ids")


async def test_a_state_keeps_the_media_of_posts(x):
    tweet = await posted(x, await uploads.picture(x))
    state = (await x.control("GET", "/state")).json

    put = await x.control("PUT", "/state", state)

    [shown] = (await x.control("GET", "/posts?user_id=1001")).json["posts"]
    assert put.status == 204
    assert shown["tweet"]["extended_entities"] == tweet["extended_entities"]
