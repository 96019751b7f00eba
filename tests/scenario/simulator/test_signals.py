"""Typing, read marks and deleting messages, through the API."""

from __future__ import annotations

import pytest

TYPING = "/1.1/direct_messages/indicate_typing.json"
READ = "/1.1/direct_messages/mark_read.json"
DESTROY = "/1.1/direct_messages/events/destroy.json"
SHOW = "/1.1/direct_messages/events/show.json"
LIST = "/1.1/direct_messages/events/list.json"


@pytest.mark.parametrize("place", ["query", "form"])
async def test_typing_is_told_wherever_the_recipient_is_named(stage, place: str):
    x, hook = await stage.subscribed("1002")

    if place == "form":
        answer = await x.form(TYPING, recipient_id="1002")
    else:
        answer = await x.call("POST", TYPING, query={"recipient_id": "1002"})
    await x.deliveries(1)

    assert (answer.status, answer.body) == (204, b"")
    assert "content-length" not in answer.headers
    (event,) = hook.received[0].json["direct_message_indicate_typing_events"]
    assert (event["sender_id"], event["target"]) == ("1001", {"recipient_id": "1002"})


@pytest.mark.parametrize(
    ("recipient_id", "fault"),
    [("", (400, 38)), ("ada", (400, 214)), ("4711", (404, 50)), ("2003", (403, 349))],
)
async def test_nobody_can_be_typed_to_who_cannot_be_written_to(x, recipient_id: str, fault):
    assert (await x.form(TYPING, recipient_id=recipient_id)).fault[:2] == fault


async def test_what_was_read_is_marked_once(stage):
    x, hook = await stage.subscribed("1002")
    messages = [(await x.write(str(n), by="1002")).json["id"] for n in range(3)]
    await x.deliveries(3)
    hook.received.clear()

    for message_id in (messages[1], messages[0], messages[1], messages[2]):
        marked = await x.form(READ, last_read_event_id=message_id, recipient_id="1002")
        assert (marked.status, marked.body) == (204, b"")
    await x.deliveries(5)

    events = [got.json["direct_message_mark_read_events"][0] for got in hook.received]
    assert {event["last_read_event_id"] for event in events} == {messages[1], messages[2]}
    assert {event["sender_id"] for event in events} == {"1001"}
    assert {event["target"]["recipient_id"] for event in events} == {"1002"}


async def test_a_read_mark_names_who_wrote_the_message(x):
    received = (await x.write("Hello")).json["id"]
    sent = (await x.send("Hi")).json["event"]["id"]
    strange = (await x.write("Hello", to="1002")).json["id"]

    async def mark(message_id: str, recipient_id: str) -> tuple[int, int]:
        answer = await x.form(READ, last_read_event_id=message_id, recipient_id=recipient_id)
        return answer.fault[:2]

    assert await mark(received, "1002") == (404, 34)
    assert await mark(sent, "2002") == (404, 34)
    assert await mark(strange, "2002") == (404, 34)
    assert await mark("4711", "2002") == (404, 34)
    assert await mark(received, "4711") == (404, 50)
    assert await mark("x", "2002") == (400, 214)
    assert await mark("", "2002") == (400, 38)
    assert await mark(received, "") == (400, 38)


async def test_a_deleted_message_is_gone_for_its_deleter_alone(x):
    message_id = (await x.send("oops", to="1002")).json["event"]["id"]

    answer = await x.call("DELETE", DESTROY, query={"id": message_id})

    assert (answer.status, answer.body) == (204, b"")
    assert (await x.get(SHOW, id=message_id)).fault[:2] == (404, 34)
    assert (await x.get(LIST)).json == {"events": []}
    other = await x.call("GET", SHOW, query={"id": message_id}, who=x.signed("1002"))
    assert other.json["event"]["id"] == message_id
    again = await x.call("DELETE", DESTROY, query={"id": message_id})
    assert again.fault[:2] == (404, 34)


async def test_a_message_both_have_deleted_is_gone(x):
    message_id = (await x.send("oops", to="1002")).json["event"]["id"]

    for user_id in ("1002", "1001"):
        who = x.signed(user_id)
        answer = await x.call("DELETE", DESTROY, query={"id": message_id}, who=who)
        assert answer.status == 204

    assert message_id not in x.simulator.simulation.world.messages


@pytest.mark.parametrize(("message_id", "fault"), [("", (400, 38)), ("x", (400, 214))])
async def test_what_is_no_message_cannot_be_deleted(x, message_id: str, fault: tuple[int, int]):
    assert (await x.call("DELETE", DESTROY, query={"id": message_id})).fault[:2] == fault


async def test_a_strangers_message_cannot_be_deleted(x):
    message_id = (await x.write("secret", to="1002")).json["id"]

    assert (await x.call("DELETE", DESTROY, query={"id": message_id})).fault[:2] == (404, 34)


async def test_what_was_deleted_and_read_survives_an_export(x):
    message_id = (await x.write("Hello")).json["id"]
    kept = (await x.write("Hello again")).json["id"]
    await x.form(READ, last_read_event_id=kept, recipient_id="2002")
    await x.call("DELETE", DESTROY, query={"id": message_id})

    state = (await x.control("GET", "/state")).json
    assert (await x.control("PUT", "/state", state)).status == 204

    assert [one["id"] for one in (await x.get(LIST)).json["events"]] == [kept]
    assert x.simulator.simulation.world.reads == {("1001", "2002"): kept}


async def test_typing_and_reading_by_hand_name_the_field_that_is_wrong(x):
    for user_id, action, fields, field in [
        ("1001", "typing", {"to": "4711"}, "to"),
        ("1001", "typing", {"to": "2003"}, "to"),
        ("2002", "read", {"to": "4711"}, "to"),
        ("2002", "read", {"to": "1001"}, "message_id"),
        ("2002", "read", {"to": "1001", "message_id": "5"}, "message_id"),
    ]:
        answer = await x.act(user_id, action, **fields)
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, field)
