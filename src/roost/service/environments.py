"""The environments of apps: each has a webhook of its own, and the accounts subscribed in it.

X takes one webhook an environment, and delivers twice where two of them share an address.

Source: https://developer.x.com/en/docs/x-api/premium/account-activity-api (archived).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from roost.errors import SettingsError
from roost.settings import Account, App, Settings


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment of an app.

    Attributes:
        app_key: Key of the app.
        env_name: Its name at X; `""` for an app of the enterprise tier.
        label: How people and `roost status` call it: `main`, or `main/staging` where it is not the
            app's first.
        path: Where X delivers what happens there.
    """

    app_key: str
    env_name: str
    label: str
    path: str


def every(settings: Settings, paths: Mapping[str, str]) -> Sequence[Environment]:
    """Give every environment of every app.

    Args:
        settings: Name them.
        paths: Each app's own path, by its key; further environments are below it.
    """
    return [
        _environment(key, app, env_name, paths[key])
        for key, app in settings.apps.items()
        for env_name in app.environments
    ]


def label(settings: Settings, app_key: str, env_name: str) -> str:
    """Give what an environment is called here; see `Environment.label`."""
    return app_key if env_name == settings.apps[app_key].environment else f"{app_key}/{env_name}"


def of_account(settings: Settings, account: Account) -> str:
    """Give the name of the environment in which an account is subscribed.

    Raises:
        SettingsError: Its app has no such environment.
    """
    app = settings.apps[account.app]
    if account.env_name is None:
        return app.environment
    return checked(app, account.app, account.env_name, f"account {account.user_id}")


def checked(app: App, app_key: str, env_name: str, about: str) -> str:
    """Give an environment's name if the app has it.

    Args:
        app: The app.
        app_key: Its key.
        env_name: The name; case sensitive.
        about: Who asks, for the error.

    Raises:
        SettingsError: It has not.
    """
    if env_name in app.environments:
        return env_name
    if app.activity_tier == "enterprise":
        raise SettingsError(
            about,
            f"app {app_key} is of the enterprise tier, which has no environment {env_name!r}",
            f'Leave it out, or set activity_tier = "premium" under [apps.{app_key}]',
        )
    raise SettingsError(
        about,
        f"app {app_key} has no environment {env_name!r}; there are: {', '.join(app.environments)}",
        f"Name it in further_env_names under [apps.{app_key}], as X's portal writes it",
    )


def accounts_in(settings: Settings, one: Environment) -> Mapping[str, Account]:
    """Give the accounts subscribed in an environment, by name.

    Raises:
        SettingsError: An account is in an environment that its app does not have.
    """
    return {
        name: account
        for name, account in settings.accounts.items()
        if account.app == one.app_key and of_account(settings, account) == one.env_name
    }


def _environment(key: str, app: App, env_name: str, path: str) -> Environment:
    if env_name == app.environment:
        return Environment(key, env_name, key, path)
    return Environment(key, env_name, f"{key}/{env_name}", f"{path}/{env_name}")
