"""Where X is to deliver: each environment's webhook, whether the application runs or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from roost.errors import SettingsError
from roost.service import databases, environments
from roost.service.environments import Environment
from roost.settings import Role, Settings
from roost.store import looking


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


async def _paths(settings: Settings) -> Mapping[str, str]:
    if settings.database is None:
        known = looking.webhook_paths(settings.data / databases.DATABASE)
        if settings.apps.keys() <= known.keys():
            return known
    async with databases.opened(settings, Role.WEB) as store:
        return await databases.registered(settings, store, [], Role.WEB)
