"""Timers: whatever is due becomes an event of its conversation, never early and once.

A snooze is a timer too: the conversation comes back when it is over.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from roost.engine import answering
from roost.engine.wake import POLL, Wakes
from roost.errors import StoreUnavailable
from roost.ports import Clock, Store, Tx

_log = structlog.stdlib.get_logger("roost.timers")

FIRED_AT_ONCE = 256
"""Timers that become events, and snoozes that end, in one transaction."""

_SHORTEST_WAIT = timedelta(milliseconds=20)
"""A clock that stands still just before a timer is due must not keep the database busy."""


class TimerWorker:
    """Fires timers.

    It sleeps until the next one is due or somebody says that there may be an earlier one, and
    looks after a second at the latest: another process may have set one.

    Args:
        store: Durable state.
        clock: Says what is due.
        wakes: Wakes this worker when a timer was set; it wakes turns when one has fired.
    """

    def __init__(self, *, store: Store, clock: Clock, wakes: Wakes) -> None:
        self._store = store
        self._clock = clock
        self._turns = wakes.turns
        self._is_stopping = False
        self.wake = wakes.timers

    def stop(self) -> None:
        """Fire nothing more; `run` ends."""
        self._is_stopping = True
        self.wake.set()

    async def run(self) -> None:
        """Fire timers until stopped."""
        while not self._is_stopping:
            n_fired, n_woken, wait = await self._fire()
            if n_fired:
                self._turns.set()
            if max(n_fired, n_woken) < FIRED_AT_ONCE:
                await self.wake.wait(wait)

    async def _fire(self) -> tuple[int, int, timedelta]:
        """Do what is due now: how many timers, how many snoozes, and how long to sleep after."""
        now = self._clock.now()

        async def unit(tx: Tx) -> tuple[int, int, timedelta]:
            n_fired = await tx.timers.fire_due(FIRED_AT_ONCE, now=now)
            n_woken = await wake_due(tx, now=now)
            due_at = await tx.timers.next_due()
            wait = POLL if due_at is None else due_at - now
            return n_fired, n_woken, min(POLL, max(_SHORTEST_WAIT, wait))

        try:
            # What a power cut undoes here is done again: the timer is still there.
            return await self._store.transact(unit, is_durable=False)
        except StoreUnavailable as error:
            _log.error("timers wait for the database", reason=str(error))
            return 0, 0, POLL


async def wake_due(tx: Tx, *, now: datetime) -> int:
    """Bring back conversations whose snooze is over, of any account; how many there were."""
    due = await tx.timers.snoozes_over(FIRED_AT_ONCE, now=now)
    for account_id, conversation_id in due:
        await answering.wake(tx, account_id, conversation_id, at=now)
    return len(due)
