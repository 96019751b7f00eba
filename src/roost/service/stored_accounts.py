"""Accounts that people have connected, beside those that the settings name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import MappingProxyType

import structlog
from msgspec.structs import replace

from roost.service import databases
from roost.service.vault import Vault
from roost.settings import Account, Role, Secret, Settings
from roost.store import looking, sealing
from roost.store.sealing import KeyRing
from roost.store.token_rows import TOKEN, TOKEN_SECRET, StoredAccount, StoredTokenLookup

NAME = re.compile(r"[a-z0-9-]{1,40}")
"""What an account can be called, as in the settings."""

_log = structlog.stdlib.get_logger("roost.accounts")


def name_for(screen_name: str) -> str:
    """Make a name of a screen name."""
    return screen_name.lower().replace("_", "-")[:40]


async def joined(settings: Settings, lookup: StoredTokenLookup, vault: Vault) -> Settings:
    """Give the settings with the accounts of the database among theirs.

    Args:
        settings: From file and environment. An account that they name, too, is theirs.
        lookup: Reads the database.
        vault: Opens what is sealed.

    Raises:
        SecretsUnreadable: The tokens cannot be read.
        StoreUnavailable: The database does not answer.
    """
    return _joined(settings, await lookup.every(), vault)


async def effective(settings: Settings) -> Settings:
    """Give the settings as `joined` does, whether the application runs or not.

    Raises:
        SecretsUnreadable: The tokens cannot be read.
        StoreError: The database cannot be used.
    """
    vault = Vault(settings)
    if settings.database is None:
        return _joined(settings, await looking.connected(settings.data / databases.DATABASE), vault)
    async with databases.opened(settings, Role.WEB) as store:
        return await joined(settings, store.tokens, vault)


def _joined(settings: Settings, stored: Sequence[StoredAccount], vault: Vault) -> Settings:
    if not stored:
        return settings
    ring = vault.ring()
    accounts = dict(settings.accounts)
    known = {one.user_id for one in accounts.values()}
    for one in stored:
        if one.account_id in known:
            _log.warning("the settings' tokens are used", account=one.account_id)
            continue
        name = one.account_id if one.name in accounts else one.name
        accounts[name] = _account(one, ring)
    return replace(settings, accounts=MappingProxyType(accounts))


def _account(one: StoredAccount, ring: KeyRing) -> Account:
    tokens = sealing.unseal(ring, one.row, one.sealed)
    return Account(
        user_id=one.account_id,
        screen_name=one.screen_name or None,
        access_token=Secret(tokens[TOKEN]),
        access_token_secret=Secret(tokens[TOKEN_SECRET]),
        app=one.app_key,
        bot=one.bot or None,
        env_name=one.env_name or None,
    )
