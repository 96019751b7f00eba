"""The premium tier of the v1.1 Account Activity API: environments with one webhook each."""

from __future__ import annotations

from collections.abc import Sequence

from roost.simulator.calls import Answer, json_answer
from roost.simulator.clock import from_milliseconds
from roost.simulator.entries import AppEntry, SubscriptionEntry, WebhookEntry
from roost.simulator.refusals import refusal
from roost.simulator.registry import ApiCall, responds
from roost.simulator.responses import account_activity
from roost.simulator.simulation import Simulation
from roost.xapi.wire_webhooks import (
    Environment,
    Environments,
    Subscriber,
    SubscriptionCount,
    SubscriptionList,
    Webhook,
)


class Premium:
    """Webhooks and subscriptions belong to an app's environment, named in the path."""

    prefix = ""

    def app(self, simulation: Simulation, asked: ApiCall) -> AppEntry:
        """Give the calling app, whose environment the path has to name."""
        app = simulation.world.apps[asked.caller.app_id]
        env_name = asked.path.get("env_name")
        if env_name is not None and env_name not in app.env_names:
            raise refusal(200, reason=f"the app has no environment {env_name!r}")
        return app

    def webhooks(self, simulation: Simulation, asked: ApiCall) -> Sequence[WebhookEntry]:
        """Give the environment's webhook, if it has one."""
        app = self.app(simulation, asked)
        webhook = simulation.world.webhook_of(app.app_id, asked.path["env_name"])
        return [] if webhook is None else [webhook]

    def subscription(
        self, simulation: Simulation, asked: ApiCall, user_id: str
    ) -> SubscriptionEntry:
        """Give a subscription of the environment, which need not have a webhook."""
        app = self.app(simulation, asked)
        return SubscriptionEntry(
            app_id=app.app_id, env_name=asked.path["env_name"], user_id=user_id
        )

    def count(self, simulation: Simulation, app: AppEntry) -> int:
        """Count the subscriptions of all the app's environments."""
        users_in = simulation.world.subscriptions.users_in
        return sum(len(users_in(app.app_id, name)) for name in app.env_names)

    def provisioned(self, simulation: Simulation) -> int:
        """Give the bound."""
        return simulation.world.rules.provisioned_subscriptions

    def show(self, webhook: WebhookEntry) -> Webhook:
        """Show a webhook."""
        return _shown(webhook)

    def show_subscriptions(self, simulation: Simulation, asked: ApiCall) -> SubscriptionList:
        """Show whom the environment is told of."""
        app, env_name = self.app(simulation, asked), asked.path["env_name"]
        user_ids = simulation.world.subscriptions.users_in(app.app_id, env_name)
        return SubscriptionList(env_name, app.app_id, [Subscriber(one) for one in user_ids])

    def show_count(self, app: AppEntry, found: int, provisioned: int) -> SubscriptionCount:
        """Show the counts as strings."""
        return SubscriptionCount(app.name, str(found), str(provisioned))


account_activity.offer(Premium())


@responds("webhooks.list_all")
async def list_all(simulation: Simulation, asked: ApiCall) -> Answer:
    """List every environment of the app, with its webhook."""
    world = simulation.world
    app = world.apps[asked.caller.app_id]
    found = [(name, world.webhook_of(app.app_id, name)) for name in app.env_names]
    return json_answer(
        Environments(
            [Environment(name, [] if one is None else [_shown(one)]) for name, one in found]
        )
    )


def _shown(webhook: WebhookEntry) -> Webhook:
    created_at = from_milliseconds(webhook.created_at)
    return Webhook(
        id=webhook.webhook_id,
        url=webhook.url,
        valid=webhook.valid,
        created_timestamp=created_at.strftime("%Y-%m-%d %H:%M:%S +0000"),
    )
