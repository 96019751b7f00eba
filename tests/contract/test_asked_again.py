"""What is asked for twice because an answer was lost: which routes take a key, and what they do."""

from __future__ import annotations

import pytest
from tests.contract.conftest import NOON
from tests.contract.desk_api import desk_over
from tests.contract.test_desk_api import handlers

from roost.model.people import Role
from roost.testing.clocks import FrozenClock

SAFE = {"GET", "HEAD"}
PUT_IN_PLACE = "says how something is to be: a second time it is so already"
TAKEN_AWAY = "takes something away: a second time it is gone already"
ENDS_THE_SAME = "ends the same however often it is asked for, and makes nothing"
LETS_IN = "comes before a session, under whose person keys are kept; a link is used up by itself"
PASSING = "says what is so for seconds; the next one says it again"

WITHOUT_A_KEY = {
    "POST /api/session": LETS_IN,
    "POST /api/session/enter": LETS_IN,
    "POST /api/session/link": "changes nothing: it looks at a link",
    "POST /api/session/password": LETS_IN,
    "DELETE /api/session": TAKEN_AWAY,
    "POST /api/accounts/{account_id:str}/media": (
        "is a stream that is handed on and never kept, so that it cannot be compared with another; "
        "X forgets what hangs on no message"
    ),
    "PUT /api/accounts/{account_id:str}/media/{media_id:str}": PUT_IN_PLACE,
    "PUT /api/accounts/{account_id:str}/canned/{canned_id:str}": PUT_IN_PLACE,
    "DELETE /api/accounts/{account_id:str}/canned/{canned_id:str}": TAKEN_AWAY,
    "DELETE /api/accounts/{account_id:str}/customers/{customer_id:str}": TAKEN_AWAY,
    "DELETE /api/accounts/{account_id:str}/profiles/{profile_id:str}": TAKEN_AWAY,
    "PUT /api/accounts/{account_id:str}/voices/{person_id:str}": PUT_IN_PLACE,
    "DELETE /api/accounts/{account_id:str}/voices/{person_id:str}": TAKEN_AWAY,
    "PUT /api/accounts/{account_id:str}/welcome-messages/{welcome_id:str}": PUT_IN_PLACE,
    "DELETE /api/accounts/{account_id:str}/welcome-messages/{welcome_id:str}": TAKEN_AWAY,
    "PUT /api/accounts/{account_id:str}/welcome-default": PUT_IN_PLACE,
    "DELETE /api/accounts/{account_id:str}/welcome-default": TAKEN_AWAY,
    "POST /api/accounts/{account_id:str}/welcome-messages/sync": ENDS_THE_SAME,
    "POST /api/connections/accounts/{account:str}/pause": ENDS_THE_SAME,
    "POST /api/connections/accounts/{account:str}/resume": ENDS_THE_SAME,
    "POST /api/connections/sign-ins": "gives a link that opens nothing until somebody consents",
    "PUT /api/connections/subscriptions/{account:str}": PUT_IN_PLACE,
    "DELETE /api/connections/subscriptions/{account:str}": TAKEN_AWAY,
    "PUT /api/connections/webhooks/{app:str}": PUT_IN_PLACE,
    "DELETE /api/connections/webhooks/{app:str}": TAKEN_AWAY,
    "POST /api/connections/webhooks/{app:str}/validate": ENDS_THE_SAME,
    "PUT /api/conversations/{account_id:str}/{conversation_id:str}/draft": PUT_IN_PLACE,
    "POST /api/conversations/{account_id:str}/{conversation_id:str}/presence": PASSING,
    "POST /api/conversations/{account_id:str}/{conversation_id:str}/read": ENDS_THE_SAME,
    "DELETE /api/conversations/{account_id:str}/{conversation_id:str}/replies/{reply_key:str}": (
        TAKEN_AWAY
    ),
    "POST /api/conversations/{account_id:str}/{conversation_id:str}/typing": PASSING,
    "DELETE /api/keys/{key_id:str}": TAKEN_AWAY,
    "PUT /api/people/{person_id:str}": PUT_IN_PLACE,
}
"""Every route that changes something and takes no key, with the reason."""

