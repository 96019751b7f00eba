"""One account of the settings, and a client that speaks in its name."""

from __future__ import annotations

from roost.errors import SettingsError
from roost.ports import Clock
from roost.settings import Account, Settings
from roost.xapi.client import XClient
from roost.xapi.oauth1 import Credentials
from roost.xapi.transport import Transport


def app_client(
    settings: Settings, app_key: str | None, transport: Transport | None = None
) -> tuple[str, XClient]:
    """Give an app's key, and a client that speaks for it and for no user.

    Args:
        settings: Name X and the apps.
        app_key: Which app; `None` for the only one.
        transport: How requests are made; `None` for a client that brings its own.

    Raises:
        SettingsError: There is no such app, or none or several and none is named.
    """
    apps = settings.apps
    known = ", ".join(apps) or "none"
    if app_key is None and len(apps) != 1:
        raise SettingsError("--app", f"is needed, there are {len(apps)} apps", f"Name: {known}")
    key = app_key or next(iter(apps))
    if key not in apps:
        raise SettingsError("--app", f"there is no app {key!r}", f"There are: {known}")
    app = apps[key]
    credentials = Credentials(app.consumer_key, app.consumer_secrets[0].reveal())
    return key, speaking(settings, credentials, transport)


def speaking(
    settings: Settings, credentials: Credentials, transport: Transport | None = None
) -> XClient:
    """Give a client that signs with some credentials; otherwise as `client_of`."""
    return XClient(
        credentials,
        transport,
        base_url=settings.x_base_url,
        upload_url=settings.upload_base_url,
    )


def account_named(settings: Settings, name: str | None) -> Account:
    """Give an account by its name in the settings; the only one where none is named.

    Raises:
        SettingsError: There is no such account, or none or several and none is named.
    """
    accounts = settings.accounts
    known = ", ".join(accounts) or "none"
    if name is not None:
        if name not in accounts:
            raise SettingsError("--account", f"there is no account {name}", f"There are: {known}")
        return accounts[name]
    if not accounts:
        raise SettingsError(
            "accounts",
            "there is none",
            "Set accounts.NAME.user_id, .access_token and .access_token_secret, and an app; or"
            " connect one with `roost accounts add` or `connect`",
        )
    if len(accounts) > 1:
        raise SettingsError("--account", "is needed, there are several", f"Name one of: {known}")
    return next(iter(accounts.values()))


def client_of(
    settings: Settings, account: Account, transport: Transport | None, clock: Clock | None = None
) -> XClient:
    """Give a client for an account.

    Args:
        settings: Name X, and the account's app.
        account: One of them.
        transport: How requests are made; `None` for a client that brings its own.
        clock: What time signatures bear; the machine's where left out.

    Raises:
        SettingsError: The account's app is not in the settings.
    """
    app = settings.apps.get(account.app)
    if app is None:
        raise SettingsError("apps", f"there is no app {account.app!r}", "Set apps.NAME.app_id")
    credentials = Credentials(
        app.consumer_key,
        app.consumer_secrets[0].reveal(),
        account.access_token.reveal(),
        account.access_token_secret.reveal(),
    )
    return XClient(
        credentials,
        transport,
        clock,
        base_url=settings.x_base_url,
        upload_url=settings.upload_base_url,
    )
