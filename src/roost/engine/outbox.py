"""The outbox: `sending` is committed before the first byte, the outcome after the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

import structlog

from roost.engine import accounts, failing, lanes, reconcile, voiceless, withholding
from roost.engine.failing import OnError
from roost.engine.lanes import Slots, Started
from roost.engine.means import Means
from roost.engine.recording import recorded
from roost.engine.uploading import Uploader
from roost.engine.wake import Wake
from roost.errors import (
    MediaRefused,
    NotUnique,
    RateLimited,
    RejectedByX,
    SendError,
    SendUncertain,
    StoreUnavailable,
    Unsendable,
    XApiUnavailable,
)
from roost.model import uptime
from roost.model.budgets import LONGEST_WINDOW, Standing
from roost.model.messages import OutboundMessage
from roost.model.outbound import (
    Dead,
    Held,
    Limited,
    OutboxEntry,
    Outcome,
    RetryAt,
    Sent,
    Stale,
    Uncertain,
    Voiceless,
)
from roost.ports import Probe, Tx

MOST_UPLOADS = 3
"""How often a message is tried whose file X takes as an upload, but not on the message."""

BEGUN_WITHIN = timedelta(seconds=5)
"""What an attempt has at least until its first byte leaves, however soon others look for it: a disk
or a connection may be slow."""

_log = structlog.stdlib.get_logger("roost.outbox")

_SET_BACK = timedelta(minutes=1)
"""By how much the clock has to be set back before waiting messages are looked at for it."""

_NOT_SENT = (RetryAt, Limited, Held, Stale)
"""Outcomes after which X surely has nothing, and a message waits."""

_NOTHING = Started((), (), is_more=False)


class OutboxWorker:
    """Sends what the outbox holds.

    A process that is stopped, or whose machine sleeps, may be taken for gone: then others look for
    what it was sending, and send it again where X does not show it. So what has not left by the
    time at which they look first does not leave any more.

    Args:
        means: Store, gateway, clock, budgets and policy.
        probe: Marks the steps.
        held: Woken when X holds an account or app back.
        looked_for_after: When others look for an attempt, counted from its begin.
    """

    def __init__(
        self, means: Means, *, probe: Probe, held: Wake, looked_for_after: timedelta
    ) -> None:
        self._means = means
        self._begun_within = max(looked_for_after, BEGUN_WITHIN).total_seconds()
        self._store = means.store
        self._gateway = means.gateway
        self._clock = means.clock
        self._budgets = means.budgets
        self._policy = means.retry
        self._probe = probe
        self._held = held
        self._slots = Slots()
        self._is_stopping = False
        self._seen: datetime | None = None
        self.wake = Wake()
        self._uploader = Uploader(
            means, self._slots.uploads, probe=probe, outbox=self.wake, held=held
        )

    def stop(self) -> None:
        """Begin no further attempt; `run` ends when those in flight have ended."""
        self._is_stopping = True
        self._uploader.stop()
        self.wake.set()

    async def run(self) -> None:
        """Send until stopped; an attempt that is cancelled becomes uncertain."""
        async with asyncio.TaskGroup() as tasks:
            while not self._is_stopping:
                latest = uptime.now() + self._begun_within
                started = await self._start()
                for entry in started.entries:
                    self._slots.take(entry)
                    timed = replace(entry, begun_by=latest)
                    tasks.create_task(self._attempt(timed, self._send))
                for entry, reason in started.refused:
                    self._slots.take(entry)
                    tasks.create_task(self._attempt(entry, _Refusing(reason)))
                for entry in started.withdrawn:
                    unsent = replace(entry, trial=None)
                    self._slots.take(unsent)
                    tasks.create_task(self._attempt(unsent, self._keep_back))
                self._uploader.begin(tasks, started.uploads)
                if not (started.is_more or await self._lease(started)):
                    await self.wake.wait()

    async def _start(self) -> Started:
        if self._slots.free == 0:
            return _NOTHING
        now = self._clock.now()
        try:
            await self._heal(now)
            return await self._store.transact(
                lambda tx: lanes.start(tx, self._budgets, self._slots, now)
            )
        except StoreUnavailable as error:
            _log.error("sending waits for the database", reason=str(error))
            return _NOTHING

    async def _heal(self, now: datetime) -> None:
        """Bring forward what would wait for days because the clock was set back.

        What waits for a window is refused by its budget once more, and waits on.
        """
        seen, self._seen = self._seen, now
        if seen is not None and now >= seen - _SET_BACK:
            return
        latest = now + (LONGEST_WINDOW if seen is None else self._policy.longest)
        n = await self._store.transact(lambda tx: tx.budgets.bring_forward(now, latest=latest))
        if n:
            _log.warning("clock set back: what waited for a time goes on", messages=n)

    async def _lease(self, started: Started) -> bool:
        """Get accounts what they need of their apps' budgets; whether to go on at once.

        In transactions of their own: they hold apps, which all of an app's accounts wait for.
        """
        now = self._clock.now()
        try:
            for account_id, route in started.leasing:
                await self._store.transact(
                    lambda tx, one=account_id, by=route: self._budgets.lease(tx, one, by, now)
                )
        except StoreUnavailable as error:
            _log.error("budgets wait for the database", reason=str(error))
            return False
        return bool(started.leasing)

    async def _attempt(
        self, entry: OutboxEntry, send: Callable[[OutboxEntry], Awaitable[Outcome]]
    ) -> None:
        try:
            self._probe.at("outbox.sending")
            outcome = await send(entry)
            self._probe.at("outbox.sent")
            await self._record(entry, outcome)
            self._probe.at("outbox.recorded")
        finally:
            self._slots.give_back(entry)
            self.wake.set()

    async def _send(self, entry: OutboxEntry) -> Outcome:
        try:
            return Sent(await self._gateway.send(entry))
        except (RateLimited, RejectedByX, SendUncertain, Unsendable, XApiUnavailable) as error:
            outcome = _stale(entry, error) or self._policy.outcome_of(
                error, attempt=entry.attempt, now=self._clock.now()
            )
            _log.warning(
                "message not sent",
                outbox_id=entry.outbox_id,
                account=entry.account_id,
                outcome=type(outcome).__name__,
                reason=type(error).__name__,
            )
            return outcome

    async def _keep_back(self, entry: OutboxEntry) -> Outcome:
        """Send nothing; what becomes of it is settled with the outcome."""
        del entry
        return RetryAt(self._clock.now(), "somebody took over")

    async def _record(self, entry: OutboxEntry, outcome: Outcome) -> None:
        """Record an outcome, however long the database takes: nothing else knows it."""
        settling = _Settling(
            self._means,
            entry,
            outcome,
            self._gateway.learned(entry.account_id, entry.route),
            self._clock.now(),
        )
        try:
            is_news = await recorded(self._store, settling)
        except NotUnique as error:
            # X has named another message: it may have this one, under whatever id.
            _log.error("id of another message", outbox_id=entry.outbox_id, reason=str(error))
            doubt = Uncertain("X answered with the id of another message")
            is_news = await recorded(self._store, replace(settling, outcome=doubt))
        if isinstance(outcome, Held):
            self._held.set()
            if is_news:
                accounts.tell(entry.account_id, outcome.hold)


def _stale(entry: OutboxEntry, error: SendError) -> Stale | None:
    """Tell whether only the upload of an entry's file is at fault, so that another may help."""
    message = entry.message
    if not isinstance(error, MediaRefused) or not isinstance(message, OutboundMessage):
        return None
    is_worth_it = message.media is not None and entry.attempt < MOST_UPLOADS
    return Stale(message.media_id, str(error)) if is_worth_it else None


