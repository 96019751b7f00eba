"""What webhooks are told, how, and how often."""

from __future__ import annotations

import msgspec
import pytest

from roost.simulator.entries import Rules
from roost.xapi import signing

QUICK = Rules(limits="off", webhook_timeout_s=2.0)


async def test_a_received_message_is_delivered_signed_with_users_and_no_app(stage):
    x, hook = await stage.subscribed("1001")

    message_id = (await x.write("Hello & welcome")).json["id"]
    (row,) = await x.deliveries(1)

    (got,) = hook.received  # whose signature the webhook has verified
    assert got.content_type == "application/json"
    assert got.json["for_user_id"] == "1001"
    assert got.json.keys() == {"for_user_id", "direct_message_events", "users"}
    (event,) = got.json["direct_message_events"]
    assert event["id"] == message_id
    assert event["message_create"]["sender_id"] == "2002"
    assert event["message_create"]["message_data"]["text"] == "Hello &amp; welcome"
    assert "source_app_id" not in event["message_create"]
    assert got.json["users"].keys() == {"1001", "2002"}
    assert got.json["users"]["2002"]["name"] == "Ada Lovelace"
    assert got.json["users"]["2002"]["followers_count"] == 0
    assert (row.status, row.attempt, row.error, row.next_at) == (200, 1, None, None)
    assert row.signature == got.signature
    assert bytes(row.request_body) == got.body


async def test_who_signs_what_they_wrote_anew_fails_as_at_x(stage):
    x, hook = await stage.subscribed("1001")

    await x.write("Grüße <3 😀")
    await x.deliveries(1)

    (got,) = hook.received  # whose signature over these very bytes the webhook has verified
    anew = msgspec.json.encode(got.json)
    assert anew != got.body
    assert signing.signature_of(anew, "consumer-secret-13090192").decode() != got.signature
    assert b'"http:\\/\\/abs.twimg.com\\/' in got.body
    assert b"Gr\\u00fc\\u00dfe &lt;3 \\ud83d\\ude00" in got.body


async def test_an_apps_own_message_comes_back_with_its_app(stage):
    x, hook = await stage.subscribed("1001")

    message_id = (await x.send("Hello")).json["event"]["id"]
    await x.deliveries(1)

    (got,) = hook.received
    (event,) = got.json["direct_message_events"]
    assert event["id"] == message_id
    assert event["message_create"]["source_app_id"] == "13090192"
    assert got.json["apps"]["13090192"]["name"] == "Acme Desk"


async def test_both_ends_subscribed_means_two_deliveries(stage):
    x, hook = await stage.subscribed("1001", "1002")

    await x.send("Hello", to="1002")
    await x.deliveries(2)

    bodies = {got.json["for_user_id"]: got.json for got in hook.received}
    assert bodies.keys() == {"1001", "1002"}
    assert "apps" in bodies["1001"]
    assert "apps" not in bodies["1002"]


async def test_a_message_to_oneself_is_delivered_once(stage):
    x, hook = await stage.subscribed("1001")

    await x.send("note", to="1001")
    await x.deliveries(1)
    await x.write("next")
    await x.deliveries(2)

    assert len(hook.received) == 2


async def test_failed_deliveries_are_tried_after_3_27_and_242_seconds_and_then_no_more(stage):
    x, hook = await stage.subscribed("1001", answers=[500, 302, 404, 503])

    await x.write("Hello")
    for n, pause in enumerate([3, 27, 242], start=1):
        row = (await x.deliveries(n))[-1]
        assert int(row.next_at) - int(row.at) == pause * 1000
        x.advance(seconds=pause)
    rows = await x.deliveries(4)
    x.advance(days=1)
    await x.write("The next one")
    rows = await x.deliveries(5)

    assert [(row.attempt, row.status) for row in rows] == [
        (1, 500),
        (2, 302),
        (3, 404),
        (4, 503),
        (1, 200),
    ]
    assert rows[3].next_at is None
    assert len({row.delivery_id for row in rows}) == 2
    assert len({got.body for got in hook.received[:4]}) == 1


async def test_retrying_ends_with_success(stage):
    x, hook = await stage.subscribed("1001", answers=[500])

    await x.write("Hello")
    await x.deliveries(1)
    x.advance(seconds=3)
    rows = await x.deliveries(2)

    assert [row.next_at is None for row in rows] == [False, True]
    assert hook.received[0] == hook.received[1]


