"""Making X deliver to us: one webhook per environment, one subscription per account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from roost.errors import XApiUnavailable
from roost.model.ids import UserId
from roost.xapi.client import XClient


@dataclass(frozen=True, slots=True)
class Connected:
    """What was found, and what had to be done.

    Attributes:
        webhook_id: The environment's webhook, valid now.
        found: How it was: `valid`, `invalid`, `missing`, or `foreign` where another address was
            registered in its place.
        steps: Past tense, in order, for example `("registered webhook", "subscribed 1001")`;
            empty if all was well.
    """

    webhook_id: str
    found: str
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
        XApiUnavailable: X has taken the webhook and still calls it invalid.
    """
    steps: list[str] = []
    found = "missing"
    for webhook in await owner.list_webhooks(env_name):
        if webhook.url != url:
            await owner.delete_webhook(env_name, webhook.id)
            found = "foreign"
            steps.append(f"removed webhook {webhook.id} of another address")
        elif webhook.valid:
            return Connected(webhook.id, "valid", tuple(steps))
        else:
            await _validate(owner, env_name, webhook.id)
            return Connected(webhook.id, "invalid", (*steps, f"validated webhook {webhook.id}"))
    created = await owner.create_webhook(env_name, url)
    return Connected(created.id, found, (*steps, f"registered webhook {created.id}"))


async def _validate(owner: XClient, env_name: str, webhook_id: str) -> None:
    await owner.validate_webhook(env_name, webhook_id)
    now = await owner.list_webhooks(env_name)
    if not any(webhook.id == webhook_id and webhook.valid for webhook in now):
        raise XApiUnavailable(f"webhook {webhook_id} passed its challenge and is invalid still")


async def ensure_subscriptions(
    clients: Sequence[tuple[UserId, XClient]], env_name: str
) -> tuple[UserId, ...]:
    """Subscribe every account that is not subscribed yet.

    Args:
        clients: Pairs of user id and a client with that user's tokens.
        env_name: The environment's name.

    Returns:
        The user ids of those newly subscribed.
    """
    subscribed: list[UserId] = []
    for user_id, client in clients:
        if not await client.is_subscribed(env_name):
            await client.subscribe(env_name)
            subscribed.append(user_id)
    return tuple(subscribed)
