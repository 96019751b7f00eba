"""Where X is to deliver: each environment's webhook, whether the application runs or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from roost.errors import SettingsError
from roost.service import databases, environments
from roost.service.environments import Environment
from roost.settings import Account, Role, Settings
from roost.store import looking
from roost.xapi import activity
from roost.xapi.client import XClient
from roost.xapi.wire_webhooks import Webhook


async def every(settings: Settings) -> Sequence[Environment]:
    """Give every environment of every app; addresses are drawn where there are none yet.

    Raises:
        StoreError: The database cannot be used.
    """
    return environments.every(settings, await _paths(settings))


def public(settings: Settings) -> str:
    """Give what all addresses begin with.

    Raises:
        SettingsError: `public_url` is not set.
    """
    if settings.public_url is None:
        raise SettingsError(
            "public_url",
            "is missing",
            "Set it to the https address under which the world reaches this machine",
        )
    return settings.public_url


async def at_x(x: XClient, settings: Settings, app_key: str, env_name: str) -> Webhook | None:
    """Find our webhook in an environment, as X has it, else the one in its place.

    Args:
        x: Speaks for the app.
        settings: With the app.
        app_key: Key of the app.
        env_name: The environment's name; `""` in the enterprise tier.

    Raises:
        SendError: X does not say.
        StoreError: The database cannot be used.
    """
    where = activity.of(env_name)
    found = await where.webhooks(x)
    if not where.is_by_webhook:  # there is one at most, wherever it leads
        return next(iter(found), None)
    paths = [p.path for p in await every(settings) if (p.app_key, p.env_name) == (app_key, "")]
    return activity.ours(where, found, (settings.public_url or "") + paths[0])


async def unsubscribe(x: XClient, settings: Settings, account: Account) -> None:
    """Have X deliver nothing more for an account.

    Args:
        x: Speaks for the account.
        settings: With the account.
        account: The account.

    Raises:
        NotFound: X says it delivers nothing for it.
        SendError: X does not do it.
        StoreError: The database cannot be used.
    """
    env_name = environments.of_account(settings, account)
    where, webhook = activity.of(env_name), None
    if where.is_by_webhook:
        webhook = await at_x(x, settings, account.app, env_name)
        if webhook is None:  # and with it every subscription is gone
            return
    await where.unsubscribe(x, webhook.id if webhook else "", account.user_id)


async def _paths(settings: Settings) -> Mapping[str, str]:
    if settings.database is None:
        known = looking.webhook_paths(settings.data / databases.DATABASE)
        if settings.apps.keys() <= known.keys():
            return known
    async with databases.opened(settings, Role.WEB) as store:
        return await databases.registered(settings, store, [], Role.WEB)
