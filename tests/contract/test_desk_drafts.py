"""What people have begun to write: kept for each of them, and gone once it has been handed over."""

from __future__ import annotations

import pytest
from tests.contract.conftest import NOON
from tests.contract.desk_api import desk_over
from tests.contract.test_desk_composing import HERE, outgoing, reply

from roost.desk import drafts
from roost.testing.clocks import FrozenClock


@pytest.fixture
async def desk(store, world):
    async with desk_over(store, FrozenClock(NOON)) as api:
        await world.receive(store, world.received(10))
        yield api


async def composer(browser):
    return (await browser.get(f"{HERE}/composer"))["draft"]


async def test_a_draft_goes_with_its_reply_and_the_note_beside_it_stays(desk):
    sam, robin = await desk.entered("sam"), await desk.entered("robin")
    draft = {"text": "hello", "quick_replies": [{"label": "Yes"}], "note": "half a note"}
    for browser in (sam, robin):
        assert (await browser.call("PUT", f"{HERE}/draft", draft)).status == 204
    await reply(sam, "other", text="something else")
    assert (await composer(sam))["text"] == "hello"

    assert (await reply(sam, text="hello", quick_replies=[{"label": "Yes"}])).status == 202

    left = await composer(sam)
    assert (left["text"], left["quick_replies"], left["note"]) == ("", [], "half a note")
    assert (await composer(robin))["text"] == "hello"


async def test_a_note_is_kept_like_a_draft_until_it_is_added(desk):
    sam = await desk.entered("sam")
    await sam.call("PUT", f"{HERE}/draft", {"text": "a reply", "note": "a note"})
    other = await sam.call("POST", f"{HERE}/notes", {"text": "another"}, idempotency_key="1")
    assert other.status == 201
    assert (await composer(sam))["note"] == "a note"

    await sam.call("POST", f"{HERE}/notes", {"text": "a note"}, idempotency_key="2")

    left = await composer(sam)
    assert (left["text"], left["note"]) == ("a reply", "")


async def test_what_is_taken_back_is_the_draft_beside_a_note_that_was_begun(desk):
    sam = await desk.entered("sam")
    await reply(sam, text="hello", may_undo=True)
    [one] = await outgoing(sam)
    await sam.call("PUT", f"{HERE}/draft", {"note": "a note"})
    path = f"{HERE}/outgoing/{one['outbox_id']}/take-back"

    assert (await sam.call("POST", path, idempotency_key="undo")).status == 200

    left = await composer(sam)
    assert (left["text"], left["note"]) == ("hello", "a note")


async def test_a_reply_without_an_answer_is_withdrawn_unless_it_was_taken(desk):
    sam, robin = await desk.entered("sam"), await desk.entered("robin")
    await reply(sam, "taken", text="hello")
    found = [
        await browser.call("DELETE", f"{HERE}/replies/{key}")
        for browser, key in [(sam, "taken"), (sam, "lost"), (sam, "lost"), (robin, "taken")]
    ]
    assert [answer.status for answer in found] == [409, 204, 204, 204]
    assert found[0].json["code"] == "handed_over"

    late = await reply(sam, "lost", text="too late")
    again = await reply(sam, "taken", text="hello")

    assert (late.status, late.json["code"], again.status) == (409, "key_reused", 202)
    assert [one["text"] for one in await outgoing(sam)] == ["hello\n— Sam"]
    gone = await sam.call("DELETE", "/api/conversations/11/11-99/replies/any")
    assert gone.status == 404


async def test_what_is_written_while_a_reply_goes_stays_a_draft(desk, monkeypatch):
    sam = await desk.entered("sam")
    await sam.call("PUT", f"{HERE}/draft", {"text": "hello"})
    sending = drafts.sending

    async def slowly(*given):
        work = await sending(*given)
        await sam.call("PUT", f"{HERE}/draft", {"text": "and then"})
        return work

    monkeypatch.setattr(drafts, "sending", slowly)
    assert (await reply(sam, text="hello")).status == 202

    assert (await composer(sam))["text"] == "and then"
