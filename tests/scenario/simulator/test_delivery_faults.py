"""Faults that strike deliveries, over real connections."""

from __future__ import annotations

import asyncio
import re

import msgspec
import pytest

from roost.simulator.entries import Rules
from roost.xapi import signing


async def put(x, *rules):
    answer = await x.control("PUT", "/faults", {"faults": list(rules)})
    assert answer.status == 200, answer.body


async def test_a_lost_delivery_never_arrives_and_is_no_truth(stage):
    x, hook = await stage.subscribed("1001")
    await put(x, {"effect": "drop"})

    await x.write("Hello")
    (row,) = await x.deliveries(1)
    x.advance(hours=1)

    assert (row.status, row.error, row.next_at, row.fault) == (None, "lost (a fault)", None, "drop")
    assert hook.received == []
    kinds = ledger_kinds(x)
    assert "message" in kinds
    assert "attempt" not in kinds


async def test_a_webhook_that_is_down_is_tried_again(stage):
    x, hook = await stage.subscribed("1001")
    await put(x, {"effect": "unreachable", "count": 1})

    await x.write("Hello")
    (failed,) = await x.deliveries(1)
    x.advance(seconds=3)
    rows = await x.deliveries(2)

    assert (failed.status, failed.fault) == (None, "unreachable")
    assert failed.next_at is not None
    assert (rows[1].attempt, rows[1].status) == (2, 200)
    assert len(hook.received) == 1


async def test_a_duplicate_is_the_same_bytes_again(stage):
    x, hook = await stage.subscribed("1001")
    await put(x, {"effect": "duplicate", "copies": 2})

    await x.write("Hello")
    rows = await x.deliveries(3)

    assert len({one.body for one in hook.received}) == 1
    assert len({row.delivery_id for row in rows}) == 1


async def test_a_delivery_is_overtaken(stage):
    x, hook = await stage.subscribed("1001")
    await put(x, {"effect": "reorder", "by": 2, "count": 1})

    for text in ("first", "second", "third"):
        await x.write(text)
    await x.deliveries(3)

    assert texts(hook) == ["second", "third", "first"]


async def test_a_delivery_that_nothing_overtakes_comes_after_a_while(stage):
    x, hook = await stage.subscribed("1001")
    await put(x, {"effect": "reorder", "by": 5, "seconds": 60})

    await x.write("alone")
    x.advance(seconds=59)
    early = len(hook.received)
    x.advance(seconds=1)
    await x.deliveries(1)

    assert early == 0
    assert texts(hook) == ["alone"]


async def test_a_delivery_comes_late(stage):
    x, hook = await stage.subscribed("1001", rules=Rules(limits="off", crc_every_s=1_000_000))
    await put(x, {"effect": "delay", "seconds": 90_000, "count": 1})

    await x.write("late")
    await x.write("soon")
    await x.deliveries(1)
    x.advance(hours=25)
    await x.deliveries(2)

    assert texts(hook) == ["soon", "late"]


async def test_what_is_held_back_is_not_posted_to_a_webhook_that_is_gone(stage):
    x, hook = await stage.subscribed("1001")
    await put(x, {"effect": "delay", "seconds": 10, "count": 1})
    await x.write("late")
    x.simulator.simulation.world.note_challenge("9", valid=False)

    x.advance(seconds=10)
    await x.control("DELETE", "/faults")
    x.simulator.simulation.world.note_challenge("9", valid=True)
    await x.write("soon")
    await x.deliveries(1)

    assert texts(hook) == ["soon"]


async def test_a_corrupt_signature_is_refused_and_the_delivery_tried_again(stage):
    x, hook = await stage.subscribed("1001")
    await put(x, {"effect": "corrupt_signature", "count": 1})

    await x.write("Hello")
    (failed,) = await x.deliveries(1)
    x.advance(seconds=3)
    await x.deliveries(2)

    assert (failed.status, failed.fault) == (500, "corrupt_signature")
    right = signing.signature_of(hook.received[0].body, x.app.consumer_secret).decode()
    assert re.fullmatch(r"sha256=[A-Za-z0-9+/]{43}=", failed.signature)
    assert failed.signature != right
    assert texts(hook) == ["Hello"]


async def test_a_malformed_body_is_signed_all_the_same(stage):
    x, hook = await stage.subscribed("1001")
    await put(x, {"effect": "malformed"})

    await x.write("Hello")
    (row,) = await x.deliveries(1)

    (got,) = hook.received
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(got.body)
    assert msgspec.json.decode(row.request_body)["malformed"].encode() == got.body
    assert row.fault == "malformed"


async def test_a_split_body_comes_in_pieces_and_whole(stage):
    x, _ = await stage.subscribed("1001")
    pieces: list[bytes] = []
    done = asyncio.Event()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(re.search(rb"content-length: (\d+)", head.lower())[1])
        while sum(map(len, pieces)) < length:
            pieces.append(await reader.read(65_536))
        assert b"transfer-encoding" not in head.lower()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        writer.close()
        done.set()

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        world = x.simulator.simulation.world
        webhook = world.webhooks["9"]
        world.webhooks["9"] = msgspec.structs.replace(webhook, url=f"http://127.0.0.1:{port}/")
        await put(x, {"effect": "split_body", "pieces": 5})
        await x.write("Hello")
        (row,) = await x.deliveries(1)
        await done.wait()

    assert row.status == 200
    assert len(pieces) >= 3
    assert b"".join(pieces) == bytes(row.request_body)


