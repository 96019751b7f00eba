"""The enterprise tier of the v1.1 Account Activity API: webhooks by their id, and replay."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from roost.simulator.calls import Answer, json_answer
from roost.simulator.clock import from_milliseconds
from roost.simulator.entries import DM_LEVEL, AppEntry, SubscriptionEntry, WebhookEntry
from roost.simulator.refusals import refusal
from roost.simulator.registry import ApiCall, responds
from roost.simulator.replays import Span
from roost.simulator.responses.account_activity import NOT_THERE, check_owner
from roost.simulator.simulation import Simulation
from roost.simulator.subscriptions import subscription_to
from roost.simulator.webhooks import TOO_MANY
from roost.xapi.wire_enterprise import ReplayJob, Subscriber, SubscriptionList, SubscriptionsCount
from roost.xapi.wire_webhooks import Webhook

OLDEST = timedelta(days=5)
"""How far back a replay may reach."""

FROM_AGE = timedelta(minutes=31)
TO_AGE = timedelta(minutes=10)
"""How old the two dates of a replay have to be at least."""

_MINUTE = re.compile(r"[0-9]{12}")
_NO_CONTENT = Answer(204)


@responds("enterprise.webhooks.create")
async def create(simulation: Simulation, asked: ApiCall) -> Answer:
    """Register a webhook, if it passes a challenge now."""
    app = _app(simulation, asked)
    check_owner(app, asked)
    url = asked.call.parameter("url")
    return json_answer(_shown(await simulation.webhooks.register(app, "", url)))


@responds("enterprise.webhooks.list")
async def list_webhooks(simulation: Simulation, asked: ApiCall) -> Answer:
    """List the app's webhooks of this tier."""
    return json_answer([_shown(one) for one in _webhooks(simulation, _app(simulation, asked))])


@responds("enterprise.webhooks.validate")
async def validate(simulation: Simulation, asked: ApiCall) -> Answer:
    """Challenge a webhook now; passing makes it valid again."""
    webhook = _webhook(simulation, asked)
    check_owner(simulation.world.apps[webhook.app_id], asked)
    await simulation.webhooks.validate(webhook)
    return _NO_CONTENT


@responds("enterprise.webhooks.delete")
async def delete(simulation: Simulation, asked: ApiCall) -> Answer:
    """Remove a webhook and its subscriptions."""
    webhook = _webhook(simulation, asked)
    check_owner(simulation.world.apps[webhook.app_id], asked)
    simulation.world.remove_webhook(webhook)
    return _NO_CONTENT


@responds("enterprise.subscriptions.add")
async def add(simulation: Simulation, asked: ApiCall) -> Answer:
    """Subscribe the webhook to the calling user's activity."""
    subscription = _own_subscription(simulation, asked)
    if subscription in simulation.world.subscriptions:
        raise refusal(355)
    app = simulation.world.apps[asked.caller.app_id]
    if _count(simulation, app) >= simulation.world.rules.enterprise_subscriptions:
        raise refusal(214, message=TOO_MANY)
    simulation.world.subscriptions.add(subscription)
    return _NO_CONTENT


@responds("enterprise.subscriptions.check")
async def check(simulation: Simulation, asked: ApiCall) -> Answer:
    """Say whether the webhook is told of the calling user's activity."""
    _check_subscribed(simulation, _own_subscription(simulation, asked))
    return _NO_CONTENT


@responds("enterprise.subscriptions.remove_own")
async def remove_own(simulation: Simulation, asked: ApiCall) -> Answer:
    """End the calling user's own subscription."""
    return _remove(simulation, _own_subscription(simulation, asked))


@responds("enterprise.subscriptions.remove")
async def remove(simulation: Simulation, asked: ApiCall) -> Answer:
    """End a user's subscription; the app asks for itself."""
    webhook = _webhook(simulation, asked)
    return _remove(simulation, subscription_to(webhook, asked.path["user_id"]))


@responds("enterprise.subscriptions.list")
async def list_subscriptions(simulation: Simulation, asked: ApiCall) -> Answer:
    """List who is subscribed to a webhook."""
    webhook = _webhook(simulation, asked)
    subscribers = simulation.world.subscriptions.users_of(webhook)
    return json_answer(
        SubscriptionList(
            webhook_id=webhook.webhook_id,
            webhook_url=webhook.url,
            application_id=webhook.app_id,
            subscriptions=[Subscriber(user_id) for user_id in subscribers],
        )
    )


