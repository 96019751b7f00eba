"""Whoever sends can take it back for a while; what is taken back never goes, and is never lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.contract.conftest import NOON, OURS
from tests.contract.desk_api import desk_over
from tests.contract.test_desk_composing import HERE, outgoing, queued, reply

from roost.desk import speaking
from roost.model.ids import MessageId
from roost.model.messages import OutboundMessage
from roost.testing.clocks import FrozenClock

WAITS = timedelta(seconds=5)


@pytest.fixture
async def desk(store, world):
    async with desk_over(store, FrozenClock(NOON)) as api:
        await world.receive(store, world.received(10))
        yield api


async def take_back(browser, outbox_id, key="undo"):
    path = f"{HERE}/outgoing/{outbox_id}/take-back"
    return await browser.call("POST", path, idempotency_key=key)


async def sent(desk, entries):
    async def unit(tx):
        for entry in entries:
            await tx.outbox.finish(entry, MessageId(f"9{entry.outbox_id}"))

    await desk.store.transact(unit)


async def test_a_reply_that_may_be_undone_goes_when_its_seconds_are_over(desk):
    sam = await desk.entered("sam")
    await reply(sam, text="hello", may_undo=True)
    assert await queued(desk) == []

    desk.clock.advance(WAITS - timedelta(milliseconds=1))
    assert await queued(desk) == []
    desk.clock.advance(timedelta(milliseconds=1))

    assert [one.message.text for one in await queued(desk)] == ["hello\n— Sam"]


async def test_without_that_it_goes_at_once(desk):
    await reply(await desk.entered("sam"), text="hello")

    assert len(await queued(desk)) == 1


async def test_what_is_taken_back_never_goes_and_is_the_writers_draft(desk):
    sam = await desk.entered("sam")
    options = [{"label": "Yes"}, {"label": "No"}]
    await reply(sam, text="hello", quick_replies=options, may_undo=True)
    [one] = await outgoing(sam)

    answers = [await take_back(sam, one["outbox_id"], key) for key in ("first", "again")]

    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json
    assert answers[0].json["text"] == "hello"
    assert (await sam.get(f"{HERE}/composer"))["draft"]["text"] == "hello"
    assert [o["label"] for o in answers[0].json["quick_replies"]] == ["Yes", "No"]
    assert await outgoing(sam) == []
    desk.clock.advance(timedelta(hours=1))
    assert await queued(desk) == []


async def test_a_conversation_resolved_with_what_is_taken_back_is_open_and_waits_as_before(
    desk, world
):
    sam = await desk.entered("sam")
    await reply(sam, text="hello", may_undo=True)
    before = await sam.get(HERE)
    assert before["waiting_since"] is not None
    await sam.call("POST", f"{HERE}/resolve", idempotency_key="done")
    assert (await sam.get(HERE))["waiting_since"] is None
    [one] = await outgoing(sam)

    assert (await take_back(sam, one["outbox_id"])).status == 200
    assert (await take_back(sam, one["outbox_id"], "again")).status == 200

    assert await sam.get(HERE) == before
    counts = await sam.get("/api/conversations/counts")
    assert (counts["mine"], counts["resolved"]) == (1, 0)


async def test_whoever_was_answered_already_waits_for_nothing_when_more_is_taken_back(desk, world):
    sam = await desk.entered("sam")
    await reply(sam, text="hello")
    await sent(desk, await queued(desk))
    await world.receive(desk.store, world.sent(20))
    await reply(sam, "b", text="and more", may_undo=True)
    await sam.call("POST", f"{HERE}/resolve", idempotency_key="done")

    await take_back(sam, (await outgoing(sam))[0]["outbox_id"])

    found = await sam.get(HERE)
    assert (found["control"], found["waiting_since"]) == ("agent", None)


async def test_what_was_begun_meanwhile_stays_the_draft(desk):
    sam = await desk.entered("sam")
    await reply(sam, text="hello", may_undo=True)
    [one] = await outgoing(sam)
    await sam.call("PUT", f"{HERE}/draft", {"text": "and also"})

    assert (await take_back(sam, one["outbox_id"])).json["text"] == "hello"

    assert (await sam.get(f"{HERE}/composer"))["draft"]["text"] == "and also"


async def test_the_next_one_goes_in_place_of_what_was_taken_back_in_its_own_time(desk):
    sam = await desk.entered("sam")
    await reply(sam, "a", text="first", may_undo=True, speak="account")
    desk.clock.advance(timedelta(seconds=4))
    await reply(sam, "b", text="second", may_undo=True, speak="account")
    first, _ = await outgoing(sam)
    await take_back(sam, first["outbox_id"])

    desk.clock.advance(timedelta(seconds=4))
    assert await queued(desk) == []
    desk.clock.advance(timedelta(seconds=1))
    assert [one.message.text for one in await queued(desk)] == ["second"]


async def test_an_open_window_and_the_customers_next_message_do_not_end_the_wait(desk, world):
    sam = await desk.entered("sam")
    await reply(sam, text="hello", may_undo=True)
    await world.receive(desk.store, world.received(20))
    await desk.store.transact(lambda tx: tx.outbox.release(OURS))

    assert await queued(desk) == []
    desk.clock.advance(WAITS)
    assert len(await queued(desk)) == 1


async def test_only_its_writer_can_take_it_back_and_only_before_x_may_have_it(desk):
    sam, robin = await desk.entered("sam"), await desk.entered("robin")
    await reply(sam, text="hello", may_undo=True)
    [one] = await outgoing(sam)
    refused = await take_back(robin, one["outbox_id"])
    assert (refused.status, refused.json["code"]) == (409, "not_possible")

    desk.clock.advance(WAITS)
    entries = await queued(desk)
    assert (await take_back(sam, one["outbox_id"], "late")).status == 409
    await sent(desk, entries)
    assert (await take_back(sam, one["outbox_id"], "later")).status == 409
    assert (await take_back(sam, 999, "nothing")).status == 409


async def test_after_a_backup_was_restored_nothing_that_x_may_have_is_taken_back(desk):
    """The second waits behind the first; both may have gone since the backup was made."""
    sam = await desk.entered("sam")
    await reply(sam, text="first")
    await reply(sam, "more", text="second")
    await desk.store.transact(lambda tx: tx.restoring.mark(NOON))

    for one in await outgoing(sam):
        refused = await take_back(sam, one["outbox_id"], f"undo {one['outbox_id']}")
        assert (refused.status, refused.json["code"]) == (409, "not_possible")
    assert {one["state"] for one in await outgoing(sam)} == {"uncertain", "queued"}


async def test_what_x_has_refused_is_taken_back_by_its_writer_to_be_corrected(desk):
    sam, robin = await desk.entered("sam"), await desk.entered("robin")
    await reply(sam, text="a wrong word", quick_replies=[{"label": "Yes"}])
    entries = await queued(desk)

    async def refuse(tx):
        for entry in entries:
            await tx.outbox.bury(entry, reason="X has refused it")

    await desk.store.transact(refuse)
    [one] = await outgoing(sam)
    assert one["state"] == "dead"
    assert (await take_back(robin, one["outbox_id"])).status == 409

    answers = [await take_back(sam, one["outbox_id"], key) for key in ("first", "again")]

    assert [answer.status for answer in answers] == [200, 200]
    assert [answer.json["text"] for answer in answers] == ["a wrong word"] * 2
    assert [o["label"] for o in answers[0].json["quick_replies"]] == ["Yes"]
    assert await outgoing(sam) == []
    desk.clock.advance(timedelta(hours=1))
    assert await queued(desk) == []


async def test_what_x_may_have_is_not_taken_back(desk):
    sam = await desk.entered("sam")
    await reply(sam, text="hello")
    entries = await queued(desk)

    async def doubt(tx):
        for entry in entries:
            await tx.outbox.park(entry, reason="nobody knows")

    await desk.store.transact(doubt)
    [one] = await outgoing(sam)
    assert one["state"] == "parked"

    assert (await take_back(sam, one["outbox_id"])).status == 409


@pytest.mark.parametrize(
    ("message", "written"),
    [
        (OutboundMessage("hello\n— Sam"), ("hello", True)),
        (OutboundMessage("— Sam", media_id="1"), ("", True)),
        (OutboundMessage("hello", custom_profile_id="7"), ("hello", True)),
        (OutboundMessage("hello"), ("hello", False)),
    ],
)
def test_what_was_signed_is_known_as_it_was_written(message, written):
    assert speaking.as_written(message, "Sam") == written
