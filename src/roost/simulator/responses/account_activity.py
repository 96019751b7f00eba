"""Webhooks and subscriptions of the v1.1 Account Activity API."""

from __future__ import annotations

from roost.simulator.calls import Answer, json_answer
from roost.simulator.clock import from_milliseconds
from roost.simulator.entries import DM_LEVEL, AppEntry, SubscriptionEntry, WebhookEntry
from roost.simulator.refusals import refusal
from roost.simulator.registry import ApiCall, responds
from roost.simulator.simulation import Simulation
from roost.simulator.webhooks import TOO_MANY
from roost.xapi.wire_webhooks import Subscriber, SubscriptionCount, SubscriptionList, Webhook

_NOT_THERE = "Webhook does not exist or is associated with a different X application."
_NO_CONTENT = Answer(204)


@responds("webhooks.create")
async def create(simulation: Simulation, asked: ApiCall) -> Answer:
    """Register a webhook, if it passes a challenge now."""
    app = _app_with_environment(simulation, asked)
    _check_owner(app, asked)
    url = asked.call.parameter("url")
    webhook = await simulation.webhooks.register(app, asked.path["env_name"], url)
    return json_answer(_shown(webhook))


@responds("webhooks.list")
async def list_webhooks(simulation: Simulation, asked: ApiCall) -> Answer:
    """List an environment's webhooks: one or none."""
    app = _app_with_environment(simulation, asked)
    webhook = simulation.world.webhook_of(app.app_id, asked.path["env_name"])
    return json_answer([] if webhook is None else [_shown(webhook)])


@responds("webhooks.validate")
async def validate(simulation: Simulation, asked: ApiCall) -> Answer:
    """Challenge a webhook now; passing makes it valid again."""
    webhook = _webhook(simulation, asked)
    if asked.caller.user_id:
        _check_owner(simulation.world.apps[webhook.app_id], asked)
    await simulation.webhooks.validate(webhook)
    return _NO_CONTENT


@responds("webhooks.delete")
async def delete(simulation: Simulation, asked: ApiCall) -> Answer:
    """Remove a webhook and its environment's subscriptions."""
    _check_owner(_app_with_environment(simulation, asked), asked)
    simulation.world.remove_webhook(_webhook(simulation, asked))
    return _NO_CONTENT


@responds("subscriptions.add")
async def add(simulation: Simulation, asked: ApiCall) -> Answer:
    """Subscribe the environment to the calling user's activity."""
    subscription = _own_subscription(simulation, asked)
    if simulation.world.webhook_of(asked.caller.app_id, asked.path["env_name"]) is None:
        raise refusal(200, reason="the environment has no webhook")
    if simulation.world.is_subscribed(subscription):
        raise refusal(355)
    rules = simulation.world.rules
    if _count(simulation, asked.caller.app_id) >= rules.provisioned_subscriptions:
        raise refusal(214, message=TOO_MANY, reason="as many subscriptions as are provisioned")
    simulation.world.subscribe(subscription)
    return _NO_CONTENT


@responds("subscriptions.check")
async def check(simulation: Simulation, asked: ApiCall) -> Answer:
    """Say whether the environment is told of the calling user's activity."""
    if not simulation.world.is_subscribed(_own_subscription(simulation, asked)):
        raise refusal(34, reason="not subscribed")
    return _NO_CONTENT


@responds("subscriptions.remove")
async def remove(simulation: Simulation, asked: ApiCall) -> Answer:
    """End a user's subscription; the app asks for itself."""
    app = _app_with_environment(simulation, asked)
    subscription = SubscriptionEntry(
        app_id=app.app_id, env_name=asked.path["env_name"], user_id=asked.path["user_id"]
    )
    if not simulation.world.is_subscribed(subscription):
        raise refusal(34, reason="not subscribed")
    simulation.world.unsubscribe(subscription)
    return _NO_CONTENT


@responds("subscriptions.leave")
async def leave(simulation: Simulation, asked: ApiCall) -> Answer:
    """End the calling user's own subscription, the way X has deprecated."""
    subscription = _own_subscription(simulation, asked)
    if not simulation.world.is_subscribed(subscription):
        raise refusal(34, reason="not subscribed")
    simulation.world.unsubscribe(subscription)
    return _NO_CONTENT


@responds("subscriptions.list")
async def list_subscriptions(simulation: Simulation, asked: ApiCall) -> Answer:
    """List whom an environment is told of."""
    app, env_name = _app_with_environment(simulation, asked), asked.path["env_name"]
    user_ids = simulation.world.subscriptions.get((app.app_id, env_name), {})
    subscribers = [Subscriber(user_id) for user_id in user_ids]
    return json_answer(SubscriptionList(env_name, app.app_id, subscribers))


@responds("subscriptions.count")
async def count(simulation: Simulation, asked: ApiCall) -> Answer:
    """Count an app's subscriptions, in all its environments."""
    app = simulation.world.apps[asked.caller.app_id]
    provisioned = simulation.world.rules.provisioned_subscriptions
    found = _count(simulation, app.app_id)
    return json_answer(SubscriptionCount(app.name, str(found), str(provisioned)))


def _count(simulation: Simulation, app_id: str) -> int:
    places = simulation.world.subscriptions.items()
    return sum(len(user_ids) for (known, _), user_ids in places if known == app_id)


def _app_with_environment(simulation: Simulation, asked: ApiCall) -> AppEntry:
    app = simulation.world.apps[asked.caller.app_id]
    if asked.path["env_name"] not in app.env_names:
        raise refusal(200, reason=f"the app has no environment {asked.path['env_name']!r}")
    return app


def _check_owner(app: AppEntry, asked: ApiCall) -> None:
    if app.owner_id not in {"", asked.caller.user_id}:
        raise refusal(200, reason="the token is not the app owner's")


def _webhook(simulation: Simulation, asked: ApiCall) -> WebhookEntry:
    app = _app_with_environment(simulation, asked)
    webhook = simulation.world.webhook_of(app.app_id, asked.path["env_name"])
    if webhook is None or webhook.webhook_id != asked.path["webhook_id"]:
        raise refusal(34, message=_NOT_THERE)
    return webhook


def _own_subscription(simulation: Simulation, asked: ApiCall) -> SubscriptionEntry:
    app = _app_with_environment(simulation, asked)
    if asked.caller.access_level != DM_LEVEL:
        raise refusal(348, reason=f"the token's access level is {asked.caller.access_level}")
    return SubscriptionEntry(
        app_id=app.app_id, env_name=asked.path["env_name"], user_id=asked.caller.user_id
    )


def _shown(webhook: WebhookEntry) -> Webhook:
    return Webhook(
        id=webhook.webhook_id,
        url=webhook.url,
        valid=webhook.valid,
        created_timestamp=from_milliseconds(webhook.created_at).strftime("%Y-%m-%d %H:%M:%S +0000"),
    )
