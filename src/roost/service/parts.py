"""The parts of the application that follow from the settings alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from roost.bot.process import LOADS_WITHIN
from roost.engine.failing import OnError
from roost.engine.turns import OnLate, TurnPolicy
from roost.engine.worker import WorkerPolicy
from roost.errors import SettingsError
from roost.intake.webhook import WebhookApp
from roost.model.budgets import RouteLimits
from roost.model.ids import UserId
from roost.ports import Clock
from roost.service import accounts, environments
from roost.settings import Settings
from roost.store.registry import AccountRow, AppRow
from roost.xapi import windows
from roost.xapi.client import XClient
from roost.xapi.transport import Transport


def rows(settings: Settings, bots: Sequence[str]) -> tuple[Sequence[AppRow], Sequence[AccountRow]]:
    """Give the apps and accounts as they are written down.

    Args:
        settings: Checked.
        bots: Names of the bots served; accounts that name none get the first.

    Raises:
        SettingsError: An account names a bot that is not served.
    """
    found: list[AccountRow] = []
    for name, account in settings.accounts.items():
        bot = account.bot or bots[0]
        if bot not in bots:
            raise SettingsError(
                f"accounts.{name}.bot",
                f"no bot is called {bot!r}",
                f"Name one of those served: {', '.join(bots)}",
            )
        found.append(AccountRow(UserId(account.user_id), account.app, bot))
    return apps(settings), found


def apps(settings: Settings) -> Sequence[AppRow]:
    """Give the apps as they are written down."""
    return [
        AppRow(key, app.app_id, app.consumer_key, app.environment, app.webhook_path)
        for key, app in settings.apps.items()
    ]


def replaying(settings: Settings) -> dict[UserId, str]:
    """Give the app of each account whose deliveries X can be asked to make again."""
    return {
        UserId(account.user_id): account.app
        for account in settings.accounts.values()
        if settings.apps[account.app].activity_tier == "enterprise"
    }


def clients(settings: Settings, transport: Transport, clock: Clock) -> dict[UserId, XClient]:
    """Give a client for each account, by user id."""
    return {
        UserId(account.user_id): accounts.client_of(settings, account, transport, clock)
        for account in settings.accounts.values()
    }


def webhook_apps(settings: Settings, paths: Mapping[str, str]) -> dict[str, WebhookApp]:
    """Give the app behind each webhook path: one for each of its environments."""
    secrets = {
        key: tuple(secret.reveal() for secret in app.consumer_secrets)
        for key, app in settings.apps.items()
    }
    return {
        one.path: WebhookApp(one.app_key, secrets[one.app_key], one.label)
        for one in environments.every(settings, paths)
    }


def policy(settings: Settings, *, is_reloading: bool) -> WorkerPolicy:
    """Give the worker's deadlines.

    Args:
        settings: Checked.
        is_reloading: Whether somebody is writing the bots: then a conversation whose bot failed
            stays with it, to be tried again.
    """
    return WorkerPolicy(
        turns=TurnPolicy(
            # Handlers have less: `BotDecider` keeps it, once they have a process to run in.
            deadline=timedelta(seconds=settings.turn_deadline_s + LOADS_WITHIN),
            lease=timedelta(seconds=settings.lease_s),
            on_error=OnError.KEEP if is_reloading else OnError.HAND_OFF,
            on_late=OnLate(settings.on_late),
            oldest=timedelta(seconds=settings.answers_within_s),
        ),
        listed_after=[timedelta(seconds=wait) for wait in settings.reconcile_after_s],
        limits=limits(settings),
    )


def limits(settings: Settings) -> Mapping[str, RouteLimits]:
    """Give what X allows, by route; nothing where the settings know no limits."""
    return windows.LIMITS if settings.rate_limits == "documented" else {}