@responds("enterprise.subscriptions.count")
async def count(simulation: Simulation, asked: ApiCall) -> Answer:
    """Count the app's subscriptions of this tier."""
    app = _app(simulation, asked)
    return json_answer(
        SubscriptionsCount(
            account_name=app.name,
            subscriptions_count_all=str(_count(simulation, app)),
            subscriptions_count_direct_messages="0",
            provisioned_count=str(simulation.world.rules.enterprise_subscriptions),
        )
    )


@responds("enterprise.replay")
async def replay(simulation: Simulation, asked: ApiCall) -> Answer:
    """Begin to deliver once more what was delivered in a span of time."""
    if asked.path["webhook_id"].startswith("-"):
        raise refusal(360, message="webhook_id must not be negative.")
    webhook = _webhook(simulation, asked)
    app = simulation.world.apps[webhook.app_id]
    if app.access_level != DM_LEVEL:
        raise refusal(61, reason=f"the app's access level is {app.access_level}")
    span = _span(asked, simulation.clock.now())
    if not webhook.valid:
        raise refusal(214, status=400, message="Webhook is marked as invalid.")
    job = simulation.replays.begin(webhook, span)
    return json_answer(ReplayJob(job.job_id, _written(job.created_at)), status=202)


def _app(simulation: Simulation, asked: ApiCall) -> AppEntry:
    app = simulation.world.apps[asked.caller.app_id]
    if not app.enterprise_webhooks:
        raise refusal(200, reason="the app is not of the enterprise tier")
    return app


def _webhooks(simulation: Simulation, app: AppEntry) -> list[WebhookEntry]:
    every = simulation.world.webhooks.values()
    return [one for one in every if one.app_id == app.app_id and not one.env_name]


def _webhook(simulation: Simulation, asked: ApiCall) -> WebhookEntry:
    app = _app(simulation, asked)
    for webhook in _webhooks(simulation, app):
        if webhook.webhook_id == asked.path["webhook_id"]:
            return webhook
    raise refusal(34, message=NOT_THERE)


def _own_subscription(simulation: Simulation, asked: ApiCall) -> SubscriptionEntry:
    webhook = _webhook(simulation, asked)
    app = simulation.world.apps[webhook.app_id]
    if app.access_level != DM_LEVEL:
        raise refusal(348, reason=f"the app's access level is {app.access_level}")
    return subscription_to(webhook, asked.caller.user_id)


def _check_subscribed(simulation: Simulation, subscription: SubscriptionEntry) -> None:
    if subscription not in simulation.world.subscriptions:
        raise refusal(34, reason="not subscribed")


def _remove(simulation: Simulation, subscription: SubscriptionEntry) -> Answer:
    _check_subscribed(simulation, subscription)
    simulation.world.subscriptions.remove(subscription)
    return _NO_CONTENT


def _count(simulation: Simulation, app: AppEntry) -> int:
    webhooks = _webhooks(simulation, app)
    return sum(len(simulation.world.subscriptions.users_of(webhook)) for webhook in webhooks)


def _shown(webhook: WebhookEntry) -> Webhook:
    return Webhook(
        id=webhook.webhook_id,
        url=webhook.url,
        valid=webhook.valid,
        created_at=_written(from_milliseconds(webhook.created_at)),
    )


def _written(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _span(asked: ApiCall, now: datetime) -> Span:
    begin, end = _minute(asked, "from_date"), _minute(asked, "to_date")
    for name, when, age in (("from_date", begin, FROM_AGE), ("to_date", end, TO_AGE)):
        if when > now - age:
            minutes = age // timedelta(minutes=1)
            text = f"{name} must be in the past, by {minutes} minutes at least."
            raise refusal(368, message=text)
    if begin >= end:
        raise refusal(356, message="from_date must be before to_date.")
    if begin < now - OLDEST:
        raise refusal(356, message="from_date must be within the last 5 days.")
    return Span(begin, end)


def _minute(asked: ApiCall, name: str) -> datetime:
    text = asked.call.parameter(name)
    if not text:
        raise refusal(357, message=f"{name} parameter is missing.")
    try:
        if _MINUTE.fullmatch(text):
            return datetime.strptime(text, "%Y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError as error:
        raise _malformed(name) from error
    raise _malformed(name)


def _malformed(name: str) -> Exception:
    return refusal(358, message=f"{name} parameter is malformed.")
