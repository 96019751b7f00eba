"""Forms X has been seen to answer in that its documents, or the simulator, do not have."""

from __future__ import annotations

import json

import msgspec
import pytest
from tests.unit.xapi.test_calls import answered, client

from roost.errors import SendUncertain, XApiUnavailable
from roost.model.messages import OutboundMessage
from roost.xapi import downloads
from roost.xapi.transport import Response
from roost.xapi.wire_dm import MessageCreate, MessageData, MessageEvent, Target

USER = {
    "id": 2002,
    "id_str": "2002",
    "name": "Ada",
    "screen_name": "ada",
    "created_at": "Wed Oct 10 20:19:24 +0000 2018",
    "profile_image_url_https": "https://pbs.twimg.com/a_normal.jpg",
}


def said(value: object) -> Response:
    return answered(200, json.dumps(value).encode())


async def test_an_empty_object_among_custom_profiles_is_none_of_them() -> None:
    profile = {"id": "1", "name": "Jo", "avatar": {"media": {"url": "https://pbs.twimg.com/a"}}}
    x, _ = client(said({"custom_profiles": [{}, profile], "next_cursor": "b"}))
    page = await x.profiles.page()
    assert ([one.name for one in page.custom_profiles], page.next_cursor) == (["Jo"], "b")


@pytest.mark.parametrize(
    "value",
    [
        {"welcome_message": {"id": "1", "message_data": {"text": "a"}}, "name": "support"},
        {"welcome_message": {"id": "1", "message_data": {"text": "a"}, "name": "support"}},
    ],
)
async def test_a_name_beside_or_inside_a_welcome_message_is_its_name(value: object) -> None:
    x, _ = client(said(value))
    assert (await x.welcome_messages.show("1")).name == "support"


@pytest.mark.parametrize("value", [{}, {"welcome_message_rules": []}])
async def test_a_list_without_its_array_is_empty(value: object) -> None:
    x, _ = client(said(value))
    assert [rule async for rule in x.welcome_rules.all()] == []


async def test_a_user_needs_few_fields_and_may_have_more() -> None:
    x, _ = client(said({**USER, "description": None, "following": True, "new_field": [1]}))
    assert (await x.users.show("2002")).screen_name == "ada"


async def test_a_post_from_a_place_is_read() -> None:
    entities = {"hashtags": [], "symbols": [], "user_mentions": [], "urls": []}
    post = {
        "id": 1,
        "id_str": "1",
        "created_at": "Wed Oct 10 20:19:24 +0000 2018",
        "full_text": "a",
        "user": USER,
        "entities": entities,
        "geo": {"type": "Point", "coordinates": [1, 2]},
        "place": {"id": "a"},
    }
    x, _ = client(said(post))
    assert (await x.posts.new("a")).id_str == "1"


async def test_ids_may_be_numbers_for_all_that_was_asked() -> None:
    page = {
        "ids": [17, "18"],
        "next_cursor": 0,
        "next_cursor_str": "0",
        "previous_cursor": 0,
        "previous_cursor_str": "0",
    }
    x, transport = client(said(page))
    assert [one async for one in x.relations.follower_ids("1")] == ["17", "18"]
    assert "stringify_ids=true" in transport.requests[0].url


async def test_the_old_status_for_too_many_calls_is_a_rate_limit() -> None:
    x, _ = client(answered(420))
    with pytest.raises(Exception, match="rate limit used up"):
        await x.messages.page()


async def test_what_cannot_be_read_may_be_asked_for_again_or_may_not() -> None:
    x, _ = client(answered(200, b"<html>"))
    with pytest.raises(XApiUnavailable):
        await x.users.show("1")
    with pytest.raises(SendUncertain):
        await x.posts.new("a")
    with pytest.raises(XApiUnavailable):
        await x.profiles.page()


async def test_a_token_that_is_not_there_is_not_made_up() -> None:
    x, _ = client(answered(200, b"oauth_callback_confirmed=true"))
    with pytest.raises(SendUncertain, match="holds no token"):
        await x.tokens.request()


async def test_more_users_than_fit_into_an_address_are_posted() -> None:
    x, transport = client(said([USER]))
    await x.users.lookup(screen_names=[f"@name{n}" for n in range(100)])
    (request,) = transport.requests
    assert (request.method, request.url) == ("POST", "http://x.test/1.1/users/lookup.json")
    assert request.body.startswith(b"screen_name=name0%2Cname1%2C")


@pytest.mark.parametrize("attachment", [None, {"type": "location", "location": {}}, "odd"])
def test_a_message_without_media_has_none(attachment: object) -> None:
    data = {"text": "a", **({"attachment": attachment} if attachment else {})}
    create = {"target": {"recipient_id": "1"}, "message_data": data}
    text = json.dumps({"type": "message_create", "message_create": create})
    event = msgspec.json.decode(text, type=MessageEvent)
    assert downloads.media_of(event) is None


def test_a_message_that_is_being_written_has_none_either() -> None:
    event = MessageEvent("message_create", MessageCreate(Target("1"), MessageData(text="a")))
    assert downloads.media_of(event) is None


async def test_a_profile_page_that_is_damaged_is_no_page() -> None:
    x, _ = client(said({"custom_profiles": [{"name": 7}]}))
    with pytest.raises(XApiUnavailable):
        await x.profiles.page()


async def test_every_attachment_is_written_as_x_documents_it() -> None:
    sent = b'{"event":{"type":"message_create","id":"77","message_create":'
    sent += b'{"target":{"recipient_id":"2"},"message_data":{"text":"hello"}}}}'
    x, transport = client(answered(200, sent))
    await x.messages.send("2", OutboundMessage("", media_id="17", custom_profile_id="18"))
    create = json.loads(transport.requests[0].body)["event"]["message_create"]
    assert create["custom_profile_id"] == "18"
    assert create["message_data"] == {
        "text": "",
        "attachment": {"type": "media", "media": {"id": "17"}},
    }
