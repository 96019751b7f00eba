"""Making X deliver to us: one webhook per environment, one subscription per account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from roost.xapi.client import XClient


@dataclass(frozen=True, slots=True)
class Connected:
    """What had to be done.

    Attributes:
        webhook_id: The environment's webhook, valid now.
        steps: Past tense, in order, for example `("registered webhook", "subscribed 1001")`;
            empty if all was well.
    """

    webhook_id: str
    steps: tuple[str, ...]


async def ensure_webhook(owner: XClient, env_name: str, url: str) -> Connected:
    """See to it that X delivers an environment's events to `url`.

    A webhook at another URL is replaced, since X allows one per environment; its subscriptions go
    with it.

    Args:
        owner: Client with the app owner's tokens.
        env_name: The environment's name.
        url: Where X is to deliver.

    Raises:
        RejectedByX: For example code 214: X could not reach the URL or the CRC failed.
    """
    steps: list[str] = []
    for webhook in await owner.list_webhooks(env_name):
        if webhook.url != url:
            await owner.delete_webhook(env_name, webhook.id)
            steps.append(f"removed webhook {webhook.id} of another address")
        elif webhook.valid:
            return Connected(webhook.id, tuple(steps))
        else:
            await owner.validate_webhook(env_name, webhook.id)
            return Connected(webhook.id, (*steps, f"validated webhook {webhook.id}"))
    created = await owner.create_webhook(env_name, url)
    return Connected(created.id, (*steps, f"registered webhook {created.id}"))


async def ensure_subscriptions(
    clients: Sequence[tuple[str, XClient]], env_name: str
) -> tuple[str, ...]:
    """Subscribe every account that is not subscribed yet.

    Args:
        clients: Pairs of user id and a client with that user's tokens.
        env_name: The environment's name.

    Returns:
        What was done, one entry for each account newly subscribed.
    """
    steps: list[str] = []
    for user_id, client in clients:
        if not await client.is_subscribed(env_name):
            await client.subscribe(env_name)
            steps.append(f"subscribed {user_id}")
    return tuple(steps)
