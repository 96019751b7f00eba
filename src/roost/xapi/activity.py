"""The two tiers of the Account Activity API as one: by environment, or by webhook.

Premium apps have environments with one webhook each. Apps of the enterprise tier have webhooks that
stand by themselves, each with subscriptions of its own, and X can deliver to those again what it
has tried to deliver before.

Source: https://github.com/xdevplatform/docs, x-api/enterprise-gnip-2.0/fundamentals
/account-activity.mdx at 321ec888.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlsplit

from typing_extensions import override

from roost.xapi import wire_enterprise
from roost.xapi.client import XClient
from roost.xapi.wire_webhooks import Environment, SubscriptionCount, SubscriptionList, Webhook

Subscribers = SubscriptionList | wire_enterprise.SubscriptionList

ENTERPRISE = ""
"""Stands for an environment's name where the app is of the enterprise tier, which has none."""


class Activity(Protocol):
    """Where X delivers an app's activity to. Methods may raise what their calls raise."""

    @property
    def is_by_webhook(self) -> bool:
        """Whether subscriptions are to a webhook, so that its id has to be known."""
        ...

    async def webhooks(self, owner: XClient) -> Sequence[Webhook]:
        """List the webhooks there are."""
        ...

    async def environments(self, owner: XClient) -> Sequence[Environment]:
        """List all the app's environments; the tier without is one, of the name `ENTERPRISE`."""
        ...

    async def register(self, owner: XClient, url: str) -> Webhook:
        """Register a webhook."""
        ...

    async def validate(self, owner: XClient, webhook_id: str) -> None:
        """Have X challenge a webhook now."""
        ...

    async def remove(self, owner: XClient, webhook_id: str) -> None:
        """Remove a webhook."""
        ...

    async def is_subscribed(self, x: XClient, webhook_id: str) -> bool:
        """Tell whether X delivers a user's activity to a webhook."""
        ...

    async def subscribe(self, x: XClient, webhook_id: str) -> None:
        """Have X deliver a user's activity to a webhook."""
        ...

    async def unsubscribe(self, x: XClient, webhook_id: str, user_id: str) -> None:
        """Have X stop to deliver a user's activity to a webhook, as the app."""
        ...

    async def subscribers(self, owner: XClient, webhook_id: str) -> Subscribers:
        """List whose activity X delivers to a webhook."""
        ...

    async def count(self, owner: XClient) -> SubscriptionCount:
        """Count the app's subscriptions, those of its other environments too."""
        ...

    def is_in_the_way(self, webhook: Webhook, url: str) -> bool:
        """Tell whether a webhook of another address has to go before `url` can be registered."""
        ...


def of(env_name: str) -> Activity:
    """Give where X delivers to, by an environment's name; `ENTERPRISE` for the tier without."""
    return _Environment(env_name) if env_name else _Webhooks()


def shown(env_name: str) -> str:
    """Give what people are told of an environment: its name; `enterprise` for that tier."""
    return env_name or "enterprise"


def ours(where: Activity, webhooks: Sequence[Webhook], url: str) -> Webhook | None:
    """Find our webhook among those there are, else the one that is in its place.

    Args:
        where: They are listed.
        webhooks: There are.
        url: Of ours; its path alone will do where our host is not known.
    """
    exact = [one for one in webhooks if one.url == url]
    return next(iter(exact or [one for one in webhooks if where.is_in_the_way(one, url)]), None)


class _Environment(Activity):
    """One webhook, to which everything of the environment is delivered."""

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    @override
    def is_by_webhook(self) -> bool:
        return False

    @override
    async def webhooks(self, owner: XClient) -> Sequence[Webhook]:
        return await owner.webhooks.list(self._name)

    @override
    async def environments(self, owner: XClient) -> Sequence[Environment]:
        return await owner.webhooks.list_all()

    @override
    async def register(self, owner: XClient, url: str) -> Webhook:
        return await owner.webhooks.create(self._name, url)

    @override
    async def validate(self, owner: XClient, webhook_id: str) -> None:
        await owner.webhooks.validate(self._name, webhook_id)

    @override
    async def remove(self, owner: XClient, webhook_id: str) -> None:
        await owner.webhooks.delete(self._name, webhook_id)

    @override
    async def is_subscribed(self, x: XClient, webhook_id: str) -> bool:
        return await x.subscriptions.is_there(self._name)

    @override
    async def subscribe(self, x: XClient, webhook_id: str) -> None:
        await x.subscriptions.add(self._name)

    @override
    async def unsubscribe(self, x: XClient, webhook_id: str, user_id: str) -> None:
        await x.subscriptions.remove(self._name, user_id)

    @override
    async def subscribers(self, owner: XClient, webhook_id: str) -> Subscribers:
        return await owner.subscriptions.list(self._name)

    @override
    async def count(self, owner: XClient) -> SubscriptionCount:
        return await owner.subscriptions.count()

    @override
    def is_in_the_way(self, webhook: Webhook, url: str) -> bool:
        return webhook.url != url


class _Webhooks(Activity):
    """Several webhooks, of which only ours concern us."""

    @property
    @override
    def is_by_webhook(self) -> bool:
        return True

    @override
    async def webhooks(self, owner: XClient) -> Sequence[Webhook]:
        return await owner.enterprise.list_webhooks()

    @override
    async def environments(self, owner: XClient) -> Sequence[Environment]:
        return [Environment(ENTERPRISE, await owner.enterprise.list_webhooks())]

    @override
    async def register(self, owner: XClient, url: str) -> Webhook:
        return await owner.enterprise.create_webhook(url)

    @override
    async def validate(self, owner: XClient, webhook_id: str) -> None:
        await owner.enterprise.validate_webhook(webhook_id)

    @override
    async def remove(self, owner: XClient, webhook_id: str) -> None:
        await owner.enterprise.delete_webhook(webhook_id)

    @override
    async def is_subscribed(self, x: XClient, webhook_id: str) -> bool:
        return await x.enterprise.is_subscribed(webhook_id)

    @override
    async def subscribe(self, x: XClient, webhook_id: str) -> None:
        await x.enterprise.subscribe(webhook_id)

    @override
    async def unsubscribe(self, x: XClient, webhook_id: str, user_id: str) -> None:
        await x.enterprise.unsubscribe(webhook_id, user_id)

    @override
    async def subscribers(self, owner: XClient, webhook_id: str) -> Subscribers:
        return await owner.enterprise.list_subscriptions(webhook_id)

    @override
    async def count(self, owner: XClient) -> SubscriptionCount:
        found = await owner.enterprise.count_subscriptions()
        return SubscriptionCount(
            found.account_name, found.subscriptions_count_all, found.provisioned_count
        )

    @override
    def is_in_the_way(self, webhook: Webhook, url: str) -> bool:
        # Our paths are drawn at random: the same one at another host is ours, of before a move.
        return webhook.url != url and urlsplit(webhook.url).path == urlsplit(url).path
