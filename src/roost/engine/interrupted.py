"""Turns that a stop interrupts: given back as if nobody had tried them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from roost.model.turns import Claim
from roost.ports import Store, Tx
from roost.ports.turns import TurnEnd


class Interrupted:
    """The turns of a process that is stopping which did not get the time they need.

    Args:
        store: Where they are given back.
        deadline: For one turn; one that is ended by it has been tried.

    Attributes:
        is_stopping: Whether the process was asked to stop: what is ended from then on is
            interrupted.
    """

    def __init__(self, store: Store, deadline: timedelta) -> None:
        self._store = store
        self._deadline = deadline
        self._claims: list[Claim] = []
        self.is_stopping = False

    @asynccontextmanager
    async def deciding(self, claim: Claim) -> AsyncGenerator[None]:
        """End a turn at its deadline, and note one that is ended before by a stop alone.

        Raises:
            TimeoutError: The deadline has passed.
        """
        async with asyncio.timeout(self._deadline.total_seconds()) as scope:
            try:
                yield
            except asyncio.CancelledError:
                if self.is_stopping and not scope.expired():
                    self._claims.append(claim)
                raise

    async def give_back(self) -> None:
        """Free what was interrupted, and take back that it was tried; nothing is done twice.

        One that somebody else has by now, or holds, stays as it is.

        Raises:
            StoreUnavailable: They count as tried, and are free once their leases have run out.
        """
        claims, self._claims = self._claims, []
        if claims:
            await self._store.transact(lambda tx: _give_back(tx, claims))


async def _give_back(tx: Tx, claims: Sequence[Claim]) -> None:
    held = [claims[place] for place in await tx.turns.hold(claims)]
    for claim in held:
        await tx.events.discount(claim.turn.events)
    await tx.turns.end([TurnEnd(claim, None, None) for claim in held])
