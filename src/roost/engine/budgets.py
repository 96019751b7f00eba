"""Rate budgets that all workers share: no call of X without one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog

from roost.model import budgets as windows
from roost.model.budgets import (
    Budget,
    Granted,
    OpensAt,
    Purpose,
    Refused,
    RouteLimits,
    Standing,
)
from roost.model.ids import UserId
from roost.model.outbound import Lane, Limited, OutboxEntry
from roost.ports import Tx

_log = structlog.stdlib.get_logger("roost.budgets")

_PURPOSES: Mapping[Lane, Purpose] = {
    Lane.AGENT: Purpose.AGENT,
    Lane.NOTICE: Purpose.NOTICE,
    Lane.BOT: Purpose.BOT,
}


class Budgets:
    """Takes calls from budgets, and learns from X what they really are.

    What is taken is never given back: X counts calls that failed, too.

    Args:
        limits: By route's name. A route that is not named is not limited.
    """

    def __init__(self, limits: Mapping[str, RouteLimits]) -> None:
        self._limits = limits

    async def take(
        self, tx: Tx, account_id: UserId, route: str, purpose: Purpose, *, now: datetime
    ) -> Granted | Refused:
        """Take one call, to be made within half a minute.

        Args:
            tx: The transaction; commit it before the call.
            account_id: Who calls.
            route: The route's name.
            purpose: What the call is for; decides how much of the window it may use.
            now: By the clock that people see.

        Returns:
            `Granted`, or when the call may be tried again. `LeaseWanted` only for routes with a
            limit per app: call `lease` in a transaction of its own first.
        """
        n, refused = await self.take_several(tx, account_id, route, [purpose], now=now)
        return Granted() if n or refused is None else refused

    async def take_several(
        self,
        tx: Tx,
        account_id: UserId,
        route: str,
        purposes: Sequence[Purpose],
        *,
        now: datetime,
    ) -> tuple[int, Refused | None]:
        """Take calls in order until one is refused; how many were granted, and why no more.

        Args: as in `take`; `purposes` has one for each call, the most important first.
        """
        limits = self._limits.get(route)
        if limits is None:
            return len(purposes), None
        budget = await tx.budgets.hold(account_id, route, limits)
        after, n, refused = budget.spend(limits, purposes, now)
        if n:
            await tx.budgets.put(account_id, route, after)
        return n, refused

    async def take_sends(
        self, tx: Tx, entries: Sequence[OutboxEntry], now: datetime
    ) -> tuple[int, Refused | None]:
        """Take sends of one account and route that X counts, in their order; see `take`."""
        purposes = [_PURPOSES[entry.lane] for entry in entries]
        first = entries[0]
        return await self.take_several(tx, first.account_id, first.route, purposes, now=now)

    async def lease(self, tx: Tx, account_id: UserId, route: str, now: datetime) -> None:
        """Move a block of calls from an app's budget to one of its accounts.

        Done once where several workers ask for it. Where the app has nothing left, the account
        learns until when.
        """
        limits, app_key = self._limits.get(route), await tx.health.app_of(account_id)
        if limits is None or limits.app is None or app_key is None:
            return
        window = await tx.budgets.hold_app(app_key, route, limits)
        budget = await tx.budgets.hold(account_id, route, limits)
        if budget.lease_ends_at > now and budget.leased != 0:
            return
        after, n, until = windows.lend(window, limits.app, now)
        await tx.budgets.put_app(app_key, route, after)
        await tx.budgets.put(account_id, route, budget.lent(n, until=until))

    async def learn(
        self, tx: Tx, account_id: UserId, route: str, standing: Standing, *, now: datetime
    ) -> None:
        """Note what X says about an account's window."""
        limits = self._limits.get(route)
        if limits is None:
            return
        budget = await tx.budgets.hold(account_id, route, limits)
        window = budget.window.learned(standing, length=limits.user.window, now=now)
        await tx.budgets.put(account_id, route, Budget(window, budget.leased, budget.lease_ends_at))

    async def close(
        self, tx: Tx, account_id: UserId, route: str, limited: Limited, *, was_free: bool = False
    ) -> None:
        """Note that X has refused a call: nothing goes before its window opens.

        Args:
            tx: The transaction.
            account_id: Who called.
            route: The route's name.
            limited: Until when, and the size of the window where X gave it: one larger than an
                account's is the app's.
            was_free: Whether the call should not have counted. Then we do not understand X's
                counting, and nothing at all goes until then.
        """
        limits = self._limits.get(route)
        if limits is None:
            return
        until, most = limited.when, limited.most
        _log.warning("rate limit used up", account=account_id, route=route, until=str(until))
        if limits.app is not None and most is not None and most > limits.user.most:
            await self._close_app(tx, account_id, route, limited)
            most = None
        budget = await tx.budgets.hold(account_id, route, limits)
        window = budget.window.used_up(until, most=most)
        await tx.budgets.put(
            account_id,
            route,
            Budget(window.shut(until) if was_free else window, budget.leased, budget.lease_ends_at),
        )

    async def _close_app(self, tx: Tx, account_id: UserId, route: str, limited: Limited) -> None:
        app_key = await tx.health.app_of(account_id)
        if app_key is not None:
            window = await tx.budgets.hold_app(app_key, route, self._limits[route])
            closed = window.used_up(limited.when, most=limited.most)
            await tx.budgets.put_app(app_key, route, closed)
            # What its accounts have of it already would each be refused once more.
            await tx.budgets.end_leases(app_key, route, limited.when)


def opens_at(refused: Refused, now: datetime) -> datetime:
    """Give when a refused call may be tried again; at once where a lease is wanted."""
    return refused.when if isinstance(refused, OpensAt) else now
