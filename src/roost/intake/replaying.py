"""Replay: X is asked to deliver again what it has tried to deliver before, job after job.

What comes of it comes to the webhook like every delivery, where the inbox knows what it has. Unlike
a list it brings every kind of event, also those that have no id. X keeps five days.

A job that is asked for twice does no harm, a job whose end is not heard of is given up and asked
for again: so nothing here depends on an answer or on a report of X's arriving.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from roost.engine.wake import Wake
from roost.errors import RateLimited, RejectedByX, ReplayRunning, SendError
from roost.intake import rounds, slices
from roost.intake.allowance import WITHOUT_A_RESET
from roost.intake.slices import Part
from roost.model import waiting
from roost.ports import Clock, Replay, Store, Tx
from roost.xapi.wire_enterprise import ReplayJobStatus

JOBS_AT_ONCE = 16
"""Most spans worked on at the same time."""

COMPLETE = "Complete"
"""What X calls a job whose every delivery was taken.

Source: https://github.com/xdevplatform/docs, x-api/enterprise-gnip-2.0/fundamentals
/account-activity.mdx at 321ec888.
"""

_log = structlog.stdlib.get_logger("roost.replaying")


class Source(Protocol):
    """Where jobs are asked for."""

    async def replay(self, app_key: str, begin: datetime, end: datetime) -> str:
        """Have an app's webhook told again of a span; X's name for the job.

        Raises:
            ReplayRunning: The webhook has a job that has not ended.
            RateLimited: Nothing is left of the window.
            SendError: X took no job, or nobody knows whether it has.
        """
        ...


@dataclass(frozen=True, slots=True)
class ReplayPolicy:
    """How long to wait for what.

    Attributes:
        ends_within: For X to tell the end of a job, before it is asked for again.
        retry_after: After X could not be asked, or has said that a job is under way. Each time
            costs a look at the app's webhooks, of which X allows 15 in 15 minutes.
        retry_incomplete_after: After a job that X could not deliver all of.
        retry_refused_after: After X refused a job, for example because the app is not allowed any.
    """

    ends_within: timedelta = timedelta(minutes=30)
    retry_after: timedelta = timedelta(minutes=2)
    retry_incomplete_after: timedelta = timedelta(minutes=5)
    retry_refused_after: timedelta = timedelta(minutes=15)


class Replayer:
    """Works on open spans until they are closed. Killed anywhere, it goes on where it was.

    Attributes:
        wake: To be set when a span has been opened or a job has ended.
    """

    def __init__(
        self,
        *,
        store: Store,
        source: Source,
        clock: Clock,
        policy: ReplayPolicy | None = None,
    ) -> None:
        """Make one.

        Args:
            store: Where spans are kept.
            source: Asks X.
            clock: Tells what is due.
            policy: How long to wait for what.
        """
        self._store = store
        self._source = source
        self._clock = clock
        self._policy = policy or ReplayPolicy()
        self.wake = Wake()

    async def run(self) -> None:
        """Work on whatever is due, until cancelled."""
        await rounds.go_on(self.step, self.wake, of="replay")

    async def step(self) -> int:
        """Do what is due; how many spans that were.

        Raises:
            StoreUnavailable: Alone or in a group. What was asked for is asked for again.
        """
        now = self._clock.now()
        due = await self._store.transact(
            lambda tx: tx.replays.claim_due(now, JOBS_AT_ONCE), is_durable=False
        )
        await rounds.side_by_side(due, lambda span: span.app_key, self._work)
        return len(due)

    async def ended(self, app_key: str, status: ReplayJobStatus) -> None:
        """Take note of the end of a job.

        One that nobody here knows is kept until the answer to our asking says that it was ours: X
        may tell of the end before it tells of the beginning.

        Raises:
            StoreUnavailable: It was not noted; to be told again.
        """
        job_id, state = status.job_id, status.job_state

        async def unit(tx: Tx) -> None:
            spans = await tx.replays.held(app_key)
            ours = [one for one in spans if one.job_id == job_id]
            for span in ours:
                await self._end(tx, span, state)
            if not ours:
                for span in spans:
                    await tx.replays.hear(span, job_id, state)

        await self._store.transact(unit)
        _log.info("replay job has ended", app=app_key, job=job_id, state=state)
        self.wake.set()

    async def _work(self, spans: Sequence[Replay]) -> None:
        """Go on with one span; X runs one job for an app at a time, so that the rest waits."""
        span, *waiting = spans
        now = self._clock.now()
        for other in waiting:
            await self._put_off(other, now + self._policy.retry_after, other.trouble)
        if span.job_id:
            _log.warning("replay job given up", job=span.job_id, **_names(span))
            trouble = f"X has told no end of job {span.job_id}"
            span = replace(span, job_id="", job_until=None, trouble=trouble)
        left = slices.within_reach(span, now=now)
        part = None if slices.is_whole(left) else slices.next_part(left)
        if part is not None and part.may_be_asked_at > now:
            await self._put_off(span, part.may_be_asked_at, span.trouble)
            return
        again_at = now + self._policy.retry_after
        counted = replace(left, n_jobs=left.n_jobs + (part is not None), due_at=again_at)
        if not await self._store.transact(lambda tx: tx.replays.count(counted)):
            return
        if left.lost_to != span.lost_to:
            lost_to = left.lost_to
            _log.error("deliveries are beyond what X replays", before=lost_to, **_names(span))
        if part is None:
            await self._store.transact(lambda tx: tx.replays.close(counted, at=now))
        else:
            await self._ask(counted, part, now)

    async def _ask(self, span: Replay, part: Part, now: datetime) -> None:
        try:
            job_id = await self._source.replay(span.app_key, part.begin, part.end)
        except SendError as error:
            until = now + self._wait_after(error, now)
            _log.warning("replay waits", until=until, reason=str(error), **_names(span))
            await self._put_off(span, until, str(error))
            return
        _log.info("replay asked for", job=job_id, begin=part.begin, end=part.end, **_names(span))
        due_at = now + self._policy.ends_within
        begun = replace(span, job_id=job_id, job_until=part.end, due_at=due_at)
        if await self._store.transact(lambda tx: self._begin(tx, begun)):
            self.wake.set()

    async def _begin(self, tx: Tx, begun: Replay) -> bool:
        """Note a job; whether X has told its end before it told its beginning."""
        heard = [
            one.heard_state
            for one in await tx.replays.held(begun.app_key)
            if (one.replay_id, one.heard_id) == (begun.replay_id, begun.job_id)
        ]
        await tx.replays.save(replace(begun, heard_id="", heard_state=""))
        for state in heard:
            await self._end(tx, begun, state)
        return bool(heard)

    async def _end(self, tx: Tx, span: Replay, state: str) -> None:
        now = self._clock.now()
        ended = after(span, state, now=now, again_after=self._policy.retry_incomplete_after)
        if slices.is_whole(ended):
            await tx.replays.close(ended, at=now)
        else:
            await tx.replays.save(ended)

    async def _put_off(self, span: Replay, until: datetime, trouble: str) -> None:
        due_at = waiting.at_most(until, now=self._clock.now())
        await self._store.transact(
            lambda tx: tx.replays.put_off(span, due_at, trouble), is_durable=False
        )

    def _wait_after(self, error: SendError, now: datetime) -> timedelta:
        if isinstance(error, RateLimited):
            return max((error.resets_at or now + WITHOUT_A_RESET) - now, self._policy.retry_after)
        if isinstance(error, RejectedByX) and not isinstance(error, ReplayRunning):
            return self._policy.retry_refused_after
        return self._policy.retry_after


def after(span: Replay, state: str, *, now: datetime, again_after: timedelta) -> Replay:
    """Give a span whose job has ended: gone on, or due again for the same part.

    Args:
        span: With the job.
        state: How it ended, in X's words. Everything but `COMPLETE` is none.
        now: When.
        again_after: How long to wait before the same part is asked for again.
    """
    ended = replace(span, job_id="", job_until=None, heard_id="", heard_state="", trouble="")
    if state == COMPLETE and span.job_until is not None:
        return replace(ended, reached_at=max(span.job_until, span.reached_at), due_at=now)
    trouble = f"job {span.job_id} ended: {state}"
    return replace(ended, due_at=now + again_after, trouble=trouble)


def _names(span: Replay) -> dict[str, str]:
    return {"app": span.app_key, "replay": span.replay_id, "reason_opened": span.reason}