NEW_KEY = {"name": "reports", "scope": "read"}
LIN = {"login": "lin", "name": "Lin"}


@pytest.fixture
async def desk(store):
    async with desk_over(store, FrozenClock(NOON)) as api:
        yield api


def without_a_key(desk) -> set[str]:
    """Name the routes that change something and ask for no key, by what the API says of them."""
    described = desk.application.openapi_schema.to_schema()["paths"]
    found: set[str] = set()
    for name in handlers(desk.application):
        method, _, path = name.partition(" ")
        if method in SAFE:
            continue
        plain = path.replace(":str}", "}").replace(":int}", "}")
        operation = described.get(plain, {}).get(method.lower(), {})
        takes = {one["name"] for one in operation.get("parameters", ()) if one.get("required")}
        if "Idempotency-Key" not in takes:
            found.add(name)
    return found


async def test_every_route_that_changes_something_takes_a_key_or_says_why_not(desk):
    assert without_a_key(desk) == set(WITHOUT_A_KEY)


async def entrance(desk, path):
    """Say what a link is good for, or why not."""
    token = path.partition("#")[2]
    answer = await desk.browser().call("POST", "/api/session/link", {"token": token})
    return answer.json.get("login") or answer.json["code"]


async def test_who_is_invited_twice_is_there_once_and_only_the_last_link_works(desk):
    admin = await desk.entered("root", Role.ADMIN)

    first = await admin.call("POST", "/api/people", LIN, idempotency_key="a")
    again = await admin.call("POST", "/api/people", LIN, idempotency_key="a")

    assert (first.status, again.status) == (201, 201)
    assert first.json["person_id"] == again.json["person_id"]
    people = (await admin.get("/api/people"))["people"]
    assert sorted(one["login"] for one in people) == ["lin", "root"]
    assert await entrance(desk, again.json["path"]) == "lin"
    assert await entrance(desk, first.json["path"]) != "lin"
    other = await admin.call("POST", "/api/people", LIN | {"name": "Kim"}, idempotency_key="a")
    assert (other.status, other.json["code"]) == (409, "key_reused")


async def test_a_login_that_is_taken_leaves_its_key_free(desk):
    admin = await desk.entered("root", Role.ADMIN)
    taken = await admin.call(
        "POST", "/api/people", {"login": "root", "name": "x"}, idempotency_key="a"
    )

    made = await admin.call("POST", "/api/people", LIN, idempotency_key="a")

    assert (taken.status, made.status) == (409, 201)


async def test_a_link_asked_for_twice_is_one_link(desk):
    admin = await desk.entered("root", Role.ADMIN)
    await desk.entered("sam")
    opened = []
    for n, key in enumerate("aab"):
        made = await admin.call("POST", "/api/people/p-sam/link", idempotency_key=key)
        assert made.status == 201
        opened.append(made.json["path"])
        # Only the last one opens, whether it was asked for again or is another.
        opens = [await entrance(desk, path) for path in opened]
        assert opens == ["link_gone"] * n + ["sam"]


async def test_an_api_key_asked_for_twice_is_one_that_works(desk):
    admin = await desk.entered("root", Role.ADMIN)

    made = [await admin.call("POST", "/api/keys", NEW_KEY, idempotency_key="a") for _ in "12"]

    assert [one.status for one in made] == [201, 201]
    statuses = []
    for one in made:
        sent = {"authorization": f"Bearer {one.json['secret']}"}
        statuses.append((await desk.browser().call("GET", "/api/conversations", **sent)).status)
    assert statuses == [401, 200]
    keys = (await admin.get("/api/keys"))["keys"]
    assert sorted(one["revoked_at"] is None for one in keys) == [False, True]
