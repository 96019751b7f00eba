"""What the desk says of a customer beside the messages, on both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.contract.conftest import NOON, OURS, WITHOUT_BOT
from tests.contract.desk_api import desk_over
from tests.samples import png

from roost.desk import cursors
from roost.engine import answering, filing
from roost.engine.answering import Act
from roost.errors import XApiUnavailable
from roost.model.activities import Blocked, Followed, Liked, Mentioned, Posted
from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import Entry, Message, OutboundMessage, Profile
from roost.model.outbound import Addressee, Lane
from roost.model.people import PersonId, Role
from roost.model.posts import Post
from roost.model.x_objects import XKind, XObject
from roost.ports.customers import PastKey
from roost.testing.clocks import FrozenClock

HERE, PANEL = ConversationId("11-22"), "/api/conversations/11/11-22/customer"
BOB = Profile("22", "bob", "Bob")
PICTURE = "https://pbs.twimg.com/profile_images/1/b_normal.jpg"
SHOWN = PICTURE.replace("_normal", "_bigger")
USER = {
    "id": "22",
    "created_timestamp": "1430000000000",
    "name": "Bob",
    "screen_name": "bob",
    "location": "Oslo &amp; Bergen",
    "description": "Parcels",
    "url": "https://t.co/xyz",
    "protected": False,
    "verified": True,
    "followers_count": 31,
    "friends_count": 12,
    "statuses_count": 77,
    "profile_image_url_https": PICTURE,
}


@pytest.fixture
async def desk(store):
    async with desk_over(store, FrozenClock(NOON)) as api:
        yield api


async def told(store, world, event, *, at=NOON, **user) -> None:
    """Let X deliver an event with the customer's profile beside it."""
    body = json.dumps({"users": {"11": {"id": "11", "screen_name": "ours"}, "22": USER | user}})
    await store.inbox.put(world.delivery(event, at=at, body=body.encode()))
    await store.transact(lambda tx: filing.file_new(tx, limit=100))


async def happen(store, world, *events) -> None:
    await world.put(store, *events)
    await store.transact(lambda tx: filing.file_new(tx, limit=100))


def begun_via(world, **entry):
    first = world.received(10)
    return replace(first, message=Message(MessageId("10"), "hello", entry=Entry(**entry)))


async def test_the_profile_is_the_one_x_told_last(desk, store, world):
    await told(store, world, world.received(10))
    later = NOON + timedelta(hours=1)
    await told(store, world, world.received(20), at=later, name="Bobby", followers_count=32)
    sam = await desk.entered()

    profile = (await sam.get(PANEL))["profile"]

    assert profile == {
        "user_id": "22",
        "screen_name": "bob",
        "name": "Bobby",
        "description": "Parcels",
        "location": "Oslo & Bergen",
        "website": "https://t.co/xyz",
        "followers": 32,
        "following": 12,
        "posts": 77,
        "is_verified": True,
        "is_protected": False,
        "joined_at": "2015-04-25T22:13:20Z",
        "has_picture": True,
        "told_at": "2026-03-01T13:00:00Z",
    }


async def test_of_a_customer_whom_x_never_described_the_names_are_known(desk, store, world):
    await world.receive(store, world.received(10))
    sam = await desk.entered()

    panel = await sam.get(PANEL)

    profile = panel["profile"]
    assert [profile[name] for name in ("user_id", "screen_name", "name")] == ["22", "bob", "Bob"]
    assert (profile["followers"], profile["told_at"], profile["has_picture"]) == (None, None, False)
    assert panel["beginning"] is None
    assert (panel["episodes"], panel["conversations"], panel["notes"]) == ([], [], [])
    assert (await sam.get(f"{PANEL}/history")) == {"activities": [], "before": None}
    assert (await sam.call("GET", f"{PANEL}/picture")).status == 404


async def test_messages_are_counted_each_way_from_the_first_contact_on(desk, store, world):
    followed = Followed(OURS, "f", 5, HERE, BOB, NOON - timedelta(days=2), False)
    await happen(store, world, followed)
    for event in (world.received(10), world.received(11), world.sent(12)):
        await world.receive(store, event)
    sam = await desk.entered()

    panel = await sam.get(PANEL)

    assert (panel["received"], panel["sent"]) == (2, 1)
    assert panel["first_at"] == "2026-02-27T12:00:00Z"
    assert panel["last_at"] == "2026-03-01T12:00:12Z"


