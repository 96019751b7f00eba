"""Admins invite people, change what they may do, and shut them out; it holds at once."""

from __future__ import annotations

import pytest
from tests.contract.conftest import NOON, OURS, WITHOUT_BOT
from tests.contract.desk_api import desk_over, following

from roost.model.people import Person, PersonId, Role
from roost.testing.clocks import FrozenClock

PEOPLE = "/api/people"
WORDS = "a few words work well"


@pytest.fixture
async def desk(store):
    async with desk_over(store, FrozenClock(NOON)) as api:
        yield api


async def members(admin):
    return {one["login"]: one for one in (await admin.get(PEOPLE))["people"]}


def as_changed(member, **new):
    kept = {name: member[name] for name in ("name", "role", "accounts", "is_active")}
    return {**kept, **new}


async def change(admin, login, **new):
    member = (await members(admin))[login]
    return await admin.call("PUT", f"{PEOPLE}/{member['person_id']}", as_changed(member, **new))


async def test_who_is_invited_chooses_a_password_and_serves_the_accounts_given(desk):
    admin = await desk.entered("root", Role.ADMIN)
    asked = {"login": "Ada@acme.example", "name": " Ada ", "accounts": [OURS]}

    made = await admin.call("POST", PEOPLE, asked, idempotency_key="k")

    assert made.status == 201
    path, _, token = made.json["path"].partition("#")
    assert path == "/desk/enter"
    ada = (await members(admin))["ada@acme.example"]
    assert (ada["name"], ada["role"], ada["accounts"]) == ("Ada", "agent", [OURS])
    assert (ada["is_active"], ada["has_password"]) == (True, False)
    newcomer = desk.browser()
    chosen = {"token": token, "password": WORDS}
    entered = await newcomer.call("POST", "/api/session/password", chosen)
    assert entered.status == 200
    assert [one["account_id"] for one in entered.json["accounts"]] == [OURS]
    assert (await members(admin))["ada@acme.example"]["has_password"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"login": "two words", "name": "x"}, "login"),
        ({"login": "x" * 121, "name": "x"}, "login"),
        ({"login": "x", "name": " "}, "name"),
        ({"login": "x", "name": "x" * 81}, "name"),
        ({"login": "x", "name": "x", "role": "owner"}, "role"),
        ({"login": "x", "name": "x", "accounts": ["acme"]}, "accounts[0]"),
    ],
)
async def test_what_is_written_wrongly_is_named_and_nobody_is_made(desk, body, field):
    admin = await desk.entered("root", Role.ADMIN)

    refused = await admin.call("POST", PEOPLE, body, idempotency_key="k")

    assert (refused.status, refused.json["errors"][0]["field"]) == (422, field)
    assert list(await members(admin)) == ["root"]


async def test_a_login_is_given_once_however_it_is_written(desk):
    admin = await desk.entered("root", Role.ADMIN)

    refused = await admin.call("POST", PEOPLE, {"login": "ROOT", "name": "x"}, idempotency_key="k")

    assert (refused.status, refused.json["code"]) == (409, "not_possible")


async def test_a_change_holds_in_the_session_that_is_open(desk):
    admin, sam = await desk.entered("root", Role.ADMIN), await desk.entered("sam")
    assert (await sam.call("GET", PEOPLE)).status == 403

    assert (await change(admin, "sam", accounts=[WITHOUT_BOT], name="Sam B")).status == 204

    me = await sam.get("/api/session")
    assert (me["name"], [one["account_id"] for one in me["accounts"]]) == ("Sam B", [WITHOUT_BOT])
    assert (await change(admin, "sam", role="admin", accounts=None)).status == 204
    assert (await sam.call("GET", PEOPLE)).status == 200


async def test_who_is_shut_out_is_out_at_once_and_for_good_until_let_in(desk):
    admin, sam = await desk.entered("root", Role.ADMIN), await desk.entered("sam")
    token = (
        (await admin.call("POST", f"{PEOPLE}/p-sam/link", idempotency_key="k"))
        .json["path"]
        .partition("#")[2]
    )
    async with following(desk, sam) as changes:
        assert (await changes.event())[0] == "ready"
        assert (await change(admin, "sam", is_active=False)).status == 204
        assert (await changes.event())[0] == "bye"

    assert (await sam.call("GET", "/api/session")).status == 401
    chosen = {"token": token, "password": WORDS}
    assert (await desk.browser().call("POST", "/api/session/password", chosen)).status == 410
    refused = await admin.call("POST", f"{PEOPLE}/p-sam/link", idempotency_key="k")
    assert (refused.status, refused.json["code"]) == (409, "not_possible")
    assert (await change(admin, "sam", is_active=True)).status == 204
    assert (await sam.call("GET", "/api/session")).status == 401
    assert (await desk.browser().call("POST", "/api/session/password", chosen)).status == 410
    made = await admin.call("POST", f"{PEOPLE}/p-sam/link", idempotency_key="2")
    chosen["token"] = made.json["path"].partition("#")[2]
    assert (await desk.browser().call("POST", "/api/session/password", chosen)).status == 200


