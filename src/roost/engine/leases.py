"""Leases of turns: renewed while they last, and given up before somebody else may claim them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from roost.errors import StaleClaim, StoreUnavailable
from roost.model.turns import Claim
from roost.ports import Store, Tx

_log = structlog.stdlib.get_logger("roost.leases")

RENEWED_AFTER = 1 / 3
"""Part of a lease after which it is renewed, so that there is time for a second try."""

GIVEN_UP_AFTER = 0.9
"""Part of a lease after which a turn that could not renew it is abandoned. Counted from before the
database was asked, by a clock that never jumps; the rest is for ending the turn."""


class Leases:
    """Keeps the leases of this process's turns.

    Whoever holds a lease may act as if alone only until it ends. The fence refuses what a turn
    commits after that, but nothing calls back what its bot does meanwhile. So a turn is stopped
    before the end unless the database has confirmed a later one.

    Args:
        store: Where leases are.
        lease: How long one holds.
    """

    def __init__(self, store: Store, lease: timedelta) -> None:
        self._store = store
        self._lease = lease
        self._loop = asyncio.get_running_loop()
        self._held: set[_Held] = set()

    def now(self) -> float:
        """Give the time by which leases are counted here: seconds that never jump."""
        return self._loop.time()

    def ends(self, since: float) -> float:
        """Give the time by which a turn is stopped whose lease was asked for at `since`."""
        return since + self._lease.total_seconds() * GIVEN_UP_AFTER

    @asynccontextmanager
    async def holding(self, claim: Claim, *, since: float) -> AsyncGenerator[None]:
        """Hold a claim's lease while the block runs; cancel the block if it cannot be held.

        Args:
            claim: Just made.
            since: `now` before the claim was asked for.

        Raises:
            StaleClaim: The lease was lost, or could not be renewed in time.
        """
        held = _Held(claim, since, asyncio.timeout_at(self.ends(since)))
        self._held.add(held)
        try:
            async with held.scope:
                yield
        except TimeoutError as error:
            if held.scope.expired():
                raise StaleClaim("its lease could not be renewed") from error
            raise
        finally:
            self._held.remove(held)

    async def run(self) -> None:
        """Renew leases until cancelled."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() * RENEWED_AFTER / 2)
            aged = self.now() - self._lease.total_seconds() * RENEWED_AFTER
            old = [held for held in self._held if held.since <= aged]
            if old:
                await self._renew(old)

    async def _renew(self, old: Sequence[_Held]) -> None:
        since = self.now()

        async def unit(tx: Tx) -> list[bool]:
            return [await tx.conversations.renew(held.claim, lease=self._lease) for held in old]

        try:
            async with asyncio.timeout(self._lease.total_seconds() * RENEWED_AFTER):
                renewed = await self._store.transact(unit, is_durable=False)
        except (StoreUnavailable, TimeoutError) as error:
            reason = str(error) or "the database does not answer"
            _log.error("leases not renewed", turns=len(old), reason=reason)
            return
        for held, is_renewed in zip(old, renewed, strict=True):
            if held in self._held and not held.scope.expired():
                held.since = since
                # A lease that is somebody else's by now ends here at once.
                held.scope.reschedule(self.ends(since) if is_renewed else since)


class _Held:
    """One lease.

    Attributes:
        claim: Whose.
        since: When the database was last asked for it, with success.
        scope: Ends the turn when the lease is about to end.
    """

    def __init__(self, claim: Claim, since: float, scope: asyncio.Timeout) -> None:
        self.claim = claim
        self.since = since
        self.scope = scope
