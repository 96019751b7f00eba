"""`/api/changes`: live pages miss nothing and see nothing twice, however often they are cut off."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from tests.contract.conftest import NOON, OURS, WITHOUT_BOT
from tests.contract.desk_api import desk_over, following

from roost.desk import changes, feed
from roost.desk.access import ENDS
from roost.desk.presence import FRESH_FOR
from roost.model.ids import UserId
from roost.model.people import LinkPurpose, Person, PersonId, Role
from roost.testing.clocks import FrozenClock

CUTS = 100
SOON = timedelta(milliseconds=50)


@pytest.fixture
async def desk(store):
    async with desk_over(store, FrozenClock(NOON)) as api:
        yield api


async def change(store, ref, account=OURS):
    await store.transact(
        lambda tx: tx.changes.append(
            account, "message_received", conversation_id="11-22", ref=ref, at=NOON
        )
    )


async def test_a_change_is_told_as_it_happens(desk):
    async with following(desk, await desk.entered()) as stream:
        name, place, _ = await stream.event()
        assert name == "ready"
        assert place
        await change(desk.store, "one")

        name, _, data = await stream.event()

    assert (name, data["kind"], data["ref"]) == ("change", "message_received", "one")


async def test_whoever_comes_back_gets_exactly_what_they_missed(desk):
    browser = await desk.entered()
    async with following(desk, browser) as stream:
        await stream.event()
        await change(desk.store, "seen")
        _, last, _ = await stream.event()
    for n in range(3):
        await change(desk.store, f"missed {n}")

    async with following(desk, browser, last) as stream:
        names = [await stream.event() for _ in range(4)]

    assert [(name, data.get("ref")) for name, _, data in names] == [
        ("ready", None),
        ("change", "missed 0"),
        ("change", "missed 1"),
        ("change", "missed 2"),
    ]


async def test_forced_disconnects_lose_and_repeat_nothing(desk):
    browser = await desk.entered()
    async with following(desk, browser) as stream:
        _, last, _ = await stream.event()
    seen: list[str] = []

    async def write():
        for n in range(CUTS):
            await change(desk.store, str(n))

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(write())
        while len(seen) < CUTS:
            async with following(desk, browser, last) as stream:
                assert (await stream.event())[0] == "ready"
                _, last, data = await stream.event()
                seen.append(data["ref"])

    assert seen == [str(n) for n in range(CUTS)]


async def test_nobody_is_told_of_accounts_they_do_not_serve(desk):
    agent = await desk.entered(accounts=frozenset({UserId(WITHOUT_BOT)}))
    async with following(desk, agent) as stream:
        await stream.event()
        await change(desk.store, "foreign")
        await change(desk.store, "theirs", account=WITHOUT_BOT)

        _, _, data = await stream.event()

    assert data["ref"] == "theirs"


@pytest.mark.parametrize("last", ["another.0.7", "x", "a.b.c", "a.1.99999999999999999999"])
async def test_a_place_in_another_database_means_to_read_afresh(desk, last):
    await change(desk.store, "before")
    async with following(desk, await desk.entered(), last) as stream:
        assert (await stream.event())[0] == "ready"
        name, place, _ = await stream.event()
        assert name == "resync"
        assert place.rpartition(".")[0]
        await change(desk.store, "after")

        _, _, data = await stream.event()

    assert data["ref"] == "after"


async def test_silence_is_told_also_where_all_that_happens_is_not_theirs_to_see(desk, monkeypatch):
    monkeypatch.setattr(feed, "QUIET_FOR", SOON)
    monkeypatch.setattr(changes, "QUIET_FOR", SOON)
    agent = await desk.entered(accounts=frozenset({UserId(WITHOUT_BOT)}))
    async with following(desk, agent) as stream:
        await stream.event()
        assert await stream.event() == ("quiet", "", {})
        monkeypatch.setattr(feed, "QUIET_FOR", timedelta(hours=1))
        # The last of these waits so long.
        assert await stream.event() == ("quiet", "", {})
        await asyncio.sleep(SOON.total_seconds())
        await change(desk.store, "foreign")

        assert await stream.event() == ("quiet", "", {})


async def test_whoever_may_do_less_is_told_to_look_and_so_are_colleagues(desk):
    robin, admin = await desk.entered("robin"), await desk.entered("ann", Role.ADMIN)
    assert len((await robin.get("/api/session"))["accounts"]) == 2
    async with following(desk, robin) as one, following(desk, admin) as other:
        for stream in (one, other):
            await stream.event()
        changed = {"name": "Robin", "role": "agent", "accounts": [OURS], "is_active": True}
        assert (await admin.call("PUT", "/api/people/p-robin", changed)).status == 204

        told = [await stream.event() for stream in (one, other)]
        await change(desk.store, "after")
        assert (await one.event())[2]["ref"] == "after"

    assert [(name, data) for name, _, data in told] == [("people", {})] * 2
    # Whoever comes back from there is told of it once.
    async with following(desk, robin, told[0][1]) as stream:
        assert [(await stream.event())[0] for _ in range(2)] == ["ready", "change"]
    assert len((await robin.get("/api/session"))["accounts"]) == 1


async def test_a_session_that_ends_ends_its_stream(desk):
    browser = await desk.entered()
    async with following(desk, browser) as stream:
        await stream.event()
        person = Person(PersonId("p-sam"), "sam", "Sam", Role.AGENT, None)
        token = await desk.link(person, purpose=LinkPurpose.CHOOSE)
        chosen = {"token": token, "password": "correct horse battery"}
        answer = await desk.browser().call("POST", "/api/session/password", chosen)
        assert answer.status == 200

        name, _, _ = await stream.event()

    assert name == "bye"


async def test_whoever_logs_out_ends_their_stream_and_no_other(desk):
    sam, robin = await desk.entered("sam"), await desk.entered("robin")
    async with following(desk, sam) as ended, following(desk, robin) as other:
        assert ((await ended.event())[0], (await other.event())[0]) == ("ready", "ready")
        assert (await sam.call("DELETE", "/api/session")).status == 204
        await change(desk.store, "after")

        assert (await ended.event())[0] == "bye"
        assert (await other.event())[0] == "people"
        assert (await other.event())[2]["ref"] == "after"


async def test_a_session_whose_time_is_over_ends_its_stream_while_much_happens(desk, monkeypatch):
    monkeypatch.setattr(changes, "LOOK_EVERY", timedelta(0))
    browser = await desk.entered()
    async with following(desk, browser) as stream:
        await stream.event()
        await change(desk.store, "before")
        assert (await stream.event())[2]["ref"] == "before"
        desk.clock.advance(ENDS)
        await change(desk.store, "after")

        assert (await stream.event())[0] == "bye"


async def test_colleagues_hear_who_is_there_and_not_who_was(desk, store, world):
    await world.receive(store, world.received(10))
    sam, robin = await desk.entered("sam"), await desk.entered("robin")
    here = {"page": "0123456789abcdef", "doing": "typing"}
    path = "/api/conversations/11/11-22/presence"
    async with following(desk, robin) as stream:
        _, last, _ = await stream.event()
        assert (await sam.call("POST", path, here)).status == 204

        _, _, data = await stream.event()
    assert (data["kind"], data["ref"]) == ("presence", "p-sam typing 0123456789abcdef")
    assert data["conversation_id"] == "11-22"

    desk.clock.advance(FRESH_FOR + timedelta(seconds=1))
    await change(store, "after")
    async with following(desk, robin, last) as stream:
        await stream.event()
        _, _, data = await stream.event()
    assert data["ref"] == "after"


@pytest.mark.parametrize(
    ("field", "value"),
    [("page", "x y"), ("doing", "sleeping")],
)
async def test_a_presence_that_is_none_is_refused_by_field(desk, field, value):
    sam = await desk.entered("sam")
    body = {"page": "0123456789abcdef", "doing": "typing"} | {field: value}

    answer = await sam.call("POST", "/api/conversations/11/11-22/presence", body)

    assert answer.status in {400, 422}
    assert [one["field"] for one in answer.json["errors"]] == [field]


async def test_nobody_is_at_a_conversation_that_is_not_there(desk):
    sam = await desk.entered("sam")
    here = {"page": "0123456789abcdef", "doing": "viewing"}
    path = "/api/conversations/11/11-22/presence"

    assert (await sam.call("POST", path, here)).status == 404


async def test_only_whom_the_settings_name_may_show_the_page_in_a_frame(store):
    async def policy(framed_by):
        async with desk_over(store, FrozenClock(NOON), framed_by=framed_by) as desk:
            answer = await desk.browser().call("GET", "/desk/")
        return answer.headers["content-security-policy"]

    assert (await policy(None)).endswith("; frame-ancestors 'none'")
    assert (await policy("http://127.0.0.1:8090")).endswith(
        "; frame-ancestors http://127.0.0.1:8090"
    )