async def test_a_retry_does_not_come_early(stage):
    x, hook = await stage.subscribed("1001", answers=[500])

    await x.write("Hello")
    await x.deliveries(1)
    x.advance(seconds=2.999)
    await x.write("Second")
    await x.deliveries(2)
    assert len(hook.received) == 2

    x.advance(seconds=0.001)
    rows = await x.deliveries(3)
    assert (rows[2].delivery_id, rows[2].attempt) == (rows[0].delivery_id, 2)


async def test_an_application_that_is_down_hears_of_it_when_it_is_back(stage):
    x = await stage.simulator()
    gone = await stage.webhook()
    answer = await x.call(
        "POST", "/1.1/account_activity/all/prod/webhooks.json", query={"url": gone.url}
    )
    assert answer.status == 200
    await x.call("POST", "/1.1/account_activity/all/prod/subscriptions.json")
    await gone.stop()

    await x.write("Hello")
    (row,) = await x.deliveries(1)
    await gone.start()
    x.advance(seconds=3)
    rows = await x.deliveries(2)

    assert row.status is None
    assert "Cannot connect" in row.error
    assert rows[1].status == 200
    assert len(gone.received) == 1


async def test_an_application_that_never_answers_is_given_up_on_in_time(stage):
    x, hook = await stage.subscribed("1001", rules=QUICK, never_answers=True)

    await x.write("Hello")
    (row,) = await x.deliveries(1)

    assert row.status is None
    assert "TimeoutError" in row.error
    assert row.next_at is not None
    assert row.ms >= 1_900
    assert len(hook.received) == 1


async def test_slow_deliveries_do_not_wait_for_each_other(stage):
    x, hook = await stage.subscribed("1001", rules=QUICK, never_answers=True)

    for n in range(5):
        await x.write(str(n))
    rows = await x.deliveries(5)

    assert len(hook.received) == 5
    assert max(row.ms for row in rows) < 9_000


async def test_an_invalid_webhook_is_told_nothing_and_later_neither(stage):
    x, hook = await stage.subscribed("1001", answers=[500])
    world = x.simulator.simulation.world

    await x.write("tried once, and then no more")
    await x.deliveries(1)
    world.note_challenge("9", valid=False)
    x.advance(minutes=10)
    await x.write("never delivered")
    world.note_challenge("9", valid=True)
    await x.write("delivered")
    await x.deliveries(2)

    texts = [
        got.json["direct_message_events"][0]["message_create"]["message_data"]["text"]
        for got in hook.received
    ]
    assert texts == ["tried once, and then no more", "delivered"]


async def test_a_delivery_can_be_made_again(stage):
    x, hook = await stage.subscribed("1001")
    await x.write("Hello")
    (row,) = await x.deliveries(1)

    answer = await x.control("POST", f"/deliveries/{row.id}/redeliver")
    rows = await x.deliveries(2)

    assert (answer.status, answer.json) == (202, {"delivery_id": row.delivery_id})
    assert hook.received[0] == hook.received[1]
    assert rows[1].delivery_id == row.delivery_id


async def test_what_is_not_there_cannot_be_made_again(x):
    answer = await x.control("POST", "/deliveries/7/redeliver")

    assert answer.status == 422
    assert answer.json["errors"][0]["field"] == "id"


@pytest.mark.parametrize("user_id", ["1001", "1002"])
async def test_only_subscribed_users_are_told_of(stage, user_id: str):
    x, hook = await stage.subscribed(user_id)

    await x.write("to one", to="1001")
    await x.write("to the other", to="1002")
    await x.deliveries(1)

    assert [got.json["for_user_id"] for got in hook.received] == [user_id]


async def test_the_ledger_holds_messages_attempts_and_calls_in_order(stage):
    x, _ = await stage.subscribed("1001", answers=[500])
    message_id = (await x.send("Hello")).json["event"]["id"]
    await x.deliveries(1)
    x.advance(seconds=3)
    await x.deliveries(2)

    text = (await x.control("GET", "/ledger")).body
    lines = [msgspec.json.decode(line) for line in text.splitlines()]

    assert [line["n"] for line in lines] == list(range(1, len(lines) + 1))
    (message,) = [line for line in lines if line["kind"] == "message"]
    assert message["message_id"] == message_id
    attempts = [line for line in lines if line["kind"] == "attempt"]
    assert [(one["attempt"], one["status"]) for one in attempts] == [(1, 500), (2, 200)]
    assert {one["event_id"] for one in attempts} == {message_id}
    assert {one["delivery_id"] for one in attempts} == set(message["deliveries"])
    (request,) = [line for line in lines if line["kind"] == "request"]
    assert (request["route"], request["status"]) == ("dm.events.new", 200)
