"""The enterprise tier: webhooks by their id, subscriptions to each, and counts."""

from __future__ import annotations

import pytest

from roost.simulator.entries import AppEntry, Rules, SubscriptionEntry, WebhookEntry

ROOT = "/1.1/account_activity"
HOOKS = f"{ROOT}/webhooks.json"
BEARER = "Bearer bearer-token-13090192"


@pytest.fixture
async def registered(x, stage):
    """A webhook of the tier: its id and what stands behind it."""
    hook = await stage.webhook()
    made = await x.call("POST", HOOKS, query={"url": hook.url})
    assert made.status == 200, made.body
    return made.json["id"], hook


def of(webhook_id: str, rest: str = "") -> str:
    return f"{ROOT}/webhooks/{webhook_id}{rest}"


SUBSCRIPTIONS = "/subscriptions/all.json"


async def test_a_webhook_is_challenged_registered_and_listed(x, registered):
    webhook_id, hook = registered

    listed = await x.call("GET", HOOKS, who=BEARER)

    assert listed.status == 200
    (shown,) = listed.json
    assert (shown["id"], shown["url"], shown["valid"]) == (webhook_id, hook.url, True)
    assert shown["created_at"].endswith("Z")
    assert "created_timestamp" not in shown
    assert len(hook.challenges) == 1


async def test_its_messages_are_delivered_to_every_webhook_a_user_is_subscribed_to(x, stage):
    x.simulator.simulation.restart(x.simulator.simulation.world.export())
    hooks = [await stage.webhook() for _ in range(2)]
    for hook in hooks:
        made = await x.call("POST", HOOKS, query={"url": hook.url})
        added = await x.call("POST", of(made.json["id"], SUBSCRIPTIONS))
        assert (added.status, added.body) == (204, b"")

    await x.write("Hello")
    await x.deliveries(2)

    assert [hook.received[0].json["for_user_id"] for hook in hooks] == ["1001", "1001"]


async def test_the_two_tiers_know_nothing_of_each_other(x, registered):
    premium = await x.get(f"{ROOT}/all/prod/webhooks.json")
    subscribed = await x.call("POST", f"{ROOT}/all/prod/subscriptions.json")
    environments = await x.call("GET", f"{ROOT}/all/webhooks.json", who=BEARER)

    assert premium.json == []
    assert subscribed.fault[:2] == (403, 200)
    assert environments.json == {"environments": [{"environment_name": "prod", "webhooks": []}]}


async def test_every_environment_is_listed_with_its_webhook(x, stage):
    hook = await stage.webhook()
    await x.call("POST", f"{ROOT}/all/prod/webhooks.json", query={"url": hook.url})

    listed = await x.call("GET", f"{ROOT}/all/webhooks.json", who=BEARER)

    (environment,) = listed.json["environments"]
    assert environment["webhooks"][0]["url"] == hook.url


async def test_subscriptions_are_checked_listed_counted_and_ended(x, registered):
    webhook_id, hook = registered
    mine = of(webhook_id, SUBSCRIPTIONS)
    unknown = await x.get(mine)
    await x.call("POST", mine)
    await x.call("POST", mine, who=x.signed("1002"))

    assert unknown.fault[:2] == (404, 34)
    assert (await x.call("POST", mine)).fault[:2] == (409, 355)
    assert (await x.get(mine)).status == 204
    listed = await x.call("GET", of(webhook_id, "/subscriptions/all/list.json"), who=BEARER)
    assert listed.json == {
        "webhook_id": webhook_id,
        "webhook_url": hook.url,
        "application_id": "13090192",
        "subscriptions": [{"user_id": "1001"}, {"user_id": "1002"}],
    }
    counted = await x.call("GET", f"{ROOT}/subscriptions/count.json", who=BEARER)
    assert counted.json == {
        "account_name": "Acme Desk",
        "subscriptions_count_all": "2",
        "subscriptions_count_direct_messages": "0",
        "provisioned_count": "50",
    }
    assert (await x.call("DELETE", mine)).status == 204
    other = of(webhook_id, "/subscriptions/1002/all.json")
    assert (await x.call("DELETE", other, who=BEARER)).status == 204
    assert (await x.call("DELETE", other, who=BEARER)).fault[:2] == (404, 34)
    assert (await x.call("DELETE", mine)).fault[:2] == (404, 34)


async def test_a_user_may_end_the_subscription_of_an_environment_too(x, stage):
    hook = await stage.webhook()
    path = f"{ROOT}/all/prod/subscriptions.json"
    await x.call("POST", f"{ROOT}/all/prod/webhooks.json", query={"url": hook.url})
    await x.call("POST", path)

    assert (await x.call("DELETE", path)).status == 204
    assert (await x.call("DELETE", path)).fault[:2] == (404, 34)


