"""One URL for each environment, and everybody subscribed: for a person who asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from roost.model.ids import UserId
from roost.service import accounts, webhook_places
from roost.settings import Settings
from roost.xapi import registration
from roost.xapi.transport import Transport


@dataclass(frozen=True, slots=True)
class Joined:
    """What was done for an app.

    Attributes:
        app: Its key.
        env_name: Its environment; `enterprise` for an app of that tier.
        url: Where X delivers now.
        steps: What had to be done; empty if all was well.
    """

    app: str
    env_name: str
    url: str
    steps: Sequence[str]


async def join(settings: Settings, transport: Transport) -> list[Joined]:
    """Have X deliver every app's environment to us, for every account.

    A webhook of another address is replaced; X then forgets its subscriptions, so that everybody
    is subscribed anew.

    Args:
        settings: With the accounts that were connected.
        transport: The way to X.

    Raises:
        SendError: X does not do it, for example because the webhook does not answer.
        SettingsError: `public_url` is not set.
    """
    urls = await webhook_places.urls(settings)
    joined: list[Joined] = []
    for key, app in settings.apps.items():
        clients = [
            (UserId(one.user_id), accounts.client_of(settings, one, transport))
            for one in settings.accounts.values()
            if one.app == key
        ]
        if not clients:
            continue
        webhook = await registration.ensure_webhook(clients[0][1], app.environment, urls[key])
        subscribed = await registration.ensure_subscriptions(
            clients, app.environment, webhook.webhook_id
        )
        steps = (*webhook.steps, *(f"subscribed {user_id}" for user_id in subscribed))
        joined.append(Joined(key, app.environment or app.activity_tier, urls[key], steps))
    return joined
