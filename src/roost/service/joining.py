"""One URL for each environment, and everybody subscribed: for a person who asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from roost.model.ids import UserId
from roost.service import accounts, connecting, webhook_places
from roost.settings import Settings
from roost.xapi import activity, registration
from roost.xapi.transport import Transport


@dataclass(frozen=True, slots=True)
class Joined:
    """What was done for an environment of an app.

    Attributes:
        app: Its key; `main/staging` for a further environment.
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
    public = webhook_places.public(settings)
    clients = {
        UserId(one.user_id): accounts.client_of(settings, one, transport)
        for one in settings.accounts.values()
    }
    places = await webhook_places.every(settings)
    joined: list[Joined] = []
    for one in connecting.to_connect(settings, clients, places, public):
        webhook = await registration.ensure_webhook(one.signer, one.env_name, one.url)
        subscribed = await registration.ensure_subscriptions(
            one.clients, one.env_name, webhook.webhook_id
        )
        steps = (*webhook.steps, *(f"subscribed {user_id}" for user_id in subscribed))
        joined.append(Joined(one.app_key, activity.shown(one.env_name), one.url, steps))
    return joined
