"""Admins write welcome messages: limits by the field, a key makes one once, X says no in words."""

from __future__ import annotations

import pytest
from tests.contract.conftest import NOON
from tests.contract.desk_api import desk_over

from roost.errors import NotOpenToMessages, RateLimited, SendUncertain, XApiUnavailable
from roost.model.people import Role
from roost.ports.remarks import RequestKey
from roost.testing.clocks import FrozenClock

API = "/api/accounts/11"
MESSAGES = f"{API}/welcome-messages"
SALE = {
    "name": "sale",
    "text": "Sale!",
    "quick_replies": [{"label": "Yes", "metadata": "y", "description": "Show it"}],
    "buttons": [{"label": "Look", "url": "https://shop.example/sale"}],
    "media_id": "",
    "profile_id": "901",
}


@pytest.fixture
async def desk(store):
    async with desk_over(store, FrozenClock(NOON)) as api:
        yield api


@pytest.fixture
async def admin(desk):
    return await desk.entered(role=Role.ADMIN)


async def make(browser, key="k", **other):
    return await browser.call("POST", MESSAGES, SALE | other, idempotency_key=key)


async def test_one_is_made_once_listed_changed_and_deleted(desk, admin):
    made, again = await make(admin), await make(admin)

    assert (made.status, again.status, desk.greetings.n_made) == (201, 201, 1)
    assert made.json == again.json
    (found,) = (await admin.get(MESSAGES))["welcome_messages"]
    assert found == made.json
    here = {name: found[name] for name in ("text", "buttons", "quick_replies", "profile_id")}
    assert here == {name: SALE[name] for name in here}
    assert found["link"] == (
        "https://x.com/messages/compose?recipient_id=11&welcome_message_id=801"
    )
    changed = await admin.call("PUT", f"{MESSAGES}/801", {"text": "Over."})
    assert (changed.status, changed.json["text"], changed.json["buttons"]) == (200, "Over.", [])
    assert (await admin.call("DELETE", f"{MESSAGES}/801")).status == 204
    assert (await admin.get(MESSAGES))["welcome_messages"] == []


async def test_a_key_stands_for_one_request_and_a_refused_one_may_come_again(desk, admin):
    desk.greetings.fails_with = RateLimited("welcome_messages.new", NOON)
    refused = await make(admin)
    desk.greetings.fails_with = None
    taken = await make(admin)
    other = await make(admin, text="another")

    assert (refused.status, taken.status) == (429, 201)
    assert (other.status, other.json["code"]) == (409, "key_reused")


async def test_what_may_have_been_made_is_not_made_again_under_its_key(desk, admin):
    desk.greetings.fails_with = SendUncertain("welcome_messages.new", "connection broke")
    first = await make(admin)
    desk.greetings.fails_with = None
    again = await make(admin)

    assert (first.status, first.json["code"]) == (503, "x_uncertain")
    assert "load the list" in first.json["remedy"]
    assert (again.status, again.json["code"], desk.greetings.n_made) == (409, "not_known", 0)


@pytest.mark.parametrize(
    ("wrong", "field", "limit", "value"),
    [
        ({"text": "x" * 9_991}, "text", 9_990, 9_991),
        ({"text": " "}, "text", 9_990, 0),
        ({"buttons": SALE["buttons"] * 4}, "buttons", 3, 4),
        ({"quick_replies": [{"label": "x" * 37}]}, "quick_replies[0].label", 36, 37),
        ({"name": "roost#sale"}, "name", None, None),
        ({"name": "a.b"}, "name", None, None),
    ],
)
async def test_what_x_would_not_take_is_said_by_the_field(
    desk, admin, *, wrong, field, limit, value
):
    answer = await make(admin, **wrong)

    (error,) = answer.json["errors"]
    assert (answer.status, error["field"]) == (422, field)
    assert (error.get("limit"), error.get("value")) == (limit, value)
    assert desk.greetings.n_made == 0


@pytest.mark.parametrize(
    ("error", "status", "remedy"),
    [
        (
            NotOpenToMessages("welcome_messages.new", status=403, code=214, message="closed"),
            409,
            "let everybody send it messages",
        ),
        (RateLimited("welcome_messages.list", NOON), 429, "once X allows it"),
        (XApiUnavailable("no answer"), 503, ""),
    ],
)
async def test_what_x_does_not_do_is_said_with_what_to_do(desk, admin, *, error, status, remedy):
    desk.greetings.fails_with = error

    answers = [await admin.call("GET", MESSAGES), await make(admin)]

    for answer in answers:
        assert answer.status == status
        assert remedy in answer.json.get("remedy", ""), answer


async def test_the_default_is_set_and_unset_and_what_is_gone_is_said(admin):
    await make(admin)

    done = await admin.call("PUT", f"{API}/welcome-default", {"welcome_id": "801"})
    assert (done.status, done.json) == (200, {"rule_id": "9801"})
    assert (await admin.call("DELETE", f"{API}/welcome-default")).status == 204
    gone = await admin.call("PUT", f"{API}/welcome-default", {"welcome_id": "7"})
    assert (gone.status, gone.json["code"]) == (409, "refused_by_x")
    assert "load the list again" in gone.json["remedy"]
    unknown = await admin.call("POST", f"{MESSAGES}/sync")
    assert (unknown.status, unknown.json["code"]) == (409, "not_possible")


async def test_a_request_that_changed_nothing_can_be_made_again(store, world):
    asked = RequestKey("11", "p-sam", "key", "fingerprint")

    async def unit(tx):
        assert await tx.requests.begin(asked, at=world.noon) is None
        await tx.requests.forget(asked)

    await store.transact(unit)
    await store.transact(unit)


async def test_a_deleted_profile_is_nobodys_any_more(desk, admin):
    desk.at_x.files["901"] = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
    made = await admin.call(
        "POST", f"{API}/profiles", {"name": "Sam", "media_id": "1"}, idempotency_key="p"
    )
    profile = made.json["profile_id"]
    await admin.call("PUT", f"{API}/voices/p-sam", {"profile_id": profile})
    picture = await admin.call("GET", f"{API}/profiles/901/picture")
    none = await admin.call("GET", f"{API}/profiles/902/picture")

    dropped = await admin.call("DELETE", f"{API}/profiles/{profile}")

    assert (picture.status, picture.headers["content-type"], none.status) == (200, "image/png", 404)
    assert dropped.status == 204
    (sam,) = (await admin.get(f"{API}/voices"))["people"]
    assert sam["profile_id"] is None
