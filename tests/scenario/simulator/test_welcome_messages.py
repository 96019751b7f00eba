"""Welcome messages and their rules over HTTP."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from tests import samples, uploads

from roost.simulator.entries import Rules

BASE = "/1.1/direct_messages/welcome_messages"
JSON = "application/json"


async def call(x, method: str, path: str, body: object = None, *, who=None, **query: str):
    raw = b"" if body is None else json.dumps(body).encode()
    content_type = "" if body is None else JSON
    return await x.call(
        method, BASE + path, query=query, body=raw, content_type=content_type, who=who
    )


async def new(x, text: object = "Welcome!", *, who=None, name: object = None, **data):
    welcome: dict[str, object] = {"message_data": {"text": text, **data}}
    if name is not None:
        welcome["name"] = name
    return await call(x, "POST", "/new.json", {"welcome_message": welcome}, who=who)


async def made(x, text: str = "Welcome!", **more) -> str:
    answer = await new(x, text, **more)
    assert answer.status == 200, answer.body
    return answer.json["welcome_message"]["id"]


async def ruled(x, welcome_message_id: object, *, who=None):
    body = {"welcome_message_rule": {"welcome_message_id": welcome_message_id}}
    return await call(x, "POST", "/rules/new.json", body, who=who)


async def test_a_welcome_message_is_shown_with_its_name_and_app_inside(x):
    quick_reply = {"type": "options", "options": [{"label": "Track", "metadata": "flow:track"}]}
    ctas = [{"type": "web_url", "label": "Help", "url": "https://shop.example/help"}]

    answer = await new(
        x, "Hi & welcome: https://a.example", name="support_en", quick_reply=quick_reply, ctas=ctas
    )

    assert answer.status == 200
    assert answer.json.keys() == {"welcome_message", "apps"}
    welcome = answer.json["welcome_message"]
    assert welcome.keys() == {"id", "created_timestamp", "message_data", "source_app_id", "name"}
    assert (welcome["name"], welcome["source_app_id"]) == ("support_en", "13090192")
    data = welcome["message_data"]
    assert data["text"].startswith("Hi &amp; welcome: https://t.co/")
    assert data["entities"]["urls"][0]["expanded_url"] == "https://a.example"
    assert data["quick_reply"] == quick_reply
    assert data["ctas"][0]["tco_url"].startswith("https://t.co/")
    app = {"id": "13090192", "name": "Acme Desk", "url": "https://acme.example"}
    assert answer.json["apps"] == {"13090192": app}
    assert (await call(x, "GET", "/show.json", id=welcome["id"])).json == answer.json


async def test_an_empty_list_is_an_empty_object(x):
    assert (await call(x, "GET", "/list.json")).body == b"{}"
    assert (await call(x, "GET", "/rules/list.json")).body == b"{}"


async def test_listing_goes_newest_first_page_by_page(x):
    ids = [await made(x, str(n)) for n in range(5)]

    first = (await call(x, "GET", "/list.json", count="3")).json
    second = (await call(x, "GET", "/list.json", count="3", cursor=first["next_cursor"])).json

    listed = [one["id"] for one in first["welcome_messages"] + second["welcome_messages"]]
    assert listed == ids[::-1]
    assert "next_cursor" not in second
    assert first["apps"].keys() == {"13090192"}
    assert all("name" not in one for one in first["welcome_messages"])


async def test_an_update_replaces_everything_but_the_name(x):
    quick_reply = {"type": "options", "options": [{"label": "Track"}]}
    message_id = await made(x, name="support", quick_reply=quick_reply)

    answer = await call(
        x, "PUT", "/update.json", {"message_data": {"text": "Other"}}, id=message_id
    )

    welcome = answer.json["welcome_message"]
    assert (answer.status, welcome["id"], welcome["name"]) == (200, message_id, "support")
    assert welcome["message_data"].keys() == {"text", "entities"}
    assert (await call(x, "GET", "/show.json", id=message_id)).json == answer.json


async def test_destroying_a_welcome_message_ends_its_rules(x):
    message_id, kept = await made(x), await made(x)
    for one in (kept, message_id):
        await ruled(x, one)

    answer = await call(x, "DELETE", "/destroy.json", id=message_id)

    assert (answer.status, answer.body) == (204, b"")
    assert (await call(x, "GET", "/show.json", id=message_id)).fault[:2] == (404, 34)
    rules = (await call(x, "GET", "/rules/list.json")).json["welcome_message_rules"]
    assert [rule["welcome_message_id"] for rule in rules] == [kept]


async def test_rules_are_made_shown_listed_and_destroyed(x):
    message_id = await made(x)

    first, second = await ruled(x, message_id), await ruled(x, int(message_id))

    rule = first.json["welcome_message_rule"]
    assert first.json.keys() == {"welcome_message_rule"}
    assert rule.keys() == {"id", "created_timestamp", "welcome_message_id"}
    assert rule["welcome_message_id"] == message_id
    assert (await call(x, "GET", "/rules/show.json", id=rule["id"])).json == first.json
    listed = (await call(x, "GET", "/rules/list.json")).json["welcome_message_rules"]
    assert listed == [second.json["welcome_message_rule"], rule]
    gone = await call(x, "DELETE", "/rules/destroy.json", id=rule["id"])
    assert (gone.status, gone.body) == (204, b"")
    assert (await call(x, "GET", "/rules/show.json", id=rule["id"])).fault[:2] == (404, 34)
    assert (await call(x, "GET", "/show.json", id=message_id)).status == 200


async def test_rules_page_too(x):
    message_id = await made(x)
    ids = [(await ruled(x, message_id)).json["welcome_message_rule"]["id"] for _ in range(3)]

    first = (await call(x, "GET", "/rules/list.json", count="2")).json
    rest = (await call(x, "GET", "/rules/list.json", count="2", cursor=first["next_cursor"])).json

    listed = [one["id"] for one in first["welcome_message_rules"] + rest["welcome_message_rules"]]
    assert listed == ids[::-1]


async def test_a_text_may_have_ten_characters_less_than_a_message(x):
    assert (await new(x, "a" * 9_990)).status == 200
    status, code, _ = (await new(x, "a" * 9_991)).fault
    assert (status, code) == (403, 354)
    message_id = await made(x)
    body = {"message_data": {"text": "a" * 9_991}}
    assert (await call(x, "PUT", "/update.json", body, id=message_id)).fault[:2] == (403, 354)


@pytest.mark.parametrize("name", ["a" * 100, "en-GB_1 #2 @shop"])
async def test_names_that_are_taken(x, name: str):
    assert (await new(x, name=name)).json["welcome_message"]["name"] == name


@pytest.mark.parametrize(
    ("welcome", "path"),
    [
        (None, "welcome_message: required"),
        ([], "welcome_message: '' is not a valid Map"),
        ({}, "welcome_message.message_data: required"),
        ({"message_data": {}}, "welcome_message.message_data.text: required"),
        ({"message_data": {"text": " "}}, "welcome_message.message_data.text"),
        ({"message_data": {"text": "a"}, "name": "a" * 101}, "welcome_message.name"),
        ({"message_data": {"text": "a"}, "name": "a!"}, "welcome_message.name"),
        ({"message_data": {"text": "a"}, "name": 5}, "welcome_message.name"),
        (
            {"message_data": {"text": "a"}, "custom_profile_id": "5"},
            "welcome_message.custom_profile_id",
        ),
        ({"message_data": {"text": "a", "ctas": []}}, "welcome_message.message_data.ctas"),
    ],
)
async def test_what_does_not_fit_is_214_with_its_path(x, welcome: object, path: str):
    status, code, message = (await call(x, "POST", "/new.json", {"welcome_message": welcome})).fault

    assert (status, code) == (400, 214)
    assert message.startswith(path)


async def test_an_update_has_no_wrapper(x):
    message_id = await made(x)
    body = {"welcome_message": {"message_data": {"text": "a"}}}

    answer = await call(x, "PUT", "/update.json", body, id=message_id)

    assert answer.fault == (400, 214, "message_data: required field is missing")


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/new.json"), ("PUT", "/update.json"), ("POST", "/rules/new.json")],
)
async def test_another_content_type_is_415_with_nothing_in_it(x, method: str, path: str):
    answer = await x.call(method, BASE + path, body=b"{}", content_type="text/plain")

    assert (answer.status, answer.body) == (415, b"")


@pytest.mark.parametrize(("given", "code"), [("", 214), ("x", 214), ("4711", 34)])
async def test_what_is_not_there(x, given: str, code: int):
    body = {"message_data": {"text": "a"}}
    answers = [
        await call(x, "GET", "/show.json", id=given),
        await call(x, "PUT", "/update.json", body, id=given),
        await call(x, "DELETE", "/destroy.json", id=given),
        await call(x, "GET", "/rules/show.json", id=given),
        await call(x, "DELETE", "/rules/destroy.json", id=given),
        await ruled(x, given),
    ]

    assert {answer.fault[1] for answer in answers} == {code}


async def test_another_users_are_not_there(x):
    message_id, twin = await made(x), x.signed("1002")
    rule_id = (await ruled(x, message_id)).json["welcome_message_rule"]["id"]

    answers = [
        await call(x, "GET", "/show.json", who=twin, id=message_id),
        await call(x, "DELETE", "/destroy.json", who=twin, id=message_id),
        await call(x, "DELETE", "/rules/destroy.json", who=twin, id=rule_id),
        await ruled(x, message_id, who=twin),
    ]

    assert {answer.fault[:2] for answer in answers} == {(404, 34)}
    assert (await call(x, "GET", "/list.json", who=twin)).json == {}


async def test_an_owner_has_to_take_messages_from_anyone(stage):
    world = stage.world()
    closed = [
        type(user)(user_id=user.user_id, tokens=user.tokens, dms_from_anyone=user.user_id != "1001")
        for user in world.users
    ]
    x = await stage.simulator(type(world)(format=1, apps=world.apps, users=tuple(closed)))

    for answer in (await new(x), await ruled(x, "1")):
        assert answer.fault == (403, 214, "Owner must allow dms from anyone.")


async def test_media_has_to_be_shared(x):
    single, shared = await uploads.picture(x), await uploads.shared_picture(x)

    def attached(media_id: str) -> dict[str, object]:
        return {"attachment": {"type": "media", "media": {"id": media_id}}}

    refused = await new(x, "a", **attached(single))
    taken = await new(x, "a", **attached(shared))
    again = await new(x, "b", **attached(shared))
    unknown = await new(x, "b", **attached("4711"))

    assert refused.fault[:2] == (400, 324)
    assert unknown.fault[:2] == (400, 325)
    assert (taken.status, again.status) == (200, 200)
    welcome = taken.json["welcome_message"]
    media = welcome["message_data"]["attachment"]["media"]
    assert welcome["message_data"]["text"] == f"a {media['url']}"
    path = urlsplit(media["media_url_https"]).path
    assert f"/{welcome['id']}/{shared}/" in path
    assert (await x.call("GET", path, who="")).body == samples.png()


async def test_writing_has_a_limit(stage):
    x = await stage.simulator(stage.world(Rules()))

    answers = [await new(x, str(n)) for n in range(16)]

    assert [answer.status for answer in answers] == [200] * 15 + [429]
    assert answers[-1].fault[1] == 88


async def test_an_app_without_permission_is_93(x):
    answer = await call(x, "GET", "/list.json", who=x.signed("1001", x.other))

    assert answer.fault[:2] == (403, 93)
