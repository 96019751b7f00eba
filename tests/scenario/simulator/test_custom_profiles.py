"""Custom profiles over HTTP, and speaking under one."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from tests import samples, uploads

from roost.simulator.entries import AppEntry, Rules, TokenEntry, UserEntry, WorldFile

NEW = "/1.1/custom_profiles/new.json"
LIST = "/1.1/custom_profiles/list.json"
DESTROY = "/1.1/custom_profiles/destroy.json"
SENDING = "/1.1/direct_messages/events/new.json"
JSON = "application/json"


def world(rules: Rules | None = None) -> WorldFile:
    """Accounts that may have profiles, one that is not listed, one that is not verified."""
    app = AppEntry(app_id="13090192", consumer_secret="test-consumer-secret", owner_id="1001")
    tokens = (TokenEntry(app_id=app.app_id),)
    users = (
        UserEntry(user_id="1001", verified=True, custom_profiles_allowed=True, tokens=tokens),
        UserEntry(user_id="1002", verified=True, custom_profiles_allowed=True, tokens=tokens),
        UserEntry(user_id="1003", verified=True, tokens=tokens),
        UserEntry(user_id="1004", custom_profiles_allowed=True, tokens=tokens),
        UserEntry(user_id="2002"),
    )
    return WorldFile(format=1, apps=(app,), users=users, rules=rules or Rules(limits="off"))


@pytest.fixture
async def x(stage):
    return await stage.simulator(world())


def profile(name: object = "Jo, Support", media_id: object = "1") -> dict[str, object]:
    return {"custom_profile": {"name": name, "avatar": {"media": {"id": media_id}}}}


async def new(x, body: object, *, who=None):
    return await x.call("POST", NEW, body=json.dumps(body).encode(), content_type=JSON, who=who)


async def made(x, name: str = "Jo, Support") -> str:
    answer = await new(x, profile(name, await uploads.picture(x)))
    assert answer.status == 200, answer.body
    return answer.json["custom_profile"]["id"]


async def say(x, profile_id: str, text: str = "Hi", *, who=None):
    create = {
        "target": {"recipient_id": "2002"},
        "custom_profile_id": profile_id,
        "message_data": {"text": text},
    }
    body = {"event": {"type": "message_create", "message_create": create}}
    return await x.call("POST", SENDING, body=json.dumps(body).encode(), content_type=JSON, who=who)


async def test_a_profile_is_made_shown_and_listed_newest_first(x):
    media_id = await uploads.picture(x)
    answer = await new(x, profile("J" * 48, media_id))
    first = answer.json["custom_profile"]
    others = [await made(x, str(n)) for n in range(2)]

    assert answer.status == 200
    assert first.keys() == {"id", "created_timestamp", "name", "avatar"}
    assert first["name"] == "J" * 48
    url = first["avatar"]["media"]["url"]
    assert url.startswith("https://pbs.twimg.com/media/")
    picture = await x.call("GET", urlsplit(url).path, who="")
    assert (picture.body, picture.headers["content-type"]) == (samples.png(), "image/png")
    shown = await x.get(f"/1.1/custom_profiles/{first['id']}.json")
    assert shown.json == {"custom_profile": first}
    by_query = await x.get("/1.1/custom_profiles/show.json", id=first["id"])
    assert by_query.json == shown.json
    page = (await x.get(LIST, count="2")).json
    assert [one["id"] for one in page["custom_profiles"]] == others[::-1]
    rest = (await x.get(LIST, count="2", cursor=page["next_cursor"])).json
    assert rest == {"custom_profiles": [first]}


async def test_a_message_names_the_profile_it_was_said_under(x):
    profile_id = await made(x)

    sent = await say(x, profile_id)
    shown = (await x.control("GET", "/conversations?user_id=2002&with=1001")).json

    assert sent.json["event"]["message_create"]["custom_profile_id"] == profile_id
    assert sent.json["event"]["message_create"]["sender_id"] == "1001"
    assert shown["custom_profiles"][profile_id]["name"] == "Jo, Support"
    assert shown["events"][0]["message_create"]["custom_profile_id"] == profile_id


async def test_destroying_may_be_repeated_and_messages_still_name_it(x):
    profile_id = await made(x)
    await say(x, profile_id)

    answers = [await x.call("DELETE", DESTROY, query={"id": profile_id}) for _ in range(2)]

    assert [(one.status, one.body) for one in answers] == [(204, b"")] * 2
    assert (await x.get(LIST)).json == {"custom_profiles": []}
    assert (await x.get(f"/1.1/custom_profiles/{profile_id}.json")).fault[:2] == (404, 34)
    assert (await say(x, profile_id)).fault[:2] == (400, 214)
    shown = (await x.control("GET", "/conversations?user_id=2002&with=1001")).json
    assert profile_id in shown["custom_profiles"]


async def test_only_verified_users_that_are_listed_have_profiles(x):
    for user_id in ("1003", "1004"):
        who = x.signed(user_id)
        media_id = await uploads.picture(x, who=who)
        assert (await new(x, profile("Jo", media_id), who=who)).fault[:2] == (403, 220)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"custom_profile": {}},
        profile(""),
        profile("J" * 49),
        profile(5),
        profile(media_id=None),
        profile(media_id="x"),
        {"custom_profile": {"name": "Jo"}},
        {"custom_profile": {"name": "Jo", "avatar": {"media": {"url": "https://a.example"}}}},
    ],
)
async def test_what_does_not_fit_is_214(x, body):
    assert (await new(x, body)).fault[:2] == (400, 214)


async def test_a_picture_has_to_be_there_and_to_be_one(x):
    gif = await uploads.steps(x, samples.gif(), "image/gif")

    assert (await new(x, profile(media_id="4711"))).fault[:2] == (400, 325)
    assert (await new(x, profile(media_id=gif.json["media_id_string"]))).fault[:2] == (400, 324)


async def test_another_content_type_is_415(x):
    answer = await x.call("POST", NEW, body=b"{}", content_type="text/plain")

    assert (answer.status, answer.body) == (415, b"")


async def test_another_users_profile_is_not_there(x):
    profile_id, twin = await made(x), x.signed("1002")

    show = await x.call("GET", f"/1.1/custom_profiles/{profile_id}.json", who=twin)
    destroy = await x.call("DELETE", DESTROY, query={"id": profile_id}, who=twin)

    assert show.fault[:2] == destroy.fault[:2] == (404, 34)
    status, code, message = (await say(x, profile_id, who=twin)).fault
    assert (status, code) == (400, 214)
    assert message.startswith("event.message_create.custom_profile_id: ")


@pytest.mark.parametrize(("profile_id", "code"), [("x", 214), ("4711", 34)])
async def test_profiles_that_are_not_there(x, profile_id: str, code: int):
    assert (await x.get(f"/1.1/custom_profiles/{profile_id}.json")).fault[1] == code
    assert (await x.call("DELETE", DESTROY, query={"id": profile_id})).fault[1] == code


async def test_pictures_that_no_profile_has_are_not_there(x):
    assert (await x.call("GET", "/media/abc.jpg", who="")).fault[:2] == (404, 34)


async def test_reading_has_a_limit_of_its_own(stage):
    x = await stage.simulator(world(Rules()))

    answer = await x.get(LIST)

    assert answer.headers["x-rate-limit-limit"] == "180"


async def test_the_phone_sees_a_face_without_leaving_a_line_in_the_log_of_requests(x):
    media_id = await uploads.picture(x)
    answer = await new(x, profile("Jo", media_id))
    file = answer.json["custom_profile"]["avatar"]["media"]["url"].rpartition("/")[2]
    before = (await x.control("GET", "/requests")).json["requests"]

    face = await x.control("GET", f"/media/faces/{file}")

    assert (face.status, face.body) == (200, samples.png())
    assert (await x.control("GET", "/requests")).json["requests"] == before
    assert (await x.control("GET", "/media/faces/nobody.jpg")).status == 404