async def test_the_picture_comes_by_way_of_the_desk(desk, store, world):
    await told(store, world, world.received(10))
    sam = await desk.entered()
    assert (await sam.call("GET", f"{PANEL}/picture")).status == 404  # no longer at X
    desk.at_x.files[SHOWN] = png()

    shown = await sam.call("GET", f"{PANEL}/picture")

    assert (shown.status, shown.headers["content-type"]) == (200, "image/png")
    assert shown.body == png()
    assert "no-store" in shown.headers["cache-control"]
    desk.at_x.files[SHOWN] = b"<svg onload=alert(1)>"
    assert (await sam.call("GET", f"{PANEL}/picture")).status == 502
    desk.at_x.fails_with = XApiUnavailable("down")
    assert (await sam.call("GET", f"{PANEL}/picture")).status == 503


async def test_a_welcome_message_that_began_it_is_named(desk, store, world):
    welcome = XObject(XKind.WELCOME, "greeting", "700")
    await store.transact(lambda tx: tx.x_objects.replace(OURS, [welcome], at=NOON))
    await world.receive(store, begun_via(world, welcome_message_id="700"))
    sam = await desk.entered()

    began = (await sam.get(PANEL))["beginning"]

    assert (began["kind"], began["x_id"], began["name"]) == ("welcome_message", "700", "greeting")


async def test_the_post_that_began_it_is_quoted(desk, store, world):
    ours = Profile(str(OURS))
    offer = Post("900", ours, "Write to us")
    await happen(store, world, Posted(OURS, "900", 900, ConversationId("11-11"), ours, NOON, offer))
    await world.receive(store, begun_via(world, post_id="900"))
    sam = await desk.entered()

    began = (await sam.get(PANEL))["beginning"]

    assert (began["kind"], began["x_id"], began["text"]) == ("post", "900", "Write to us")


async def test_the_like_that_our_first_message_answered_began_it(desk, store, world):
    post = Post("900", Profile(str(OURS), "ours"), "An offer")
    liked = Liked(OURS, "like", 5, HERE, BOB, NOON, post, is_ours=False)
    delivery = world.delivery(liked)
    await store.inbox.put(delivery)
    wanted = {"demo": {"liked"}}
    await store.transact(lambda tx: filing.file_new(tx, limit=100, wanted=wanted))
    to = Addressee(OURS, HERE, UserId("22"))

    async def answer(tx) -> None:
        thanks = OutboundMessage("thanks")
        await tx.outbox.put(to, thanks, lane=Lane.BOT, trace_id=delivery.trace_id, at=NOON)

    await store.transact(answer)
    (entry,) = await world.start(store)
    await store.transact(lambda tx: tx.messages.put_sent(entry, MessageId("500"), NOON))
    await store.transact(lambda tx: tx.outbox.finish(entry, MessageId("500")))
    sam = await desk.entered()

    began = (await sam.get(PANEL))["beginning"]

    assert (began["kind"], began["event_key"], began["x_id"]) == ("liked", "like", "900")
    assert (began["text"], began["is_ours"]) == ("An offer", False)


async def test_history_is_newest_first_page_by_page_and_about_this_customer_only(
    desk, store, world
):
    await world.receive(store, world.received(10))
    ann = Profile("23", "ann", "Ann")
    post = Post("904", BOB, "where is it?", mentioned=(OURS,))
    await happen(
        store,
        world,
        Followed(OURS, "f", 900, HERE, BOB, NOON, False),
        Mentioned(OURS, "904", 904, HERE, BOB, NOON, post),
        Blocked(OURS, "b", 905, HERE, BOB, NOON, True),
        Followed(OURS, "g", 906, ConversationId("11-23"), ann, NOON, False),
    )
    sam = await desk.entered()

    first = await sam.get(f"{PANEL}/history?limit=2")
    second = await sam.get(f"{PANEL}/history?limit=2&before={first['before']}")

    found = [(one["kind"], one["is_ours"]) for one in first["activities"] + second["activities"]]
    assert found == [("blocked", True), ("mentioned", False), ("followed", False)]
    mention = first["activities"][1]
    assert (mention["post_id"], mention["author"]) == ("904", "bob")
    assert (mention["text"], mention["event_key"]) == ("where is it?", "904")
    assert second["before"] is None
    beyond = cursors.write(PastKey(2**70, "liked", "x"))
    for limit, before in ((0, ""), (101, ""), (2, "no-cursor"), (2, beyond)):
        query = f"limit={limit}" + (f"&before={before}" if before else "")
        assert (await sam.call("GET", f"{PANEL}/history?{query}")).status in {400, 422}


