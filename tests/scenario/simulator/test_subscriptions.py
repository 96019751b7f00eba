"""Who an app is told of: listed, counted, capped, and left the old way."""

from __future__ import annotations

from roost.simulator.entries import Rules

ALL = "/1.1/account_activity/all"
BEARER = "Bearer bearer-token-13090192"


async def test_subscriptions_are_listed_and_counted_with_strings(stage):
    x, _ = await stage.subscribed("1001", "1002")

    listed = await x.call("GET", f"{ALL}/prod/subscriptions/list.json", who=BEARER)
    counted = await x.call("GET", f"{ALL}/subscriptions/count.json", who=BEARER)
    older = await x.call("GET", f"{ALL}/count.json", who=BEARER)

    assert listed.json == {
        "environment": "prod",
        "application_id": "13090192",
        "subscriptions": [{"user_id": "1001"}, {"user_id": "1002"}],
    }
    assert counted.json == {
        "account_name": "Acme Desk",
        "subscriptions_count": "2",
        "provisioned_count": "250",
    }
    assert older.json == counted.json


async def test_lists_are_for_apps_and_for_environments_that_are_there(x):
    by_user = await x.get(f"{ALL}/prod/subscriptions/list.json")
    nowhere = await x.call("GET", f"{ALL}/Prod/subscriptions/list.json", who=BEARER)
    nobody = await x.call("GET", f"{ALL}/subscriptions/count.json", who="Bearer x")

    assert by_user.fault[:2] == (401, 32)
    assert nowhere.fault[:2] == (403, 200)
    assert nobody.fault[:2] == (401, 89)


async def test_no_more_are_taken_than_are_provisioned(stage):
    rules = Rules(limits="off", provisioned_subscriptions=1)
    x, _ = await stage.subscribed("1001", rules=rules)

    answer = await x.form(f"{ALL}/prod/subscriptions.json", x.signed("1002"))

    assert answer.fault == (403, 214, "Too many resources already created.")


async def test_a_user_leaves_the_old_way(stage):
    x, _ = await stage.subscribed("1001")
    path = f"{ALL}/prod/subscriptions.json"

    left = await x.call("DELETE", path)
    again = await x.call("DELETE", path)

    assert (left.status, left.body) == (204, b"")
    assert again.fault[:2] == (404, 34)
