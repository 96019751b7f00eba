"""What backfill may list: its part of the listings X allows, which all processes share.

An account has 15 listings in 15 minutes. A third of them is kept from backfill: whoever has to
find out whether a message was sent must not wait for a long outage to be listed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from roost.engine.budgets import Budgets, opens_at
from roost.errors import RateLimited
from roost.model.budgets import LIST, LONGEST_WINDOW, Granted, Purpose, Standing
from roost.model.ids import UserId
from roost.model.outbound import Limited
from roost.ports import Store, Tx

WITHOUT_A_RESET = timedelta(minutes=15)
"""How long to wait where X says that a limit is used up and not until when: one whole window."""


class Heard(Protocol):
    """Knows what X has said of its windows."""

    def learned(self, account_id: UserId) -> Standing | None:
        """Give what X has said of an account's listings since this was asked last."""
        ...


class Allowance:
    """Takes listings from the shared budgets before they are made.

    Args:
        store: Where budgets are kept.
        budgets: What X allows.
        heard: Knows what X has said.
        retry_after: The least time to wait where nothing is left.
    """

    def __init__(
        self, store: Store, budgets: Budgets, heard: Heard, *, retry_after: timedelta
    ) -> None:
        self._store = store
        self._budgets = budgets
        self._heard = heard
        self._retry_after = retry_after
        self._rests_until: dict[UserId, datetime] = {}

    async def take(self, account_id: UserId, *, now: datetime) -> datetime | None:
        """Take one listing of an account, to be made at once.

        Returns:
            `None` where it may be made, else when to ask again.

        Raises:
            StoreUnavailable: None was taken.
        """
        rests_until = self._rests_until.get(account_id, now)
        if now < rests_until <= now + LONGEST_WINDOW:
            return rests_until
        standing = self._heard.learned(account_id)

        async def unit(tx: Tx) -> datetime | None:
            if standing is not None:
                await self._budgets.learn(tx, account_id, LIST, standing, now=now)
            taken = await self._budgets.take(tx, account_id, LIST, Purpose.BACKFILL, now=now)
            return None if isinstance(taken, Granted) else opens_at(taken, now)

        closed_until = await self._store.transact(unit, is_durable=False)
        if closed_until is not None:
            self._rests_until[account_id] = closed_until
        return closed_until

    async def refused(self, account_id: UserId, error: RateLimited, *, now: datetime) -> datetime:
        """Note for everybody that X has refused a listing; when to ask again.

        Raises:
            StoreUnavailable: The others were not told.
        """
        # A reset that has passed, by our clock, is no reason to ask without a pause.
        until = max(error.resets_at or now + WITHOUT_A_RESET, now + self._retry_after)
        self._rests_until[account_id] = until
        limited = Limited(until, error.most)
        await self._store.transact(
            lambda tx: self._budgets.close(tx, account_id, LIST, limited), is_durable=False
        )
        return until
