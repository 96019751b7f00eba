"""Turns: claim a conversation, let its decider decide, commit what it decided, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from roost.engine import decisions, filing
from roost.engine.failing import OnError
from roost.engine.leases import Leases
from roost.engine.wake import Wakes
from roost.errors import DeciderLost, HandlerFailed, StaleClaim, StoreUnavailable
from roost.model.decisions import HandOff
from roost.model.events import MessageReceived, TurnEvent
from roost.model.messages import Profile
from roost.model.timers import SetTimer
from roost.model.turns import EVENTS_PER_TURN, Claim, Progress, Turn
from roost.model.x_objects import XObject
from roost.ports import Clock, ConversationRow, Decider, Probe, Store, Tx

_log = structlog.stdlib.get_logger("roost.turns")

TURNS_AT_ONCE = 64
"""Most conversations decided at the same time."""

FILED_AT_ONCE = 256
"""Most new events filed in one transaction."""


class OnLate(StrEnum):
    """What becomes of a message that comes in after a later one of its conversation was handled.

    It joins the transcript in its place whatever is chosen, and no finished turn is done again.
    """

    HANDLE = "handle"
    """The bot gets it, marked as late."""
    IGNORE = "ignore"
    """Nobody is asked about it."""
    HAND_OFF = "hand_off"
    """The agents' queue gets the conversation."""


@dataclass(frozen=True, slots=True)
class TurnPolicy:
    """How turns are run.

    Attributes:
        deadline: For one turn, with all it waits for; then its decider is ended and the turn
            redone. A handler that does not end is ended by its decider, which knows it, before.
        lease: How long a claim holds without being renewed. It is renewed while the turn lasts.
        attempts: After so many, counted before each, a turn's events are set aside.
        on_error: Who has the conversation after its bot failed: the agents' queue, or, while a
            bot is being written, the bot still.
        on_late: What becomes of messages that come late.
        oldest: How old a message may be for the bot to answer it. Older ones, as after an outage,
            are for people, or nobody's where late ones are ignored.
    """

    deadline: timedelta = timedelta(seconds=30)
    lease: timedelta = timedelta(seconds=60)
    attempts: int = 5
    on_error: OnError = OnError.HAND_OFF
    on_late: OnLate = OnLate.HANDLE
    oldest: timedelta = timedelta(hours=24)


