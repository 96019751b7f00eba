"""Sending, showing and listing Direct Messages over HTTP."""

from __future__ import annotations

import json

import pytest

NEW = "/1.1/direct_messages/events/new.json"
SHOW = "/1.1/direct_messages/events/show.json"
LIST = "/1.1/direct_messages/events/list.json"
JSON = "application/json"


async def test_the_answer_to_sending_names_no_app_and_shows_the_text_as_x_has_it(x):
    answer = await x.send("Order & status: https://shop.example/o/7")

    event = answer.json["event"]
    assert answer.status == 200
    assert answer.headers["x-access-level"] == "read-write-directmessages"
    assert "x-rate-limit-limit" not in answer.headers
    assert answer.json.keys() == {"event"}
    assert event["message_create"].keys() == {"target", "sender_id", "message_data"}
    data = event["message_create"]["message_data"]
    assert data["text"].startswith("Order &amp; status: https://t.co/")
    assert data["entities"]["urls"][0]["expanded_url"] == "https://shop.example/o/7"
    assert data["entities"]["hashtags"] == data["entities"]["user_mentions"] == []


async def test_ids_rise_and_times_are_the_simulators(x):
    first = (await x.send("one")).json["event"]
    second = (await x.send("two")).json["event"]
    x.advance(days=1)
    third = (await x.send("three")).json["event"]

    assert int(first["id"]) < int(second["id"]) < int(third["id"])
    passed = int(third["created_timestamp"]) - int(first["created_timestamp"])
    assert passed == 24 * 60 * 60 * 1000


async def test_what_was_offered_is_there_when_read_and_buttons_have_short_links(x):
    quick_reply = {"type": "options", "options": [{"label": "Yes", "metadata": "yes"}]}
    ctas = [{"type": "web_url", "label": "Open", "url": "https://shop.example/o/7"}]

    sent = (await x.send("?", quick_reply=quick_reply, ctas=ctas)).json["event"]
    shown = (await x.get(SHOW, id=sent["id"])).json

    data = shown["event"]["message_create"]["message_data"]
    assert data["quick_reply"] == quick_reply
    assert data["ctas"][0].items() > ctas[0].items()
    assert data["ctas"][0]["tco_url"] != data["ctas"][0]["url"]
    assert shown["event"]["message_create"]["source_app_id"] == "13090192"
    assert shown["apps"]["13090192"] == {
        "id": "13090192",
        "name": "Acme Desk",
        "url": "https://acme.example",
    }


async def test_a_received_message_names_no_app(x):
    message_id = (await x.write("Hello")).json["id"]

    shown = (await x.get(SHOW, id=message_id)).json

    assert "source_app_id" not in shown["event"]["message_create"]
    assert "apps" not in shown


async def test_one_may_write_to_oneself(x):
    sent = (await x.send("note", to="1001")).json["event"]

    listed = (await x.get(LIST)).json["events"]

    assert [one["id"] for one in listed] == [sent["id"]]


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("4711", (404, 50, "User not found.")),
        ("2003", (403, 349, "You cannot send messages to this user.")),  # has blocked us
        ("2004", (403, 349, "You cannot send messages to this user.")),  # takes none
    ],
)
async def test_who_cannot_be_written_to(x, to: str, expected: tuple[int, int, str]):
    assert (await x.send(to=to)).fault == expected


async def test_who_wrote_first_may_be_answered(x):
    await x.write("Hello", by="2004")

    assert (await x.send(to="2004")).status == 200


async def test_a_handle_is_no_recipient(x):
    status, code, message = (await x.send(to="ada")).fault

    assert (status, code) == (400, 214)
    assert message == "event.message_create.target.recipient_id: 'ada' is not a valid Long"


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/xml; charset=utf-8"])
async def test_any_other_content_type_is_415_with_nothing_in_it(x, content_type: str):
    answer = await x.call("POST", NEW, body=b"{}", content_type=content_type)

    assert (answer.status, answer.body) == (415, b"")


async def test_a_content_type_may_have_parameters(x):
    answer = await x.call("POST", NEW, body=b"{}", content_type="application/json; charset=UTF-8")

    assert answer.fault[:2] == (400, 214)


async def test_a_body_cut_anywhere_is_never_a_fault_of_x(x):
    event = {
        "type": "message_create",
        "message_create": {
            "target": {"recipient_id": "2002"},
            "message_data": {
                "text": "é🙂",
                "ctas": [{"type": "web_url", "label": "l", "url": "u"}],
            },
        },
    }
    body = json.dumps({"event": event}, ensure_ascii=False).encode()

    statuses = {
        (await x.call("POST", NEW, body=body[:length], content_type=JSON)).status
        for length in range(len(body))
    }

    assert statuses == {400}


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_a_body_that_is_too_large_is_413(x):
    answer = await x.call("POST", NEW, body=b" " * (1 << 20) + b"{}", content_type=JSON)

    assert answer.status == 413


@pytest.mark.parametrize(("message_id", "code"), [("", 214), ("x", 214), ("4711", 34)])
async def test_messages_that_are_not_there(x, message_id: str, code: int):
    assert (await x.get(SHOW, id=message_id)).fault[1] == code


async def test_a_strangers_message_is_not_there(x):
    message_id = (await x.write("secret", by="2002", to="1002")).json["id"]

    assert (await x.get(SHOW, id=message_id)).fault[:2] == (404, 34)
    assert (await x.get(LIST)).json == {"events": []}


async def test_listing_goes_newest_first_page_by_page_until_no_cursor_is_left(x):
    sent = [(await x.write(str(n))).json["id"] for n in range(7)]
    sent += [(await x.send("answer")).json["event"]["id"]]

    seen: list[str] = []
    cursor, pages = "", 0
    while pages == 0 or cursor:
        query = {"count": "4", **({"cursor": cursor} if cursor else {})}
        page = (await x.get(LIST, **query)).json
        seen += [one["id"] for one in page["events"]]
        assert ("apps" in page) == (pages == 0)  # only the first page holds a message of ours
        cursor, pages = page.get("next_cursor", ""), pages + 1

    assert seen == sent[::-1]
    assert pages == 2


async def test_listing_ends_after_thirty_days(x):
    await x.write("old")
    x.advance(days=29, hours=23)
    recent = (await x.write("recent")).json["id"]
    assert len((await x.get(LIST)).json["events"]) == 2

    x.advance(hours=2)

    assert [one["id"] for one in (await x.get(LIST)).json["events"]] == [recent]


async def test_twenty_are_listed_unless_asked_for_up_to_fifty(x):
    for n in range(52):
        await x.write(str(n))

    assert len((await x.get(LIST)).json["events"]) == 20
    assert len((await x.get(LIST, count="50")).json["events"]) == 50


@pytest.mark.parametrize(
    "query",
    [{"count": "0"}, {"count": "x"}, {"cursor": "?"}, {"cursor": "w6k"}],
)
async def test_odd_pages_are_214(x, query: dict[str, str]):
    assert (await x.get(LIST, **query)).fault[:2] == (400, 214)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/1.1/nothing.json"), ("GET", NEW), ("POST", LIST), ("HEAD", LIST)],
)
async def test_what_x_does_not_have_is_34(x, method: str, path: str):
    answer = await x.call(method, path)

    assert answer.status == 404
    if method != "HEAD":
        assert answer.fault == (404, 34, "Sorry, that page does not exist.")