async def test_what_was_resolved_is_listed_by_its_first_message(desk, store, world):
    times = [(60, "first"), (180, "second"), (300, "third")]
    for minutes, text in times:
        at = NOON + timedelta(minutes=minutes)
        number = (int(at.timestamp() * 1000) - 1_288_834_974_657) << 22
        event = replace(world.received(number, text=text), at=at)
        await world.receive(store, event)
        if text != "third":
            then = NOON + timedelta(minutes=minutes + 30)
            act = Act(OURS, HERE, PersonId("p-sam"), "0" * 32, then)
            await store.transact(lambda tx, act=act: answering.resolve(tx, act))
    sam = await desk.entered()

    episodes = (await sam.get(PANEL))["episodes"]

    assert [one["text"] for one in episodes] == ["second", "first"]
    assert episodes[0]["began_at"] == "2026-03-01T15:00:00Z"
    assert episodes[0]["resolved_at"] == "2026-03-01T15:30:00Z"
    assert {one["person_id"] for one in episodes} == {"p-sam"}


async def test_an_agent_sees_the_customer_only_where_they_serve(desk, store, world):
    secret = "quetzalcoatl"
    await world.receive(store, world.received(10))
    await world.receive(store, world.received(11, account=WITHOUT_BOT, text=secret, name=secret))
    note = Act(WITHOUT_BOT, ConversationId("12-22"), PersonId("p-ada"), "0" * 32, NOON)
    await store.transact(lambda tx: answering.note(tx, note, f"a {secret}"))
    ada = await desk.entered("ada", Role.ADMIN)
    sam = await desk.entered("sam", accounts=frozenset({OURS}))

    seen, kept_back = await ada.get(PANEL), await sam.call("GET", PANEL)

    (other,) = seen["conversations"]
    assert (other["account_id"], other["conversation_id"]) == ("12", "12-22")
    assert [(one["account_id"], one["text"]) for one in seen["notes"]] == [("12", f"a {secret}")]
    assert kept_back.status == 200
    assert (kept_back.json["conversations"], kept_back.json["notes"]) == ([], [])
    assert secret.encode() not in kept_back.body
    for part in ("", "/history", "/picture"):
        path = f"/api/conversations/12/12-22/customer{part}"
        assert (await sam.call("GET", path)).status == 404
        # Nor by naming an account they serve.
        path = f"/api/conversations/11/12-22/customer{part}"
        assert (await sam.call("GET", path)).status == 404


async def test_profile_and_history_are_exported_and_erased(desk, store, world):
    await told(store, world, world.received(10), description="xylophone")
    await happen(store, world, Followed(OURS, "f", 900, HERE, BOB, NOON, False))
    ada = await desk.entered("ada", Role.ADMIN)
    path = f"/api/accounts/{OURS}/customers/22"

    exported = await ada.get(path)

    assert exported["profile"]["description"] == "xylophone"
    assert [one["kind"] for one in exported["activities"]] == ["followed"]
    assert (await ada.call("DELETE", path)).status == 200
    assert (await ada.call("GET", path)).status == 404
    await world.receive(store, world.received(20, name="Somebody"))
    panel = await ada.get(PANEL)
    assert (panel["profile"]["description"], panel["profile"]["told_at"]) == ("", None)
    assert (await ada.get(f"{PANEL}/history"))["activities"] == []


async def test_of_whoever_only_follows_that_is_exported(desk, store, world):
    await happen(store, world, Followed(OURS, "f", 900, HERE, BOB, NOON, False))
    ada = await desk.entered("ada", Role.ADMIN)

    exported = await ada.get(f"/api/accounts/{OURS}/customers/22")

    assert [one["event_key"] for one in exported["activities"]] == ["f"]
    assert exported["conversations"] == []