async def test_only_so_many_users_may_be_subscribed(stage):
    x = await stage.simulator(stage.world(Rules(limits="off", enterprise_subscriptions=1)))
    hook = await stage.webhook()
    made = await x.call("POST", HOOKS, query={"url": hook.url})
    mine = of(made.json["id"], SUBSCRIPTIONS)
    await x.call("POST", mine)

    refused = await x.call("POST", mine, who=x.signed("1002"))

    assert refused.fault == (403, 214, "Too many resources already created.")


async def test_an_app_has_three_webhooks_at_most_and_each_address_once(x, stage, registered):
    _, hook = registered
    again = await x.call("POST", HOOKS, query={"url": hook.url})
    for _ in range(2):
        assert (
            await x.call("POST", HOOKS, query={"url": (await stage.webhook()).url})
        ).status == 200

    fourth = await x.call("POST", HOOKS, query={"url": (await stage.webhook()).url})

    assert again.fault == (403, 214, "Too many resources already created.")
    assert fourth.fault == (403, 214, "Too many resources already created.")


async def test_a_webhook_is_made_valid_again_and_removed_with_its_subscriptions(x, registered):
    webhook_id, hook = registered
    await x.call("POST", of(webhook_id, SUBSCRIPTIONS))
    x.simulator.simulation.world.note_challenge(webhook_id, valid=False)

    validated = await x.call("PUT", of(webhook_id, ".json"))
    deleted = await x.call("DELETE", of(webhook_id, ".json"))

    assert (validated.status, validated.body) == (204, b"")
    assert len(hook.challenges) == 2
    assert (deleted.status, deleted.body) == (204, b"")
    gone = await x.call("PUT", of(webhook_id, ".json"))
    assert gone.fault[:2] == (404, 34)
    assert list(x.simulator.simulation.world.subscriptions) == []


async def test_who_may_do_what(x, registered):
    webhook_id, _ = registered
    stranger = x.signed("1002")
    mine = of(webhook_id, SUBSCRIPTIONS)

    assert (await x.call("POST", HOOKS, who=stranger)).fault[:2] == (403, 200)
    assert (await x.call("DELETE", of(webhook_id, ".json"), who=stranger)).fault[:2] == (403, 200)
    assert (await x.call("POST", HOOKS, who=BEARER)).fault[:2] == (403, 261)
    assert (await x.get(HOOKS)).fault[:2] == (401, 32)
    assert (await x.call("GET", mine, who=BEARER)).fault[:2] == (403, 220)
    assert (await x.call("POST", mine, who="")).fault[:2] == (400, 215)


async def test_an_app_sees_no_other_apps_webhook_and_needs_permission_to_subscribe(x, registered):
    webhook_id, _ = registered
    of_other = x.signed("1001", x.other)

    assert (await x.call("POST", of(webhook_id, SUBSCRIPTIONS), who=of_other)).fault[:2] == (
        404,
        34,
    )
    own = WebhookEntry(webhook_id="77", app_id=x.other.app_id, url="http://127.0.0.1:9/")
    x.simulator.simulation.world.webhooks["77"] = own
    assert (await x.call("POST", of("77", SUBSCRIPTIONS), who=of_other)).fault[:2] == (401, 348)


async def test_an_app_outside_the_tier_is_refused(stage):
    world = stage.world()
    app = AppEntry(app_id="7", owner_id="1001", enterprise_webhooks=0)
    x = await stage.simulator(type(world)(format=1, apps=(app,), users=world.users[2:3]))

    refused = await x.call("GET", HOOKS, who="Bearer bearer-token-7")

    assert refused.fault == (403, 200, "Forbidden.")


async def test_limits_are_those_of_the_tier(stage):
    x = await stage.simulator(stage.world(Rules()))

    for _ in range(15):
        assert (await x.call("GET", HOOKS, who=BEARER)).status == 200
    assert (await x.call("GET", HOOKS, who=BEARER)).fault[:2] == (429, 88)


async def test_subscriptions_of_both_tiers_survive_in_a_state(x, registered):
    webhook_id, _ = registered
    await x.call("POST", of(webhook_id, SUBSCRIPTIONS))

    state = (await x.control("GET", "/state")).json
    put = await x.control("PUT", "/state", state)

    assert put.status == 204
    assert list(x.simulator.simulation.world.subscriptions) == [
        SubscriptionEntry(app_id="13090192", webhook_id=webhook_id, user_id="1001")
    ]


async def test_a_world_with_a_subscription_to_no_webhook_is_refused(x):
    state = (await x.control("GET", "/state")).json
    state["subscriptions"] = [{"app_id": "13090192", "webhook_id": "5", "user_id": "1001"}]

    refused = await x.control("PUT", "/state", state)

    assert refused.status == 422
    assert "subscriptions[0]" in refused.json["errors"][0]["field"]
