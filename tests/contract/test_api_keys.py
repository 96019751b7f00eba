"""Programs use the API with keys: hashed, scoped, in somebody's name, revoked at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.contract.conftest import NOON, WITHOUT_BOT
from tests.contract.desk_api import Browser, DeskApi, desk_over, following

from roost.desk import keys
from roost.model.ids import UserId
from roost.model.people import Person, PersonId, Role
from roost.ports.api_keys import Scope
from roost.service.key_calls import KeyCalls
from roost.testing.clocks import FrozenClock

HERE = "/api/conversations/11/11-22"


@pytest.fixture
async def desk(store):
    async with desk_over(store, FrozenClock(NOON)) as api:
        yield api


class Program(Browser):
    """Sends a key, and nothing a browser would."""

    secret = ""

    async def call(self, method, path, body=None, **headers):
        return await super().call(
            method, path, body, authorization=f"Bearer {self.secret}", x_roost_csrf="", **headers
        )


async def program(desk: DeskApi, scope: Scope, *, role=Role.AGENT, accounts=None) -> Program:
    person = Person(PersonId("p-owner"), "owner", "Owner", role, accounts)
    await desk.link(person)
    _, secret = await keys.make(desk.store, desk.clock, person.person_id, "a program", scope=scope)
    made = Program(desk.browser().transport)
    made.secret = secret
    return made


async def test_a_key_is_made_used_listed_and_revoked(desk, store, world):
    await world.receive(store, world.received())
    admin = await desk.entered("root", role=Role.ADMIN)

    made = await admin.call(
        "POST", "/api/keys", {"name": "reports", "scope": "read"}, idempotency_key="k"
    )

    assert made.status == 201
    reader = Program(desk.browser().transport)
    reader.secret = made.json["secret"]
    found = await reader.get("/api/conversations")
    assert [one["conversation_id"] for one in found["conversations"]] == ["11-22"]
    (listed,) = (await admin.get("/api/keys"))["keys"]
    assert (listed["name"], listed["scope"], listed["used_at"]) == (
        "reports",
        "read",
        "2026-03-01T12:00:00Z",
    )
    assert made.json["secret"] not in str(listed)
    place = f"/api/keys/{listed['key_id']}"
    assert (await admin.call("DELETE", place)).status == 204
    assert (await reader.call("GET", "/api/conversations")).status == 401
    assert (await admin.call("DELETE", place)).status == 404
    assert (await admin.get("/api/keys"))["keys"][0]["revoked_at"] == "2026-03-01T12:00:00Z"


@pytest.mark.parametrize(
    ("scope", "role", "statuses"),
    [
        (Scope.READ, Role.ADMIN, (200, 403, 403, 403)),
        (Scope.WRITE, Role.ADMIN, (200, 200, 403, 403)),
        (Scope.ADMIN, Role.ADMIN, (200, 200, 200, 403)),
        (Scope.ADMIN, Role.AGENT, (200, 200, 403, 403)),
    ],
)
async def test_a_key_does_what_its_scope_and_its_owner_may(
    desk, store, world, *, scope, role, statuses
):
    await world.receive(store, world.received())
    made = await program(desk, scope, role=role)

    answers = [
        await made.call("GET", HERE),
        await made.call("POST", f"{HERE}/take-over", idempotency_key="k"),
        await made.call("GET", "/api/activity"),
        await made.call("GET", "/api/keys"),
    ]

    assert tuple(one.status for one in answers) == statuses


async def test_what_a_program_writes_is_its_owners(desk, store, world):
    await world.receive(store, world.received())
    made = await program(desk, Scope.WRITE)

    await made.call("POST", f"{HERE}/replies", {"text": "hello"}, idempotency_key="k")

    (outgoing,) = (await made.get(f"{HERE}/messages"))["outgoing"]
    assert outgoing["person_id"] == "p-owner"


async def test_a_key_sees_the_accounts_of_its_owner_only(desk, store, world):
    await world.receive(store, world.received())
    made = await program(desk, Scope.WRITE, accounts=frozenset({UserId(WITHOUT_BOT)}))

    assert (await made.call("GET", HERE)).status == 404


@pytest.mark.parametrize("secret", ["", "roost_", "roost_x", "nonsense", "roost_" + "A" * 43])
async def test_no_other_secret_opens_anything_not_even_beside_a_session(desk, *, secret):
    admin = await desk.entered(role=Role.ADMIN)

    answer = await admin.call("GET", "/api/session", authorization=f"Bearer {secret}")

    assert (answer.status, answer.json["code"]) == (401, "not_logged_in")


async def test_that_a_key_is_used_is_noted_once_a_minute(desk, store):
    made = await program(desk, Scope.READ)

    async def used():
        (key,) = await store.api_keys.every()
        return key.used_at

    assert await used() is None
    for seconds, noted in ((0, 0), (59, 0), (1, 60)):
        desk.clock.advance(timedelta(seconds=seconds))
        await made.get("/api/session")
        assert await used() == NOON + timedelta(seconds=noted)


async def test_a_live_stream_ends_when_its_key_is_revoked(desk, store):
    made = await program(desk, Scope.READ)
    (key,) = await store.api_keys.every()
    async with following(desk, made, headers={"authorization": f"Bearer {made.secret}"}) as stream:
        assert (await stream.event())[0] == "ready"

        await keys.revoke(store, desk.clock, key.key_id)

        assert (await stream.event())[0] == "bye"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "x", "scope": "all"}, "scope"),
        ({"name": "x", "more": 1}, "more"),
    ],
)
async def test_a_key_that_cannot_be_made_is_refused_by_name(desk, *, body, field):
    admin = await desk.entered(role=Role.ADMIN)

    answer = await admin.call("POST", "/api/keys", body, idempotency_key="k")

    assert (answer.status, [one["field"] for one in answer.json["errors"]]) == (422, [field])


async def test_the_command_line_makes_lists_and_revokes_the_same_keys(desk, store):
    await desk.link(Person(PersonId("p-owner"), "owner", "Owner", Role.AGENT, None))
    calls = KeyCalls(store, desk.clock).calls()

    made = await calls["key_new"](name="reports", login="Owner", scope="write")

    (listed,) = await calls["keys"]()
    assert (listed["key_id"], listed["login"]) == (made["key_id"], "owner")
    caller = Program(desk.browser().transport)
    caller.secret = made["secret"]
    assert (await caller.get("/api/session"))["login"] == "owner"
    await calls["key_revoke"](key_id=made["key_id"])
    assert (await caller.call("GET", "/api/session")).status == 401
