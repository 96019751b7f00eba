"""Making X deliver to us: one webhook per environment or app, one subscription per account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from roost.errors import AlreadyDone, XApiUnavailable
from roost.model.ids import UserId
from roost.xapi import activity
from roost.xapi.activity import Activity
from roost.xapi.client import XClient


@dataclass(frozen=True, slots=True)
class Connected:
    """What was found, and what had to be done.

    Attributes:
        webhook_id: Our webhook, valid now.
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
    with it. In the enterprise tier only one of ours is: the same path at another host.

    Args:
        owner: Client with the app owner's tokens.
        env_name: The environment's name; `""` for an app of the enterprise tier.
        url: Where X is to deliver.

    Raises:
        RejectedByX: For example code 214: X could not reach the URL or the CRC failed.
        XApiUnavailable: X has taken the webhook and still calls it invalid.
    """
    steps: list[str] = []
    found = "missing"
    where = activity.of(env_name)
    for webhook in await where.webhooks(owner):
        if where.is_in_the_way(webhook, url):
            await where.remove(owner, webhook.id)
            found = "foreign"
            steps.append(f"removed webhook {webhook.id} of another address")
        elif webhook.url != url:
            continue
        elif webhook.valid:
            return Connected(webhook.id, "valid", tuple(steps))
        else:
            await _validate(owner, where, webhook.id)
            return Connected(webhook.id, "invalid", (*steps, f"validated webhook {webhook.id}"))
    created = await where.register(owner, url)
    return Connected(created.id, found, (*steps, f"registered webhook {created.id}"))


async def _validate(owner: XClient, where: Activity, webhook_id: str) -> None:
    await where.validate(owner, webhook_id)
    now = await where.webhooks(owner)
    if not any(webhook.id == webhook_id and webhook.valid for webhook in now):
        raise XApiUnavailable(f"webhook {webhook_id} passed its challenge and is invalid still")


async def ensure_subscriptions(
    clients: Sequence[tuple[UserId, XClient]], env_name: str, webhook_id: str = ""
) -> tuple[UserId, ...]:
    """Subscribe every account that is not subscribed yet.

    Args:
        clients: Pairs of user id and a client with that user's tokens.
        env_name: The environment's name; `""` for an app of the enterprise tier.
        webhook_id: Of the webhook, which that tier subscribes to.

    Returns:
        The user ids of those newly subscribed.
    """
    where = activity.of(env_name)
    subscribed: list[UserId] = []
    for user_id, client in clients:
        if not await where.is_subscribed(client, webhook_id) and await subscribe(
            where, client, webhook_id
        ):
            subscribed.append(user_id)
    return tuple(subscribed)


async def subscribe(where: Activity, x: XClient, webhook_id: str) -> bool:
    """Have X deliver a user's activity; false where it does already (code 355).

    Another process may have asked since X was asked whether it does.
    """
    try:
        await where.subscribe(x, webhook_id)
    except AlreadyDone:
        return False
    return True
