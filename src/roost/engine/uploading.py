"""Uploads before messages: a file that X does not have holds back the messages that carry it.

Such a message is not begun. It waits, `queued`, until the file is uploaded, once for all messages
of its account; so an upload that fails, hangs or is killed is never in doubt, takes no slot of a
message, and costs no attempt. X keeps a file for a day, then it is uploaded again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from roost.engine import accounts
from roost.engine.means import Means
from roost.engine.recording import recorded
from roost.engine.wake import Wake
from roost.errors import MediaUnusable, RateLimited, RejectedByX, XApiUnavailable
from roost.model.budgets import LONGEST_WINDOW
from roost.model.ids import UserId
from roost.model.messages import OutboundMessage
from roost.model.outbound import Dead, Held, Limited, OutboxEntry, RetryAt, Uncertain, Voiceless
from roost.model.uploads import Uploaded, UploadTask
from roost.ports import Probe, Tx

AT_ONCE, OF_ACCOUNT = 8, 2
"""Most uploads that go on, in all and of one account."""

WITHIN = timedelta(minutes=10)
"""How long an upload may take, the time X processes it included."""

LOOK_AGAIN = timedelta(seconds=2)
"""How long a message waits at first for an upload that goes on."""

MOST_TRIES = 20
"""How often an upload is begun until its messages are given up; with the waits about an hour."""

REFUSED_FOR = timedelta(minutes=5)
"""How long a file is not tried again after it was given up."""

_MARGIN = timedelta(minutes=10)
_CLAIMED_FOR = WITHIN + timedelta(minutes=1)

_log = structlog.stdlib.get_logger("roost.outbox")


class UploadSlots:
    """Counts the uploads that go on in this process."""

    def __init__(self) -> None:
        self._taken: Counter[UserId] = Counter()

    def has_room(self, account_id: UserId, beside: Sequence[UploadTask]) -> bool:
        """Tell whether an account may begin another one beside those that are about to begin."""
        n_mine = self._taken[account_id] + sum(one.account_id == account_id for one in beside)
        return n_mine < OF_ACCOUNT and self._taken.total() + len(beside) < AT_ONCE

    def take(self, account_id: UserId) -> None:
        """Count one that begins."""
        self._taken[account_id] += 1

    def give_back(self, account_id: UserId) -> None:
        """Count one that has ended."""
        self._taken[account_id] -= 1


@dataclass(slots=True)
class Prepared:
    """What becomes of messages that are due.

    Attributes:
        ready: They carry no file, or one that X has, and then its id of it.
        refused: Their file was given up, and why.
        begun: Uploads that this process is to make; what carries them is put off.
        n_put_off: How many messages wait for an upload.
    """

    ready: list[OutboxEntry] = field(default_factory=list[OutboxEntry])
    refused: list[tuple[OutboxEntry, str]] = field(default_factory=list[tuple[OutboxEntry, str]])
    begun: list[UploadTask] = field(default_factory=list[UploadTask])
    n_put_off: int = 0


async def prepare(
    tx: Tx, entries: Sequence[OutboxEntry], slots: UploadSlots, now: datetime
) -> Prepared:
    """Put X's ids of files into messages, begin uploads of those that X does not have."""
    found = Prepared()
    put_off: list[OutboxEntry] = []
    for entry in entries:
        message = entry.message
        if not isinstance(message, OutboundMessage) or message.media is None:
            found.ready.append(entry)
            continue
        upload = await tx.uploads.find(entry.account_id, message.media.digest)
        if upload is not None and upload.usable(now):
            with_id = replace(message, media_id=upload.media_id)
            found.ready.append(replace(entry, message=with_id))
        elif upload is not None and upload.refusal and upload.is_held(now):
            found.refused.append((entry, upload.refusal))
        else:
            put_off.append(entry)
            wanted = UploadTask(
                entry.account_id, message.media, 1 + (upload.tries if upload else 0)
            )
            is_held = upload is not None and upload.is_held(now)
            if not is_held and slots.has_room(entry.account_id, found.begun):
                found.begun += await _taken(tx, wanted, now)
    await tx.outbox.defer(put_off, now + LOOK_AGAIN)
    found.n_put_off = len(put_off)
    return found


async def _taken(tx: Tx, wanted: UploadTask, now: datetime) -> Sequence[UploadTask]:
    """Take an upload; nothing where somebody else is at it."""
    digest, until = wanted.file.digest, now + _CLAIMED_FOR
    is_ours = await tx.uploads.take(wanted.account_id, digest, now=now, until=until)
    return [wanted] if is_ours else []


