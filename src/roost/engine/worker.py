"""Everything that works on stored events, started and stopped together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from roost.engine.accounts import AccountKeeper
from roost.engine.budgets import Budgets
from roost.engine.means import Means
from roost.engine.outbox import OutboxWorker
from roost.engine.reconcile import Reconciler
from roost.engine.retry import RetryPolicy
from roost.engine.signals import SignalWorker, Wanted
from roost.engine.timers import TimerWorker
from roost.engine.turns import TurnPolicy, TurnWorker
from roost.engine.wake import Wake, Wakes
from roost.model.budgets import RouteLimits
from roost.model.decisions import Signal
from roost.model.ids import UserId
from roost.ports import Clock, Decider, Gateway, Probe, Store, Tx

_log = structlog.stdlib.get_logger("roost.worker")

LISTED_AFTER = (timedelta(seconds=60), timedelta(seconds=120))
"""When X is asked what it has, after an attempt whose outcome is unknown; until then its echo is
waited for."""


@dataclass(frozen=True, slots=True)
class WorkerPolicy:
    """How the worker works.

    Attributes:
        turns: Deadlines and failures of deciders.
        retry: Failures of sends.
        listed_after: When X is asked about an uncertain send, counted from the attempt's end; where
            the process died that made it, from its begin.
        limits: What X allows, by route; a route that is not named is not limited.
    """

    turns: TurnPolicy = field(default_factory=TurnPolicy)
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    listed_after: Sequence[timedelta] = LISTED_AFTER
    limits: Mapping[str, RouteLimits] = field(default_factory=dict[str, RouteLimits])


class Worker:
    """Files events, fires timers, runs turns, sends messages, settles what is in doubt, resumes."""

    def __init__(
        self,
        *,
        store: Store,
        gateway: Gateway,
        deciders: Mapping[str, Decider],
        clock: Clock,
        probe: Probe,
        policy: WorkerPolicy,
    ) -> None:
        self._store = store
        self._probe = probe
        on_error = policy.turns.on_error
        means = Means(store, gateway, clock, Budgets(policy.limits), policy.retry, on_error)
        held = Wake()
        self._outbox = OutboxWorker(
            means, probe=probe, held=held, looked_for_after=policy.listed_after[0]
        )
        self._signals = SignalWorker(means)
        wakes = Wakes(self._outbox.wake, show=self._signals.want)
        self._timers = TimerWorker(store=store, clock=clock, wakes=wakes)
        self._turns = TurnWorker(
            store=store,
            deciders=deciders,
            clock=clock,
            probe=probe,
            policy=policy.turns,
            wakes=wakes,
        )
        self._reconciler = Reconciler(
            means, waits=policy.listed_after, outbox=self._outbox.wake, held=held
        )
        self._keeper = AccountKeeper(means, outbox=self._outbox.wake, wake=held)

    def wake(self) -> None:
        """Say that intake has stored something."""
        self._turns.wake.set()

    def send_soon(self) -> None:
        """Say that a message waits to be sent."""
        self._outbox.wake.set()

    def wake_for_others(self) -> None:
        """Say that another process has stored something, be it events or messages to send."""
        self._turns.wake.set()
        self._outbox.wake.set()

    async def show(self, account_id: UserId, customer_id: UserId, signal: Signal) -> None:
        """Show a customer that somebody types or has read; what X does not take is dropped."""
        await self._signals.show(Wanted(account_id, customer_id, signal))

    def look(self) -> None:
        """Say that somebody has changed the outbox, or moved the clock: look at all at once."""
        for one in (self._timers, self._turns, self._outbox, self._reconciler, self._keeper):
            one.wake.set()

    async def take_over(self) -> None:
        """Inherit the work of a process that is gone. Leases and sends of living ones stay."""

        async def unit(tx: Tx) -> tuple[int, int]:
            n_leases = await tx.conversations.take_over_leases()
            self._probe.at("recovery.leased")
            await tx.uploads.release_abandoned()
            return n_leases, await tx.outbox.suspect_interrupted()

        self._probe.at("recovery.begun")
        n_leases, n_sends = await self._store.transact(unit)
        if n_sends:
            await self._reconciler.settle_known()
        self._probe.at("recovery.ended")
        if n_leases or n_sends:
            _log.warning("took over unfinished work", turns=n_leases, sends=n_sends)

    def stop(self) -> None:
        """Begin nothing new; `run` ends when what has begun is done."""
        self._timers.stop()
        self._turns.stop()
        self._outbox.stop()

    async def give_back(self) -> None:
        """Give back turns that were interrupted by a stop, once `run` has ended.

        Raises:
            StoreUnavailable: As in `roost.engine.turns.TurnWorker.give_back`.
        """
        await self._turns.give_back()

    async def run(self) -> None:
        """Work until stopped, or cancelled: then what is in flight is left to the next process."""
        async with asyncio.TaskGroup() as tasks:
            beside = [
                tasks.create_task(self._reconciler.run()),
                tasks.create_task(self._keeper.run()),
                tasks.create_task(self._signals.run()),
            ]
            async with asyncio.TaskGroup() as working:
                working.create_task(self._timers.run())
                working.create_task(self._turns.run())
                working.create_task(self._outbox.run())
            for task in beside:
                task.cancel()