@pytest.mark.parametrize(
    ("match", "is_struck"),
    [
        ({"event": "direct_message_events"}, True),
        ({"event": "follow_events"}, False),
        ({"user": "1001"}, True),
        ({"user": "1002"}, False),
        ({"webhook": "9"}, True),
        ({"webhook": "8"}, False),
        ({"app": "13090192"}, True),
        ({"app": "13090193"}, False),
    ],
)
async def test_rules_say_what_they_are_for(stage, match, is_struck):
    x, hook = await stage.subscribed("1001")
    await put(x, {"effect": "drop", "match": match})

    await x.write("Hello")
    await x.deliveries(1)

    assert (hook.received == []) is is_struck


async def lost(x, hook) -> list[str]:
    await put(x, {"effect": "drop", "probability": 0.5, "seed": 3})
    for n in range(20):
        await x.write(str(n))
    await x.deliveries(20)
    return texts(hook)


async def test_the_same_seed_and_messages_lose_the_same_deliveries(stage):
    one = await lost(*await stage.subscribed("1001"))
    other = await lost(*await stage.subscribed("1001"))

    assert sorted(one, key=int) == sorted(other, key=int)
    assert 2 <= len(one) <= 18


async def test_a_revoked_token_is_told_of_and_ends_the_subscription(stage):
    x, hook = await stage.subscribed("1001")

    await put(x, {"effect": "revoke_token", "match": {"user": "1001", "app": "13090192"}})
    await x.deliveries(1)
    await x.write("Hello")

    (told,) = hook.received
    assert told.json["user_event"]["revoke"]["source"] == {"user_id": "1001"}
    assert list(x.simulator.simulation.world.subscriptions) == []


async def test_a_challenge_comes_when_it_is_asked_for(stage):
    x, hook = await stage.subscribed("1001")

    await put(x, {"effect": "crc_now", "match": {"webhook": "9"}})
    (row,) = await x.deliveries(1, kind="crc")

    assert len(hook.challenges) == 1
    assert (row.status, row.error, row.fault) == (200, None, None)


async def test_a_right_answer_taken_for_wrong_makes_a_webhook_invalid(stage):
    x, hook = await stage.subscribed("1001")

    await put(x, {"effect": "crc_wrong_token"})
    (row,) = await x.deliveries(1, kind="crc")

    assert (row.status, row.fault) == (200, "crc_wrong_token")
    assert "Invalid CRC token" in row.error
    assert len(hook.challenges) == 1
    assert not x.simulator.simulation.world.webhooks["9"].valid


async def test_while_crcs_are_invalid_no_webhook_passes_one(stage):
    x, _ = await stage.subscribed("1001")
    hook = await stage.webhook()
    path = "/1.1/account_activity/all/prod/webhooks"
    await put(x, {"effect": "invalid_crc"}, {"effect": "crc_now"})
    (row,) = await x.deliveries(1, kind="crc")

    by_hand = await x.call("PUT", f"{path}/9.json")
    registered = await x.call(
        "POST", "/1.1/account_activity/webhooks.json", query={"url": hook.url}
    )

    assert (row.status, row.fault) == (200, "invalid_crc")
    for refused in (by_hand, registered):
        assert refused.fault[:2] == (403, 214)
        assert "Invalid CRC token" in refused.fault[2]
    assert not x.simulator.simulation.world.webhooks["9"].valid
    standing = (await x.control("GET", "/faults")).json["faults"]
    assert [(one["effect"], one["struck"]) for one in standing] == [("invalid_crc", 3)]

    await put(x)
    assert (await x.call("PUT", f"{path}/9.json")).status == 204
    assert x.simulator.simulation.world.webhooks["9"].valid


async def test_invalid_crcs_of_one_app_are_no_matter_of_another(stage):
    x, _ = await stage.subscribed("1001")

    await put(x, {"effect": "invalid_crc", "match": {"app": "13090193"}}, {"effect": "crc_now"})
    (row,) = await x.deliveries(1, kind="crc")

    assert row.fault is None


async def truth(x, *rules) -> list[object]:
    """Give what the ledger says there is, after the same story under some faults."""
    await put(x, *rules)
    for n in range(5):
        await x.write(str(n))
    await x.send("answer")
    facts = [line for line in ledger(x) if line["kind"] == "message"]
    return [(line["sender_id"], line["recipient_id"], line["text"]) for line in facts]


async def test_faults_do_not_touch_the_ledger(stage):
    plain = await truth((await stage.subscribed("1001"))[0])
    faulty = await truth(
        (await stage.subscribed("1001"))[0],
        {"effect": "drop", "probability": 0.5},
        {"effect": "malformed"},
        {"effect": "garbage_body"},
    )

    assert faulty == plain


async def test_every_post_that_was_made_is_in_the_ledger(stage):
    x, hook = await stage.subscribed("1001")
    await put(x, {"effect": "duplicate", "copies": 3})

    await x.write("Hello")
    await x.deliveries(4)

    attempts = [line for line in ledger(x) if line["kind"] == "attempt"]
    assert len(attempts) == len(hook.received) == 4


def texts(hook) -> list[str]:
    return [
        one.json["direct_message_events"][0]["message_create"]["message_data"]["text"]
        for one in hook.received
    ]


def ledger(x) -> list[dict[str, object]]:
    lines = x.simulator.simulation.records.ledger.text().splitlines()
    return [msgspec.json.decode(line) for line in lines]


def ledger_kinds(x) -> set[object]:
    return {line["kind"] for line in ledger(x)}