async def test_a_newer_link_and_a_chosen_password_end_the_older_links(desk):
    admin = await desk.entered("root", Role.ADMIN)
    body = {"login": "eve", "name": "Eve"}
    made = await admin.call("POST", PEOPLE, body, idempotency_key="first")

    async def link(person=made.json["person_id"]):
        given = await admin.call("POST", f"{PEOPLE}/{person}/link", idempotency_key=person)
        return given.json["path"].partition("#")[2]

    async def choose(token):
        body = {"token": token, "password": WORDS}
        return (await desk.browser().call("POST", "/api/session/password", body)).status

    first, second = made.json["path"].partition("#")[2], await link()
    await desk.entered("sam")
    other = await link("p-sam")
    assert await choose(first) == 410
    eve = Person(PersonId(made.json["person_id"]), "eve", "Eve", Role.AGENT, None)
    entrance = await desk.link(eve)
    assert await choose(second) == 200

    for token in (first, second, entrance):
        opened = await desk.browser().call("POST", "/api/session/enter", {"token": token})
        assert opened.status == 410
    assert await choose(other) == 200


@pytest.mark.parametrize("new", [{"accounts": [WITHOUT_BOT]}, {"is_active": False}])
async def test_what_somebody_has_and_may_not_answer_any_more_waits_for_anybody(
    desk, store, world, new
):
    admin, robin = await desk.entered("root", Role.ADMIN), await desk.entered("robin")
    await desk.entered("sam")
    for number, customer in enumerate(("22", "23", "24", "25"), 10):
        await world.receive(store, world.received(number, customer=customer))
    await world.receive(store, world.received(20, customer="26", account=WITHOUT_BOT))

    async def do(browser, where, verb, body=None):
        path = f"/api/conversations/{where}/{verb}"
        answer = await browser.call("POST", path, body, idempotency_key=f"{where} {verb}")
        assert answer.status == 200, answer

    for where in ("11/11-22", "11/11-23", "12/12-26"):
        await do(robin, where, "take-over")
    await do(robin, "11/11-23", "snooze", {})
    await do(admin, "11/11-24", "assign", {"person_id": "p-sam"})
    before = (await admin.get("/api/conversations/11/11-22"))["controller_id"]
    assert before == "p-robin"

    async with following(desk, admin) as changes:
        assert (await changes.event())[0] == "ready"
        assert (await change(admin, "robin", **new)).status == 204
        told = [(await changes.event())[2] for _ in range(2)]

    assert {(one["kind"], one["conversation_id"]) for one in told} >= {
        ("unassigned", "11-22"),
        ("unassigned", "11-23"),
    }
    waiting = (await admin.get("/api/conversations?view=unassigned"))["conversations"]
    found = {one["conversation_id"]: one["is_snoozed"] for one in waiting}
    is_out = "is_active" in new
    assert found == {"11-22": False, "11-23": False, **({"12-26": False} if is_out else {})}
    (*_, last) = (await admin.get("/api/conversations/11/11-22/messages"))["remarks"]
    assert (last["kind"], last["person_id"]) == ("unassigned", "p-root")
    others = [
        (await admin.get(f"/api/conversations/{one}"))["control"]
        for one in ("11/11-24", "11/11-25", "12/12-26")
    ]
    assert others == ["agent", "bot", "queue" if is_out else "agent"]


async def test_who_is_shut_out_is_given_nothing(desk, store, world):
    admin, robin = await desk.entered("root", Role.ADMIN), await desk.entered("robin")
    await world.receive(store, world.received(10))
    assert (await change(admin, "robin", is_active=False)).status == 204

    path, body = "/api/conversations/11/11-22/assign", {"person_id": "p-robin"}
    answer = await admin.call("POST", path, body, idempotency_key="k")

    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "person_id")
    assert (await admin.get("/api/conversations/11/11-22"))["control"] == "bot"
    assert robin


async def test_what_is_done_at_the_moment_of_shutting_out_is_not_done(desk, store, world):
    """The check at the door was passed; in the transaction it counts once more."""
    admin, robin = await desk.entered("root", Role.ADMIN), await desk.entered("robin")
    await world.receive(store, world.received(10))
    transact = desk.store.transact

    async def late(unit, **options):
        # By then, whoever was let through is shut out.
        desk.store.transact = transact
        assert (await change(admin, "robin", is_active=False)).status == 204
        return await transact(unit, **options)

    desk.store.transact = late
    path = "/api/conversations/11/11-22/take-over"
    answer = await robin.call("POST", path, idempotency_key="k")

    assert answer.status == 404
    assert (await admin.get("/api/conversations/11/11-22"))["control"] == "bot"


@pytest.mark.parametrize("new", [{"role": "agent"}, {"is_active": False}], ids=["agent", "out"])
async def test_the_last_admin_stays_one(desk, new):
    admin = await desk.entered("root", Role.ADMIN)
    await desk.entered("other", Role.ADMIN)
    assert (await change(admin, "other", is_active=False)).status == 204

    refused = await change(admin, "root", **new)

    assert (refused.status, refused.json["code"]) == (409, "not_possible")
    assert (await change(admin, "root", name="Root")).status == 204


async def test_nobody_is_changed_who_is_not_there(desk):
    admin = await desk.entered("root", Role.ADMIN)
    body = {"name": "x", "role": "agent", "accounts": None, "is_active": True}

    assert (await admin.call("PUT", f"{PEOPLE}/nobody", body)).status == 404
    assert (await admin.call("POST", f"{PEOPLE}/nobody/link", idempotency_key="k")).status == 404
