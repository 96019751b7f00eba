"""The outbox: `sending` is committed before the first byte, the outcome after the answer."""

from __future__ import annotations

import asyncio
from typing import assert_never

import structlog

from roost.engine import reconcile
from roost.engine.retry import RetryPolicy
from roost.engine.wake import Wake
from roost.errors import (
    RateLimited,
    RejectedByX,
    SendUncertain,
    StoreUnavailable,
    XApiUnavailable,
)
from roost.model.outbound import Dead, OutboxEntry, Outcome, RetryAt, Sent, Uncertain
from roost.ports import Clock, Gateway, Probe, Store, Tx

_log = structlog.stdlib.get_logger("roost.outbox")

SENDS_AT_ONCE = 64
"""Most attempts in flight; one per conversation."""


class OutboxWorker:
    """Sends what the outbox holds.

    Args:
        store: Durable state.
        gateway: The way to X.
        clock: Tells what is due.
        probe: Marks the steps.
        policy: Judges failures.
    """

    def __init__(
        self,
        *,
        store: Store,
        gateway: Gateway,
        clock: Clock,
        probe: Probe,
        policy: RetryPolicy,
    ) -> None:
        self._store = store
        self._gateway = gateway
        self._clock = clock
        self._probe = probe
        self._policy = policy
        self._free = SENDS_AT_ONCE
        self._is_stopping = False
        self.wake = Wake()

    def stop(self) -> None:
        """Begin no further attempt; `run` ends when those in flight have ended."""
        self._is_stopping = True
        self.wake.set()

    async def run(self) -> None:
        """Send until stopped; an attempt that is cancelled becomes uncertain."""
        async with asyncio.TaskGroup() as tasks:
            while not self._is_stopping:
                for entry in await self._start():
                    self._free -= 1
                    tasks.create_task(self._attempt(entry))
                await self.wake.wait()

    async def _start(self) -> list[OutboxEntry]:
        if self._free == 0:
            return []
        now = self._clock.now()
        try:
            return list(
                await self._store.transact(lambda tx: tx.outbox.start_due(self._free, now=now))
            )
        except StoreUnavailable as error:
            _log.error("sending waits for the database", reason=str(error))
            return []

    async def _attempt(self, entry: OutboxEntry) -> None:
        try:
            self._probe.at("outbox.sending")
            outcome = await self._send(entry)
            self._probe.at("outbox.sent")
            await self._record(entry, outcome)
            self._probe.at("outbox.recorded")
        finally:
            self._free += 1
            self.wake.set()

    async def _send(self, entry: OutboxEntry) -> Outcome:
        try:
            return Sent(await self._gateway.send(entry))
        except (RateLimited, RejectedByX, SendUncertain, XApiUnavailable) as error:
            outcome = self._policy.outcome_of(error, attempt=entry.attempt, now=self._clock.now())
            _log.warning(
                "message not sent",
                outbox_id=entry.outbox_id,
                account=entry.account_id,
                outcome=type(outcome).__name__,
                reason=type(error).__name__,
            )
            return outcome

    async def _record(self, entry: OutboxEntry, outcome: Outcome) -> None:
        """Record an outcome, however long the database takes: nothing else knows it."""
        while True:
            try:
                await self._store.transact(lambda tx: self._settle(tx, entry, outcome))
            except StoreUnavailable as error:
                _log.error("outcome waits for the database", reason=str(error))
                await asyncio.sleep(0.5)
            else:
                return

    async def _settle(self, tx: Tx, entry: OutboxEntry, outcome: Outcome) -> None:
        match outcome:
            case Sent(message_id=message_id):
                await tx.messages.put_sent(entry, message_id, entry.attempted_at)
                await tx.outbox.finish(entry, message_id)
            case RetryAt(when=when, reason=reason):
                await tx.outbox.postpone(entry, when, reason=reason)
            case Uncertain(reason=reason):
                await tx.outbox.suspect(entry, reason=reason)
                await reconcile.settle_if_known(tx, entry)
            case Dead(reason=reason):
                await tx.outbox.bury(entry, reason=reason)
            case _ as unreachable:
                assert_never(unreachable)
        await tx.changes.append(
            entry.account_id,
            f"outbox_{type(outcome).__name__.lower()}",
            conversation_id=entry.conversation_id,
            ref=str(entry.outbox_id),
            at=self._clock.now(),
        )