@dataclass(frozen=True, slots=True)
class _Refusing:
    """Sends nothing: the file that a message carries was given up."""

    reason: str

    async def __call__(self, entry: OutboxEntry) -> Outcome:
        """Say why."""
        del entry
        return Dead(self.reason)


@dataclass(frozen=True, slots=True)
class _Settling:
    """The transaction that records how an attempt ended."""

    means: Means
    entry: OutboxEntry
    outcome: Outcome
    standing: Standing | None
    now: datetime

    async def __call__(self, tx: Tx) -> bool:
        """Record it; tell whether an account or app is held back from now on."""
        entry = self.entry
        is_news = await self._settle(tx)
        if isinstance(self.outcome, _NOT_SENT):
            # The bot that said it may have lost the conversation since the attempt began.
            await withholding.settle(tx, entry.account_id, entry.conversation_id, at=self.now)
        await tx.changes.append(
            entry.account_id,
            f"outbox_{type(self.outcome).__name__.lower()}",
            conversation_id=entry.conversation_id,
            ref=str(entry.outbox_id),
            at=self.now,
        )
        if self.standing is not None:
            await self.means.budgets.learn(
                tx, entry.account_id, entry.route, self.standing, now=self.now
            )
        return is_news

    async def _settle(self, tx: Tx) -> bool:
        entry = self.entry
        match self.outcome:
            case Sent(message_id=message_id):
                await tx.messages.put_sent(entry, message_id, entry.attempted_at)
                await tx.outbox.finish(entry, message_id)
                if entry.trial is not None:
                    await accounts.proved(tx, entry.account_id, at=self.now)
            case RetryAt(when=when, reason=reason):
                await tx.outbox.postpone(entry, when, reason=reason)
            case Uncertain(reason=reason):
                await tx.outbox.suspect(entry, reason=reason, at=self.now)
                await reconcile.settle_if_known(tx, entry)
            case Dead() | Voiceless() as refused:
                await self._refuse(tx, refused)
            case Limited() | Stale() as waiting:
                await self._wait(tx, waiting)
            case Held(hold=hold):
                await tx.outbox.postpone(entry, self.now, reason=hold.reason)
                return await accounts.hold(tx, entry.account_id, hold, at=self.now)
            case _ as unreachable:
                assert_never(unreachable)
        return False

    async def _refuse(self, tx: Tx, refused: Dead | Voiceless) -> None:
        if isinstance(refused, Dead):
            await tx.outbox.bury(self.entry, reason=refused.reason)
            can_people_help = not refused.is_of_customer
        else:
            can_people_help = await voiceless.settle(tx, self.entry, refused.reason)
        if can_people_help and self.means.on_error is OnError.HAND_OFF:
            await failing.leave_to_people(tx, self.entry, refused.reason, at=self.now)

    async def _wait(self, tx: Tx, waiting: Limited | Stale) -> None:
        """Let it wait for the window, or for another upload of its file."""
        entry = self.entry
        if isinstance(waiting, Stale):
            await tx.uploads.forget(entry.account_id, waiting.media_id)
            await tx.outbox.postpone(entry, self.now, reason=waiting.reason)
            return
        await tx.outbox.postpone(entry, waiting.when, reason="rate limit used up")
        await self.means.budgets.close(
            tx, entry.account_id, entry.route, waiting, was_free=entry.is_free
        )
