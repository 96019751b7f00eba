"""The enterprise tier of the v1.1 Account Activity API: webhooks by their id, and replay."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from roost.simulator.calls import Answer, json_answer
from roost.simulator.clock import from_milliseconds
from roost.simulator.entries import DM_LEVEL, AppEntry, SubscriptionEntry, WebhookEntry
from roost.simulator.refusals import refusal
from roost.simulator.registry import ApiCall, responds
from roost.simulator.replays import Span
from roost.simulator.responses import account_activity
from roost.simulator.simulation import Simulation
from roost.simulator.subscriptions import subscription_to
from roost.xapi.wire_enterprise import ReplayJob, Subscriber, SubscriptionList, SubscriptionsCount
from roost.xapi.wire_webhooks import Webhook

OLDEST = timedelta(days=5)
"""How far back a replay may reach."""

FROM_AGE = timedelta(minutes=31)
TO_AGE = timedelta(minutes=10)
"""How old the two dates of a replay have to be at least."""

_MINUTE = re.compile(r"[0-9]{12}")


class Enterprise:
    """Webhooks stand by themselves, and each has subscriptions of its own."""

    prefix = "enterprise."

    def app(self, simulation: Simulation, asked: ApiCall) -> AppEntry:
        """Give the calling app, which has to be of this tier."""
        app = simulation.world.apps[asked.caller.app_id]
        if not app.enterprise_webhooks:
            raise refusal(200, reason="the app is not of the enterprise tier")
        return app

    def webhooks(self, simulation: Simulation, asked: ApiCall) -> Sequence[WebhookEntry]:
        """Give the app's webhooks of this tier."""
        return _webhooks(simulation, self.app(simulation, asked))

    def subscription(
        self, simulation: Simulation, asked: ApiCall, user_id: str
    ) -> SubscriptionEntry:
        """Give a subscription to the webhook the path names."""
        return subscription_to(_webhook(simulation, asked), user_id)

    def count(self, simulation: Simulation, app: AppEntry) -> int:
        """Count the subscriptions to all the app's webhooks of this tier."""
        users_of = simulation.world.subscriptions.users_of
        return sum(len(users_of(webhook)) for webhook in _webhooks(simulation, app))

    def provisioned(self, simulation: Simulation) -> int:
        """Give the bound."""
        return simulation.world.rules.enterprise_subscriptions

    def show(self, webhook: WebhookEntry) -> Webhook:
        """Show a webhook."""
        return Webhook(
            id=webhook.webhook_id,
            url=webhook.url,
            valid=webhook.valid,
            created_at=_written(from_milliseconds(webhook.created_at)),
        )

    def show_subscriptions(self, simulation: Simulation, asked: ApiCall) -> SubscriptionList:
        """Show who is subscribed to the webhook."""
        webhook = _webhook(simulation, asked)
        subscribers = simulation.world.subscriptions.users_of(webhook)
        return SubscriptionList(
            webhook_id=webhook.webhook_id,
            webhook_url=webhook.url,
            application_id=webhook.app_id,
            subscriptions=[Subscriber(user_id) for user_id in subscribers],
        )

    def show_count(self, app: AppEntry, found: int, provisioned: int) -> SubscriptionsCount:
        """Show the counts as strings."""
        return SubscriptionsCount(
            account_name=app.name,
            subscriptions_count_all=str(found),
            subscriptions_count_direct_messages="0",
            provisioned_count=str(provisioned),
        )


_TIER = Enterprise()
account_activity.offer(_TIER)


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


def _webhooks(simulation: Simulation, app: AppEntry) -> list[WebhookEntry]:
    every = simulation.world.webhooks.values()
    return [one for one in every if one.app_id == app.app_id and not one.env_name]


def _webhook(simulation: Simulation, asked: ApiCall) -> WebhookEntry:
    return account_activity.webhook_asked_for(_TIER, simulation, asked)


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
