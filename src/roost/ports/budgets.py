"""What X still allows, and whom it holds back, as a transaction sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from roost.model.budgets import Budget, RouteLimits, Window
from roost.model.health import Check, Health
from roost.model.ids import UserId


@dataclass(frozen=True, slots=True)
class UnservedBot:
    """A bot that conversations wait for.

    Attributes:
        bot: Its name.
        n_waiting: How many conversations; at least 1.
        since: When the first of them became ready, by the service's clock.
    """

    bot: str
    n_waiting: int
    since: datetime


class BudgetRows(Protocol):
    """The budgets of accounts and apps inside a transaction.

    What is held stays the transaction's until it ends. To never wait for each other, transactions
    hold an app before an account, and accounts by rising id.
    """

    async def hold(self, account_id: UserId, route: str, limits: RouteLimits) -> Budget:
        """Give an account's budget for a route; untouched, as `limits` say, where there is none."""
        ...

    async def put(self, account_id: UserId, route: str, budget: Budget) -> None:
        """Store an account's budget, which is held."""
        ...

    async def hold_app(self, app_key: str, route: str, limits: RouteLimits) -> Window:
        """Give an app's window for a route, which must have a limit per app."""
        ...

    async def bring_forward(self, now: datetime, *, latest: datetime) -> int:
        """Make messages due now that would be due after `latest`; how many that were."""
        ...

    async def put_app(self, app_key: str, route: str, window: Window) -> None:
        """Store an app's window, which is held."""
        ...

    async def end_leases(self, app_key: str, route: str, until: datetime) -> None:
        """Let no account of an app go on with the calls it has of the app's window, until then.

        The app's window is held.
        """
        ...


class HealthRows(Protocol):
    """How accounts and apps stand with X, inside a transaction."""

    async def unserved(self, bots: frozenset[str]) -> Sequence[UnservedBot]:
        """Give the bots that ready conversations wait for and that are not among `bots`."""
        ...

    async def app_of(self, account_id: UserId) -> str | None:
        """Give the key of an account's app; `None` where the account is not ours."""
        ...

    async def accounts_of(self, app_key: str) -> Sequence[UserId]:
        """Give the accounts of an app, by id."""
        ...

    async def account(self, account_id: UserId) -> Health | None:
        """Hold an account and give how it stands; `None` where it is not ours."""
        ...

    async def put_account(self, account_id: UserId, health: Health) -> None:
        """Store how an account stands."""
        ...

    async def app(self, app_key: str) -> Health | None:
        """Hold an app and give how it stands; `None` where there is none."""
        ...

    async def put_app(self, app_key: str, health: Health) -> None:
        """Store how an app stands."""
        ...

    async def to_check(self, now: datetime) -> Sequence[Check]:
        """Give the held accounts and apps whose `check_at` has come.

        So has one that no wait reaches; see `roost.model.waiting`.
        An account whose app is held waits for the app. An app without an account that could be
        tried is left out.
        """
        ...
