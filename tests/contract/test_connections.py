"""Admins see how accounts, webhooks and subscriptions stand with X, and mend them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.contract.conftest import NOON
from tests.contract.desk_api import desk_over

from roost.errors import PermissionMissing, WebhookRefused, XApiUnavailable
from roost.model.people import Role
from roost.testing.clocks import FrozenClock

API = "/api/connections"


@pytest.fixture
async def desk(store):
    async with desk_over(store, FrozenClock(NOON)) as api:
        yield api


@pytest.fixture
async def admin(desk):
    return await desk.entered(role=Role.ADMIN)


async def test_accounts_are_listed_with_their_last_event(desk, admin, store, world):
    await world.receive(store, world.received())

    found = {one["account_id"]: one for one in (await admin.get(f"{API}/accounts"))["accounts"]}

    assert {name: one["last_event_at"] for name, one in found.items()} == {
        "11": "2026-03-01T12:00:00Z",
        "12": None,
    }
    assert found["11"]["state"] == "connected"


async def test_an_account_is_paused_and_resumed(admin):
    for verb, state in (("pause", "paused"), ("resume", "connected")):
        done = await admin.call("POST", f"{API}/accounts/11/{verb}")
        found = (await admin.get(f"{API}/accounts"))["accounts"]
        assert (done.status, found[0]["state"]) == (204, state)
    nobody = await admin.call("POST", f"{API}/accounts/99/pause")
    assert (nobody.status, nobody.json["code"]) == (409, "not_possible")


async def test_a_link_to_sign_in_with_x_is_made(admin):
    answer = await admin.call("POST", f"{API}/sign-ins", {"app": "main"})

    assert (answer.status, "ticket=main" in answer.json["url"]) == (201, True)


async def test_a_webhook_is_registered_validated_and_deleted(desk, admin):
    async def state():
        (found,) = (await admin.get(f"{API}/webhooks"))["webhooks"]
        return found["state"]

    assert await state() == "missing"
    made = await admin.call("PUT", f"{API}/webhooks/main")
    assert (made.status, made.json["state"]) == (200, "valid")
    there = desk.connections.app_webhook
    desk.connections.app_webhook = replace(there, is_valid=False)
    assert await state() == "invalid"
    mended = await admin.call("POST", f"{API}/webhooks/main/validate")
    assert (mended.status, mended.json["state"]) == (200, "valid")
    desk.connections.app_webhook = replace(there, registered_url="https://other.example/x")
    assert await state() == "foreign"
    assert (await admin.call("DELETE", f"{API}/webhooks/main")).status == 204
    assert await state() == "missing"
    desk.connections.app_webhook = replace(desk.connections.app_webhook, problem="no answer")
    assert await state() == "unknown"


async def test_a_subscription_is_added_checked_and_removed(desk, admin):
    async def subscribed():
        found = (await admin.get(f"{API}/subscriptions"))["subscriptions"]
        return {one["account_id"]: one["is_subscribed"] for one in found}

    assert await subscribed() == {"11": False, "12": False}
    added = await admin.call("PUT", f"{API}/subscriptions/11")
    assert (added.status, added.json["is_subscribed"]) == (200, True)
    assert (await admin.call("PUT", f"{API}/subscriptions/11")).status == 200
    assert await subscribed() == {"11": True, "12": False}
    assert (await admin.call("DELETE", f"{API}/subscriptions/11")).status == 204
    assert await subscribed() == {"11": False, "12": False}


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (
            WebhookRefused("webhooks.create", status=400, code=214, message="CRC failed"),
            409,
            "refused_by_x",
        ),
        (XApiUnavailable("no answer"), 503, "x_unavailable"),
    ],
)
async def test_what_x_does_not_do_is_said(desk, admin, *, error, status, code):
    desk.connections.fails_with = error

    for method, path in (("PUT", "webhooks/main"), ("PUT", "subscriptions/11")):
        answer = await admin.call(method, f"{API}/{path}")
        assert (answer.status, answer.json["code"]) == (status, code), path


async def test_where_x_does_not_say_the_list_says_why(desk, admin):
    desk.connections.fails_with = PermissionMissing(
        "subscriptions.check", status=403, code=93, message="no Direct Messages"
    )

    found = (await admin.get(f"{API}/subscriptions"))["subscriptions"]

    assert [(one["is_subscribed"], one["problem"]) for one in found] == [
        (None, "no Direct Messages")
    ] * 2
