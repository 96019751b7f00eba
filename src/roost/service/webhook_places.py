"""Where X is to deliver: each app's webhook, whether the application runs or not."""

from __future__ import annotations

from collections.abc import Mapping

from roost.errors import SettingsError
from roost.service import databases
from roost.settings import Role, Settings
from roost.store import looking


async def urls(settings: Settings) -> Mapping[str, str]:
    """Give each app's webhook by its key; addresses are drawn where there are none yet.

    Raises:
        SettingsError: `public_url` is not set.
        StoreError: The database cannot be used.
    """
    public = settings.public_url
    if public is None:
        raise SettingsError(
            "public_url",
            "is missing",
            "Set it to the https address under which the world reaches this machine",
        )
    paths = await _paths(settings)
    return {key: public + paths[key] for key in settings.apps}


async def _paths(settings: Settings) -> Mapping[str, str]:
    if settings.database is None:
        known = looking.webhook_paths(settings.data / databases.DATABASE)
        if settings.apps.keys() <= known.keys():
            return known
    async with databases.opened(settings, Role.WEB) as store:
        return await databases.registered(settings, store, [], Role.WEB)
