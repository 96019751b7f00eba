"""What no single setting shows: settings that must fit each other."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Iterable
from types import MappingProxyType
from urllib.parse import urlsplit

from msgspec.structs import replace

from roost.errors import SettingsError
from roost.settings import names
from roost.settings.roles import Role
from roost.settings.values import X_API, Account, App, Settings

_KEY_BYTES = 32


def checked(settings: Settings) -> Settings:
    """Check the settings against each other, and fill in what the others imply.

    Returns:
        The settings, each account with the key of its app and each address without a last `/`.

    Raises:
        SettingsError: The first that does not fit.
    """
    _check_reach(settings)
    _check_proxies(settings)
    _check_lease(settings)
    _check_clock(settings)
    _check_keys(settings)
    accounts = {
        name: _checked_account(name, account, settings)
        for name, account in settings.accounts.items()
    }
    _check_unique("accounts", "user_id", ((n, a.user_id) for n, a in accounts.items()))
    for key, app in settings.apps.items():
        _check_environments(key, app)
    _check_unique("apps", "webhook_path", ((k, a.webhook_path) for k, a in settings.apps.items()))
    return replace(
        settings,
        accounts=MappingProxyType(accounts),
        public_url=_web_url("public_url", settings.public_url),
        x_base_url=_web_url("x_base_url", settings.x_base_url),
        framed_by=_web_url("framed_by", settings.framed_by),
        upload_base_url=_web_url("upload_base_url", settings.upload_base_url),
    )


def check_servable(settings: Settings, role: Role = Role.ALL) -> None:
    """Refuse settings that are right but not enough to serve: an app, an account and a bot.

    Args:
        settings: Checked by themselves.
        role: What the process is to do. One that does not do everything shares a database with
            others; one that does not work needs no bot, one that does not listen no address.

    Raises:
        SettingsError: Names the first that is missing, and what to write.
    """
    check_startable(settings, role)
    check_accounts(settings)


def check_accounts(settings: Settings) -> None:
    """Refuse to serve nobody.

    Args:
        settings: With the accounts of the database, where there are any.

    Raises:
        SettingsError: There is no account.
    """
    if not settings.accounts:
        raise SettingsError(
            "accounts",
            "is missing",
            "Connect one with `roost accounts add` or `connect`, or write [accounts.main] with"
            " user_id, access_token, access_token_secret",
        )


def check_startable(settings: Settings, role: Role) -> None:
    """Refuse settings that are not enough to start with, whichever accounts the database has.

    Raises:
        SettingsError: As for `check_servable`.
    """
    if not settings.apps:
        raise SettingsError(
            "apps", "is missing", "Write [apps.main] with app_id, consumer_key, consumer_secrets"
        )
    if role.works and not settings.bots:
        raise names.wrong(("bots",), "is missing; give --bot module:bot")
    if role is not Role.ALL and settings.database is None:
        raise names.wrong(
            ("database",),
            f"is missing; --role {role} shares a PostgreSQL database, as in"
            " postgresql://roost@db/roost. A SQLite file has one process, without --role",
        )
    if role.serves_web and settings.connect_at_start and settings.public_url is None:
        raise names.wrong(("public_url",), "is missing; connect_at_start needs it")


def _checked_account(name: str, account: Account, settings: Settings) -> Account:
    where = ("accounts", name)
    keys = list(settings.apps)
    if account.app and account.app not in keys:
        raise names.wrong(
            (*where, "app"), f"names no app; the apps are: {', '.join(keys) or 'none'}"
        )
    if not account.app and len(keys) != 1:
        raise names.wrong((*where, "app"), f"is missing; there are {len(keys)} apps")
    if account.bot is None and len(settings.bots) > 1:
        raise names.wrong((*where, "bot"), f"is missing; {len(settings.bots)} bots are served")
    app = settings.apps[account.app or keys[0]]
    if account.env_name is not None and account.env_name not in app.environments:
        known = ", ".join(name for name in app.environments if name) or "none"
        raise names.wrong((*where, "env_name"), f"names none of the app's: {known}")
    # X promises nothing about a token's form, but every one it gives has begun like this.
    owner = re.match(r"([0-9]{1,19})-", account.access_token.reveal())
    if owner and owner[1] != account.user_id:
        raise names.wrong(
            (*where, "access_token"),
            "access tokens begin with the user id they belong to; this one begins with "
            f"{owner[1]}, the account's user_id is {account.user_id}",
        )
    return replace(account, app=account.app or keys[0])


def _check_environments(key: str, app: App) -> None:
    if app.activity_tier == "enterprise" and app.further_env_names:
        raise names.wrong(
            ("apps", key, "further_env_names"),
            "names some; the enterprise tier has no environments",
        )
    twice = [name for name in app.environments if app.environments.count(name) > 1]
    if twice:
        raise names.wrong(("apps", key, "further_env_names"), f"names {twice[0]!r} twice")


def _web_url(field: str, url: str | None) -> str | None:
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise names.wrong((field,), "is not an address: its host or port is wrong") from None
    extra = parts.username, parts.password, parts.query, parts.fragment
    if parts.scheme not in {"http", "https"} or not is_whole or any(extra):
        raise names.wrong((field,), "takes an address such as https://roost.example")
    if parts.path not in {"", "/"}:
        raise names.wrong((field,), f"takes an address without a path; found {parts.path}")
    return url.rstrip("/")


def _check_reach(settings: Settings) -> None:
    # X calls only https; a simulator behind an http x_base_url calls anything.
    public, x = settings.public_url, settings.x_base_url
    if public and public.startswith("http:") and x.startswith("https:"):
        raise names.wrong(("public_url",), "must begin with https: X calls nothing else")


def _check_proxies(settings: Settings) -> None:
    for one in settings.trusted_proxies:
        try:
            ipaddress.ip_network(one)
        except ValueError:
            raise names.wrong(
                ("trusted_proxies",), f"must name addresses and networks; found {one!r}"
            ) from None


def _check_lease(settings: Settings) -> None:
    # A turn that is still being decided when its lease ends would be decided twice.
    if settings.lease_s <= settings.turn_deadline_s:
        raise names.wrong(
            ("lease_s",),
            f"must be more than turn_deadline_s; found {settings.lease_s:g} and"
            f" {settings.turn_deadline_s:g} seconds",
        )


def _check_clock(settings: Settings) -> None:
    if settings.clock == "simulator" and settings.x_base_url.rstrip("/") == X_API:
        raise names.wrong(
            ("clock",), f"follows a simulator, and x_base_url names none; found {X_API} there"
        )


def _check_keys(settings: Settings) -> None:
    for n, key in enumerate(settings.keys, 1):
        try:
            size = len(base64.b64decode(key.reveal(), validate=True))
        except binascii.Error:
            raise names.wrong(("keys",), f"key {n} is not base64") from None
        if size != _KEY_BYTES:
            raise names.wrong(("keys",), f"key {n} takes {_KEY_BYTES} bytes; found {size}")


def _check_unique(group: str, field: str, values: Iterable[tuple[str, str | None]]) -> None:
    seen: dict[str, str] = {}
    for name, value in values:
        if value is not None and seen.setdefault(value, name) != name:
            raise names.wrong((group, name, field), f"is the same as that of {group}.{seen[value]}")
