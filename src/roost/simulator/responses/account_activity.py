"""Webhooks and subscriptions of the v1.1 Account Activity API, as both of its tiers have them.

A tier says where webhooks and subscriptions belong and how they are shown; `offer` makes its
responses from that. `premium` and `enterprise` are the two.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Protocol

from roost.simulator.calls import Answer, json_answer
from roost.simulator.entries import DM_LEVEL, AppEntry, SubscriptionEntry, WebhookEntry
from roost.simulator.refusals import refusal
from roost.simulator.registry import ApiCall, responds
from roost.simulator.simulation import Simulation
from roost.simulator.webhooks import TOO_MANY
from roost.xapi.wire_webhooks import Webhook

NOT_THERE = "Webhook does not exist or is associated with a different X application."
"""X's text where a webhook is not there."""

_NO_CONTENT = Answer(204)


class Tier(Protocol):
    """What tells one tier from the other.

    Attributes:
        prefix: What the names of its routes begin with.
    """

    prefix: str

    def app(self, simulation: Simulation, asked: ApiCall) -> AppEntry:
        """Give the calling app. Raises `Refusal` where it has nothing to do with the tier."""
        ...

    def webhooks(self, simulation: Simulation, asked: ApiCall) -> Sequence[WebhookEntry]:
        """Give the webhooks a call is about. Raises `Refusal` as `app` does."""
        ...

    def subscription(
        self, simulation: Simulation, asked: ApiCall, user_id: str
    ) -> SubscriptionEntry:
        """Give the subscription a call is about. Raises `Refusal` where it has no place."""
        ...

    def count(self, simulation: Simulation, app: AppEntry) -> int:
        """Count an app's subscriptions."""
        ...

    def provisioned(self, simulation: Simulation) -> int:
        """Give how many subscriptions an app may have."""
        ...

    def show(self, webhook: WebhookEntry) -> Webhook:
        """Show a webhook."""
        ...

    def show_subscriptions(self, simulation: Simulation, asked: ApiCall) -> object:
        """Show who is subscribed. Raises `Refusal` where there is no such place."""
        ...

    def show_count(self, app: AppEntry, found: int, provisioned: int) -> object:
        """Show how many are subscribed."""
        ...


def offer(tier: Tier) -> None:
    """Register the responses that every tier has."""
    for name, respond in _RESPONSES.items():
        responds(tier.prefix + name)(partial(respond, tier))


def check_owner(app: AppEntry, asked: ApiCall) -> None:
    """See to it that the app's owner is calling.

    Raises:
        Refusal: Somebody else is.
    """
    if app.owner_id not in {"", asked.caller.user_id}:
        raise refusal(200, reason="the token is not the app owner's")


def webhook_asked_for(tier: Tier, simulation: Simulation, asked: ApiCall) -> WebhookEntry:
    """Give the webhook whose id is in the path.

    Raises:
        Refusal: 34, there is none, or it is not the app's.
    """
    for webhook in tier.webhooks(simulation, asked):
        if webhook.webhook_id == asked.path["webhook_id"]:
            return webhook
    raise refusal(34, message=NOT_THERE)


async def _create(tier: Tier, simulation: Simulation, asked: ApiCall) -> Answer:
    """Register a webhook, if it passes a challenge now."""
    app = tier.app(simulation, asked)
    check_owner(app, asked)
    url, env_name = asked.call.parameter("url"), asked.path.get("env_name", "")
    if not url:
        raise refusal(195)
    return json_answer(tier.show(await simulation.webhooks.register(app, env_name, url)))


async def _list_webhooks(tier: Tier, simulation: Simulation, asked: ApiCall) -> Answer:
    """List webhooks."""
    return json_answer([tier.show(one) for one in tier.webhooks(simulation, asked)])


async def _validate(tier: Tier, simulation: Simulation, asked: ApiCall) -> Answer:
    """Challenge a webhook now; passing makes it valid again."""
    webhook = webhook_asked_for(tier, simulation, asked)
    if asked.caller.user_id:
        check_owner(tier.app(simulation, asked), asked)
    await simulation.webhooks.validate(webhook)
    return _NO_CONTENT


async def _delete(tier: Tier, simulation: Simulation, asked: ApiCall) -> Answer:
    """Remove a webhook and its subscriptions."""
    check_owner(tier.app(simulation, asked), asked)
    simulation.world.remove_webhook(webhook_asked_for(tier, simulation, asked))
    return _NO_CONTENT


async def _add(tier: Tier, simulation: Simulation, asked: ApiCall) -> Answer:
    """Subscribe to the calling user's activity."""
    subscription = _own(tier, simulation, asked)
    if not tier.webhooks(simulation, asked):
        raise refusal(200, reason="the environment has no webhook")
    if subscription in simulation.world.subscriptions:
        raise refusal(355)
    if tier.count(simulation, tier.app(simulation, asked)) >= tier.provisioned(simulation):
        raise refusal(214, message=TOO_MANY, reason="as many subscriptions as are provisioned")
    simulation.world.subscriptions.add(subscription)
    return _NO_CONTENT


async def _check(tier: Tier, simulation: Simulation, asked: ApiCall) -> Answer:
    """Say whether the calling user's activity is subscribed to."""
    _check_subscribed(simulation, _own(tier, simulation, asked))
    return _NO_CONTENT


async def _remove_own(tier: Tier, simulation: Simulation, asked: ApiCall) -> Answer:
    """End the calling user's own subscription."""
    return _end(simulation, _own(tier, simulation, asked))


async def _remove(tier: Tier, simulation: Simulation, asked: ApiCall) -> Answer:
    """End a user's subscription; the app asks for itself."""
    return _end(simulation, tier.subscription(simulation, asked, asked.path["user_id"]))


async def _list_subscriptions(tier: Tier, simulation: Simulation, asked: ApiCall) -> Answer:
    """List who is subscribed to."""
    return json_answer(tier.show_subscriptions(simulation, asked))


async def _count(tier: Tier, simulation: Simulation, asked: ApiCall) -> Answer:
    """Count an app's subscriptions of this tier."""
    app = tier.app(simulation, asked)
    found, provisioned = tier.count(simulation, app), tier.provisioned(simulation)
    return json_answer(tier.show_count(app, found, provisioned))


def _own(tier: Tier, simulation: Simulation, asked: ApiCall) -> SubscriptionEntry:
    subscription = tier.subscription(simulation, asked, asked.caller.user_id)
    if asked.caller.access_level != DM_LEVEL:
        raise refusal(348, reason=f"the token's access level is {asked.caller.access_level}")
    return subscription


def _check_subscribed(simulation: Simulation, subscription: SubscriptionEntry) -> None:
    if subscription not in simulation.world.subscriptions:
        raise refusal(34, reason="not subscribed")


def _end(simulation: Simulation, subscription: SubscriptionEntry) -> Answer:
    _check_subscribed(simulation, subscription)
    simulation.world.subscriptions.remove(subscription)
    return _NO_CONTENT


_RESPONSES: Mapping[str, Callable[[Tier, Simulation, ApiCall], Awaitable[Answer]]] = {
    "webhooks.create": _create,
    "webhooks.list": _list_webhooks,
    "webhooks.validate": _validate,
    "webhooks.delete": _delete,
    "subscriptions.add": _add,
    "subscriptions.check": _check,
    "subscriptions.remove_own": _remove_own,
    "subscriptions.remove": _remove,
    "subscriptions.list": _list_subscriptions,
    "subscriptions.count": _count,
}