Outcome = Uploaded | RetryAt | Limited | Held | Dead
"""How an upload ended."""


class Uploader:
    """Makes uploads that `prepare` has begun.

    Args:
        means: Store, gateway, clock and policy.
        slots: Counts those that go on.
        probe: Marks the steps.
        outbox: Woken when messages need not wait any more.
        held: Woken when X holds an account or app back.
    """

    def __init__(
        self, means: Means, slots: UploadSlots, *, probe: Probe, outbox: Wake, held: Wake
    ) -> None:
        self._means = means
        self._probe = probe
        self._outbox = outbox
        self._held = held
        self._running: dict[asyncio.Task[None], UserId] = {}
        self._slots = slots

    def begin(self, tasks: asyncio.TaskGroup, wanted: Sequence[UploadTask]) -> None:
        """Make uploads in tasks of a group."""
        for one in wanted:
            self._slots.take(one.account_id)
            running = tasks.create_task(self._run(one))
            self._running[running] = one.account_id
            running.add_done_callback(self._ended)

    def stop(self) -> None:
        """Drop what goes on: nothing of it has reached a customer, and the next process begins."""
        for one in [*self._running]:
            one.cancel()

    def _ended(self, running: asyncio.Task[None]) -> None:
        self._slots.give_back(self._running.pop(running))
        self._outbox.set()

    async def _run(self, task: UploadTask) -> None:
        self._probe.at("media.uploading")
        outcome = await self._upload(task)
        self._probe.at("media.uploaded")
        is_news = await recorded(self._means.store, lambda tx: self._settle(tx, task, outcome))
        if isinstance(outcome, Held):
            self._held.set()
            if is_news:
                accounts.tell(task.account_id, outcome.hold)
        self._probe.at("media.recorded")

    async def _upload(self, task: UploadTask) -> Outcome:
        clock, name = self._means.clock, task.file.path
        try:
            async with asyncio.timeout(WITHIN.total_seconds()):
                uploaded = await self._means.gateway.upload(task.account_id, task.file)
        except MediaUnusable as error:
            outcome: Outcome = Dead(str(error))
        except (RateLimited, RejectedByX, XApiUnavailable) as error:
            judged = self._means.retry.outcome_of(error, attempt=task.tries, now=clock.now())
            outcome = _nothing_sent(judged, f"{name} was not uploaded: {error}", now=clock.now())
        except TimeoutError:
            wait = self._means.retry.wait(task.tries)
            reason = f"{name} was not uploaded after {WITHIN.total_seconds():.0f} s"
            outcome = RetryAt(clock.now() + wait, reason)
        else:
            return uploaded
        if isinstance(outcome, RetryAt) and task.tries >= MOST_TRIES:
            outcome = Dead(f"{outcome.reason} ({task.tries} tries)")
        _log.warning(
            "file not uploaded",
            account=task.account_id,
            file=name,
            tries=task.tries,
            outcome=type(outcome).__name__,
        )
        return outcome

    async def _settle(self, tx: Tx, task: UploadTask, outcome: Outcome) -> bool:
        """Record how it ended; tell whether an account or app is held back from now on."""
        account_id, digest, now = task.account_id, task.file.digest, self._means.clock.now()
        is_news = False
        match outcome:
            case Uploaded(good_for=good_for):
                good = replace(outcome, good_for=good_for - min(_MARGIN, good_for / 2))
                await tx.uploads.finish(account_id, digest, good, at=now)
            case RetryAt(when=when) | Limited(when=when):
                await tx.uploads.postpone(account_id, digest, min(when, now + LONGEST_WINDOW))
            case Dead(reason=reason):
                until = now + REFUSED_FOR
                await tx.uploads.postpone(account_id, digest, until, refusal=reason)
            case Held(hold=hold):
                await tx.uploads.postpone(account_id, digest, now)
                is_news = await accounts.hold(tx, account_id, hold, at=now)
        await tx.outbox.release(account_id)
        return is_news


def _nothing_sent(
    judged: RetryAt | Limited | Held | Uncertain | Dead | Voiceless, reason: str, *, now: datetime
) -> Outcome:
    """Read what would follow for a message as what follows for a file."""
    match judged:
        case RetryAt(when=when):
            return RetryAt(when, reason)
        case Dead():
            return Dead(reason)
        case Uncertain() | Voiceless():
            return RetryAt(now, reason)
        case Limited() | Held():
            return judged