class TurnWorker:
    """Runs turns.

    Args:
        store: Durable state.
        deciders: By the name that `accounts.bot` holds.
        clock: Stamps what is decided.
        probe: Marks the steps.
        policy: Deadlines, and what follows from failures.
        wakes: Wakes this worker when something was stored; it wakes the others when something is
            to be sent, or a timer was set.
    """

    def __init__(
        self,
        *,
        store: Store,
        deciders: Mapping[str, Decider],
        clock: Clock,
        probe: Probe,
        policy: TurnPolicy,
        wakes: Wakes,
    ) -> None:
        self._store = store
        self._deciders = deciders
        self._clock = clock
        self._probe = probe
        self._policy = policy
        self._wakes = wakes
        self._leases = Leases(store, policy.lease)
        self._free = TURNS_AT_ONCE
        self._is_stopping = False
        self.wake = wakes.turns

    def stop(self) -> None:
        """Claim nothing new; `run` ends when the turns in flight are decided."""
        self._is_stopping = True
        self.wake.set()

    async def run(self) -> None:
        """Run turns until stopped; one that is cancelled is redone by whoever comes next."""
        async with asyncio.TaskGroup() as keeping:
            renewing = keeping.create_task(self._leases.run())
            async with asyncio.TaskGroup() as tasks:
                await self._give_out(tasks)
            renewing.cancel()

    async def _give_out(self, tasks: asyncio.TaskGroup) -> None:
        while not self._is_stopping:
            since = self._leases.now()
            n_filed, claims = await self._claim()
            for claim in claims:
                self._free -= 1
                tasks.create_task(self._take(claim, since))
            if n_filed < FILED_AT_ONCE:
                await self.wake.wait()

    async def _claim(self) -> tuple[int, list[Claim]]:
        try:
            return await self._store.transact(self._claim_in, is_durable=False)
        except StoreUnavailable as error:
            _log.error("turns wait for the database", reason=str(error))
            return 0, []

    async def _claim_in(self, tx: Tx) -> tuple[int, list[Claim]]:
        n_filed = await filing.file_new(
            tx,
            limit=FILED_AT_ONCE,
            wanted={name: decider.kinds for name, decider in self._deciders.items()},
        )
        if not self._free:
            return n_filed, []
        rows = await tx.conversations.claim_ready(self._free, lease=self._policy.lease)
        at_x = {
            account_id: tuple(await tx.x_objects.of(account_id))
            for account_id in {row.account_id for row in rows}
        }
        now = self._clock.now()
        return n_filed, [
            await _claim_of(tx, row, now, self._policy, at_x=at_x[row.account_id]) for row in rows
        ]

    async def _take(self, claim: Claim, since: float) -> None:
        is_ready = True
        try:
            self._probe.at("turn.claimed")
            async with self._leases.holding(claim, since=since):
                is_ready = await self._decide(claim)
        except StaleClaim as error:
            _log.warning("turn dropped", reason=str(error), **_names(claim))
        except StoreUnavailable as error:
            # The lease runs out, and the turn is redone.
            _log.error("turn not committed", reason=str(error), **_names(claim))
        finally:
            was_full = self._free == 0
            self._free += 1
            if is_ready or was_full:
                self.wake.set()

    async def _decide(self, claim: Claim) -> bool:
        """See a turn to its end; whether its conversation is ready for another."""
        if not claim.turn.events:
            return await self._store.transact(
                lambda tx: tx.conversations.release(claim, waiting_since=None)
            )
        if claim.turn.attempt > self._policy.attempts:
            _log.error("turn given up", attempts=self._policy.attempts, **_names(claim))
            return await self._give_up(claim, f"given up after {self._policy.attempts} attempts")
        if claim.turn.late and self._policy.on_late is OnLate.HAND_OFF:
            return await self._leave_late(claim, "a message came late")
        if any(_is_old(event, claim.turn.now, self._policy) for event in claim.turn.events):
            return await self._leave_late(claim, "a message is too old for the bot to answer")
        return await self._run_decider(claim)

    async def _run_decider(self, claim: Claim) -> bool:
        is_ready = True
        try:
            decider = self._decider_of(claim)
            async with (
                asyncio.timeout(self._policy.deadline.total_seconds()),
                aclosing(decider.decide(claim.turn)) as steps,
            ):
                n_settled = 0
                async for progress in steps:
                    self._probe.at("turn.decided")
                    unit = _Commit(claim, progress, n_settled, self._clock)
                    is_ready = await self._store.transact(unit)
                    n_settled = progress.n_handled
                    if unit.is_owner:
                        self._wakes.show(claim.turn, progress.decisions)
                    self._probe.at("turn.committed")
                    self._wakes.outbox.set()
                    if any(isinstance(one, SetTimer) for one in progress.decisions):
                        self._wakes.timers.set()
        except HandlerFailed as error:
            _log.error("handler failed", place=error.place, reason=error.problem, **_names(claim))
            return await self._give_up(claim, str(error))
        except (DeciderLost, TimeoutError) as error:
            _log.error("turn lost", reason=str(error) or "deadline passed", **_names(claim))
            now = self._clock.now()
            await self._store.transact(lambda tx: _release(tx, claim, now))
            return True
        return is_ready

    def _decider_of(self, claim: Claim) -> Decider:
        decider = self._deciders.get(claim.turn.bot)
        if decider is None:
            raise DeciderLost(f"no bot is called {claim.turn.bot}")
        return decider

    async def _give_up(self, claim: Claim, reason: str) -> bool:
        at = self._clock.now()

        async def unit(tx: Tx) -> bool:
            if await tx.conversations.guard(claim) and self._policy.on_error is OnError.HAND_OFF:
                await decisions.apply(tx, [HandOff(reason)], claim, at=at)
            await tx.events.settle(claim.turn.events, state="quarantined", reason=reason)
            await tx.dialogs.end_interrupted(claim)
            return await tx.conversations.release(
                claim, waiting_since=None, handled_to=_last_position(claim)
            )

        return await self._store.transact(unit)

    async def _leave_late(self, claim: Claim, reason: str) -> bool:
        """Leave a conversation in which a message came late, and what waits in it, to people."""
        at = self._clock.now()

        async def unit(tx: Tx) -> bool:
            if await tx.conversations.guard(claim):
                await decisions.apply(tx, [HandOff(reason)], claim, at=at)
            await _settle_done(tx, claim, claim.turn.events, reason="handed off")
            return await tx.conversations.release(
                claim, waiting_since=None, handled_to=_last_position(claim)
            )

        return await self._store.transact(unit)


