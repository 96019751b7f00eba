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

from roost.xapi.client import XClient
from roost.xapi.wire_webhooks import Webhook

ENTERPRISE = ""
"""Stands for an environment's name where the app is of the enterprise tier, which has none."""


class Activity(Protocol):
    """Where X delivers an app's activity to. Methods may raise what their calls raise."""

    async def webhooks(self, owner: XClient) -> Sequence[Webhook]:
        """List the webhooks there are."""
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

    def is_in_the_way(self, webhook: Webhook, url: str) -> bool:
        """Tell whether a webhook of another address has to go before `url` can be registered."""
        ...


def of(env_name: str) -> Activity:
    """Give where X delivers to, by an environment's name; `ENTERPRISE` for the tier without."""
    return _Environment(env_name) if env_name else _Webhooks()


class _Environment(Activity):
    """One webhook, to which everything of the environment is delivered."""

    def __init__(self, name: str) -> None:
        self._name = name

    @override
    async def webhooks(self, owner: XClient) -> Sequence[Webhook]:
        return await owner.webhooks.list(self._name)

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
    def is_in_the_way(self, webhook: Webhook, url: str) -> bool:
        return webhook.url != url


class _Webhooks(Activity):
    """Several webhooks, of which only ours concern us."""

    @override
    async def webhooks(self, owner: XClient) -> Sequence[Webhook]:
        return await owner.enterprise.list_webhooks()

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
    def is_in_the_way(self, webhook: Webhook, url: str) -> bool:
        # Our paths are drawn at random: the same one at another host is ours, of before a move.
        return webhook.url != url and urlsplit(webhook.url).path == urlsplit(url).path
