"""Turns: claim a conversation, let its decider decide, commit what it decided, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from roost.engine import commits, decisions, filing, opting
from roost.engine.commits import Commits, Step
from roost.engine.failing import OnError
from roost.engine.interrupted import Interrupted
from roost.engine.leases import Leases
from roost.engine.opting import OptOuts
from roost.engine.unserved import Unserved
from roost.engine.wake import Wakes
from roost.errors import DeciderAway, DeciderLost, HandlerFailed, StaleClaim, StoreUnavailable
from roost.model.decisions import HandOff
from roost.model.events import MessageReceived, TurnEvent
from roost.model.ids import ConversationId, UserId
from roost.model.messages import Profile
from roost.model.timers import SetTimer
from roost.model.turns import EVENTS_PER_TURN, Claim, Turn
from roost.model.x_objects import XObject
from roost.ports import Clock, ConversationRow, Decider, PendingEvents, Probe, Store, Tx

_log = structlog.stdlib.get_logger("roost.turns")

TURNS_AT_ONCE = 64
"""Most conversations decided at the same time."""

FILED_AT_ONCE = 256
"""Most new events filed in one transaction."""

AWAY_FOR = timedelta(seconds=5)
"""How long a turn is put off whose decider was not there."""


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
        attempts: After so many, counted before each, an event that its decider was lost over is
            set aside. From the second on it is tried alone, so that no other is counted with it.
            One that a stop has interrupted is not counted. One whose step the database did not
            take is: what can never be stored would be tried without end.
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
        self._unserved = Unserved(frozenset(deciders))
        self._commits = Commits(store)
        self._free = TURNS_AT_ONCE
        self._interrupted = Interrupted(store, policy.deadline)
        self.wake = wakes.turns

    def stop(self) -> None:
        """Claim nothing new; `run` ends when the turns in flight are decided."""
        self._interrupted.is_stopping = True
        self.wake.set()

    async def run(self) -> None:
        """Run turns until stopped; one that is cancelled is redone by whoever comes next."""
        async with asyncio.TaskGroup() as keeping:
            beside = [
                keeping.create_task(self._leases.run()),
                keeping.create_task(self._commits.run()),
            ]
            async with asyncio.TaskGroup() as tasks:
                await self._give_out(tasks)
            for task in beside:
                task.cancel()

    async def give_back(self) -> None:
        """Let others have the turns that `stop` did not leave the time they need.

        To be called when `run` has ended. They do not count as tried: a bot whose process was
        stopped five times has not failed.

        Raises:
            StoreUnavailable: They do count, and are free once their leases have run out.
        """
        await self._interrupted.give_back()

    async def _give_out(self, tasks: asyncio.TaskGroup) -> None:
        while not self._interrupted.is_stopping:
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
            opt_outs=self._opt_outs(),
        )
        if not self._free:
            return n_filed, []
        now = self._clock.now()
        rows = await tx.conversations.claim_ready(
            self._free, lease=self._policy.lease, bots=frozenset(self._deciders)
        )
        await self._unserved.look(tx, now=now)
        at_x = {
            account_id: tuple(await tx.x_objects.of(account_id))
            for account_id in {row.account_id for row in rows}
        }
        pending = await tx.events.pending_in(
            [(row.account_id, row.conversation_id) for row in rows], EVENTS_PER_TURN
        )
        claiming = _Claiming(now, self._policy, at_x, pending, self._opt_outs())
        return n_filed, [await claiming.claim(tx, row) for row in rows]

    def _opt_outs(self) -> OptOuts:
        return {name: decider.opt_out for name, decider in self._deciders.items()}

    async def _take(self, claim: Claim, since: float) -> None:
        is_ready = True
        try:
            self._probe.at("turn.claimed")
            async with self._leases.holding(claim, since=since):
                is_ready = await self._decide(claim)
        except DeciderAway as error:
            is_ready = False
            _log.warning("turn put off", reason=str(error), **_names(claim))
            await self._put_off(claim)
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

    async def _put_off(self, claim: Claim) -> None:
        """Keep a conversation for a while without an attempt having been made."""

        async def unit(tx: Tx) -> None:
            await tx.conversations.guard(claim)
            await tx.events.discount(claim.turn.events)
            await tx.conversations.renew(claim, lease=AWAY_FOR)

        try:
            await self._store.transact(unit)
        except (StaleClaim, StoreUnavailable) as error:
            # Whoever has it now, or has it once the lease has run out, tries again.
            _log.warning("turn not put off", reason=str(error), **_names(claim))

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
        if claim.is_too_old:
            return await self._leave_late(claim, "a message is too old for the bot to answer")
        return await self._run_decider(claim)

    async def _run_decider(self, claim: Claim) -> bool:
        is_ready, n_settled = True, 0
        try:
            decider = self._decider_of(claim)
            async with (
                self._interrupted.deciding(claim),
                aclosing(decider.decide(claim.turn)) as steps,
            ):
                async for progress in steps:
                    self._probe.at("turn.decided")
                    done = await self._commits.commit(
                        Step(claim, progress, n_settled, self._clock.now())
                    )
                    is_ready = done.is_ready
                    n_settled = progress.n_handled
                    if done.is_owner:
                        self._wakes.show(claim.turn, progress.decisions)
                    self._probe.at("turn.committed")
                    self._wakes.outbox.set()
                    if any(isinstance(one, SetTimer) for one in progress.decisions):
                        self._wakes.timers.set()
        except HandlerFailed as error:
            told = {"place": error.place, "reason": error.problem}
            remedy = {"remedy": error.remedy} if error.remedy else {}
            _log.error("handler failed", **told, **remedy, **_names(claim))
            if len(claim.turn.events) - n_settled > 1:
                return await self._redo(claim)  # each by itself: which of them it was is not known
            return await self._give_up(claim, str(error))
        except DeciderAway:
            raise
        except (DeciderLost, TimeoutError) as error:
            _log.error("turn lost", reason=str(error) or "deadline passed", **_names(claim))
            return await self._redo(claim)
        return is_ready

    async def _redo(self, claim: Claim) -> bool:
        now = self._clock.now()
        await self._store.transact(lambda tx: _release(tx, claim, now))
        return True

    def _decider_of(self, claim: Claim) -> Decider:
        decider = self._deciders.get(claim.turn.bot)
        if decider is None:
            raise DeciderAway(f"no bot is called {claim.turn.bot}")
        return decider

    async def _give_up(self, claim: Claim, reason: str) -> bool:
        at = self._clock.now()

        async def unit(tx: Tx) -> bool:
            is_owner = await tx.conversations.guard(claim)
            await opting.heed(tx, _messages(claim.turn.events), self._opt_outs(), at=at)
            if is_owner and self._policy.on_error is OnError.HAND_OFF:
                await decisions.apply(tx, [HandOff(reason)], claim, at=at)
            await tx.events.settle(claim.turn.events, state="quarantined", reason=reason)
            await tx.dialogs.end_interrupted(claim)
            return await tx.conversations.release(
                claim, waiting_since=None, handled_to=commits.last_position(claim)
            )

        return await self._store.transact(unit)

    async def _leave_late(self, claim: Claim, reason: str) -> bool:
        """Leave a conversation in which a message came late, and what waits in it, to people."""
        at = self._clock.now()

        async def unit(tx: Tx) -> bool:
            await opting.heed(tx, _messages(claim.turn.events), self._opt_outs(), at=at)
            if await tx.conversations.guard(claim):
                await decisions.apply(tx, [HandOff(reason)], claim, at=at)
            await tx.events.settle_all(commits.done(claim, claim.turn.events, "handed off"))
            return await tx.conversations.release(
                claim, waiting_since=None, handled_to=commits.last_position(claim)
            )

        return await self._store.transact(unit)


async def _release(tx: Tx, claim: Claim, waiting_since: datetime) -> None:
    await tx.conversations.guard(claim)
    await tx.conversations.release(claim, waiting_since=waiting_since)


@dataclass(frozen=True, slots=True)
class _Claiming:
    """What claims of one transaction are made of."""

    now: datetime
    policy: TurnPolicy
    at_x: Mapping[UserId, tuple[XObject, ...]]
    pending: Mapping[tuple[UserId, ConversationId], PendingEvents]
    opt_outs: OptOuts

    async def claim(self, tx: Tx, row: ConversationRow) -> Claim:
        pending, policy = self.pending[row.account_id, row.conversation_id], self.policy
        events = pending.events
        # What people have given to the bot again is for the bot, however long ago it came.
        fresh = [one for one in events if one.event_key not in pending.requeued]
        may_be_late = events if policy.on_late is OnLate.HANDLE else fresh
        late = [one for one in may_be_late if _is_late(one, row)]
        old = [one for one in fresh if _is_old(one, self.now, policy)]
        has_news = False
        if policy.on_late is OnLate.IGNORE:
            old = [one for one in old if one not in late]
            await tx.events.settle(late, state="ignored", reason="late")
            await tx.events.settle(old, state="ignored", reason="too old for the bot to answer")
            unheard = [one for one in events if one in [*late, *old]]
            has_news = bool(await opting.heed(tx, _messages(unheard), self.opt_outs, at=self.now))
            events, late, old = tuple(one for one in events if one not in unheard), [], []
        turn = Turn(
            bot=row.bot,
            account_id=row.account_id,
            conversation_id=row.conversation_id,
            customer=Profile(row.customer_id, row.customer_screen_name, row.customer_name),
            events=events,
            attempt=pending.attempt,
            now=self.now,
            dialogs=tuple(await tx.dialogs.open(row)) if row.has_dialogs else (),
            memories=tuple(await tx.memories.of(row)) if row.has_memories or has_news else (),
            late=tuple(event.event_key for event in late),
            has_written=row.has_written,
            at_x=self.at_x[row.account_id],
        )
        return Claim(
            turn,
            fence=row.fence,
            epoch=row.epoch,
            trace_id=pending.trace_id,
            has_more=pending.has_more,
            is_too_old=bool(old),
        )


def _messages(events: Iterable[TurnEvent]) -> list[MessageReceived]:
    return [one for one in events if isinstance(one, MessageReceived)]


def _is_late(event: TurnEvent, row: ConversationRow) -> bool:
    return isinstance(event, MessageReceived) and event.position < row.handled_position


def _is_old(event: TurnEvent, now: datetime, policy: TurnPolicy) -> bool:
    return isinstance(event, MessageReceived) and now - event.at > policy.oldest


def _names(claim: Claim) -> dict[str, str]:
    turn = claim.turn
    return {"account": turn.account_id, "conversation": turn.conversation_id}