class _Commit:
    """The transaction of one `Progress`; tells whether another turn is ready.

    Attributes:
        is_owner: Whether the bot still had the conversation, so that what it decided counts.
    """

    def __init__(self, claim: Claim, progress: Progress, n_settled: int, clock: Clock) -> None:
        self._claim = claim
        self._progress = progress
        self._n_settled = n_settled
        self._at = clock.now()
        self.is_owner = False

    async def __call__(self, tx: Tx) -> bool:
        claim, progress, events = self._claim, self._progress, self._claim.turn.events
        owns = self.is_owner = await tx.conversations.guard(claim)
        if owns:
            await decisions.apply(tx, progress.decisions, claim, at=self._at)
        if owns and progress.dialogs:
            await tx.dialogs.record(claim, progress.dialogs, at=self._at)
        handled = events[self._n_settled : None if progress.final else progress.n_handled]
        if handled:
            reason = "" if owns else "withheld: somebody took over"
            await _settle_done(tx, claim, handled, reason=reason)
        if not progress.final:
            return False
        is_full = len(events) == EVENTS_PER_TURN
        return await tx.conversations.release(
            claim,
            waiting_since=self._at if is_full else None,
            handled_to=_last_position(claim),
        )


async def _settle_done(tx: Tx, claim: Claim, events: Sequence[TurnEvent], *, reason: str) -> None:
    late = [event for event in events if event.event_key in claim.turn.late]
    if late:
        await tx.events.settle(late, state="done", reason=f"late: {reason}" if reason else "late")
    others = [event for event in events if event.event_key not in claim.turn.late]
    await tx.events.settle(others, state="done", reason=reason)


def _last_position(claim: Claim) -> int | None:
    messages = [one for one in claim.turn.events if isinstance(one, MessageReceived)]
    return messages[-1].position if messages else None


async def _release(tx: Tx, claim: Claim, waiting_since: datetime) -> None:
    await tx.conversations.guard(claim)
    await tx.conversations.release(claim, waiting_since=waiting_since)


async def _claim_of(
    tx: Tx, row: ConversationRow, now: datetime, policy: TurnPolicy, *, at_x: tuple[XObject, ...]
) -> Claim:
    pending = await tx.events.pending(row.account_id, row.conversation_id, EVENTS_PER_TURN)
    late = [event for event in pending.events if _is_late(event, row)]
    events = pending.events
    if policy.on_late is OnLate.IGNORE:
        old = [one for one in events if one not in late and _is_old(one, now, policy)]
        await tx.events.settle(late, state="ignored", reason="late")
        await tx.events.settle(old, state="ignored", reason="too old for the bot to answer")
        events, late = tuple(one for one in events if one not in [*late, *old]), []
    turn = Turn(
        bot=row.bot,
        account_id=row.account_id,
        conversation_id=row.conversation_id,
        customer=Profile(row.customer_id, row.customer_screen_name, row.customer_name),
        events=events,
        attempt=pending.attempt,
        now=now,
        dialogs=tuple(await tx.dialogs.open(row)) if row.has_dialogs else (),
        memories=tuple(await tx.memories.of(row)) if row.has_memories else (),
        late=tuple(event.event_key for event in late),
        has_written=row.has_written,
        at_x=at_x,
    )
    return Claim(turn, fence=row.fence, epoch=row.epoch, trace_id=pending.trace_id)


def _is_late(event: TurnEvent, row: ConversationRow) -> bool:
    return isinstance(event, MessageReceived) and event.position < row.handled_position


def _is_old(event: TurnEvent, now: datetime, policy: TurnPolicy) -> bool:
    return isinstance(event, MessageReceived) and now - event.at > policy.oldest


def _names(claim: Claim) -> dict[str, str]:
    turn = claim.turn
    return {"account": turn.account_id, "conversation": turn.conversation_id}
