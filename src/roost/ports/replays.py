"""Spans of time that X is asked to deliver again, where it does that, and how far that has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class NewReplay:
    """A span to be delivered again.

    Attributes:
        app_key: Ours; the webhook's app. A job is for all of its accounts.
        reason: Why, for people; for example `webhook invalid`.
        begun_at: Where the span begins.
        ended_at: Where it ends.
    """

    app_key: str
    reason: str
    begun_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Replay:
    """An open span and how far it has come, from old to new, one job after the other.

    Attributes:
        app_key: Ours.
        replay_id: Ours; sorts by when it was opened.
        reason: Why, for people.
        opened_at: When it was written down.
        begun_at: Where it begins.
        ended_at: Where it ends.
        due_at: When to go on: to ask, or to give up a job that has not ended.
        reached_at: X has delivered everything before this again, or cannot any more.
        job_id: X's name of the job under way; `""` for none.
        job_until: Where the part ends that this job is for; `None` where no job is under way.
        n_jobs: Jobs that were asked for so far, counted before they are.
        heard_id: The latest job X has told the end of that nobody here knew of yet; `""` for none.
        heard_state: How that one ended, in X's words.
        trouble: What went wrong last; `""` while all is well.
        lost_to: Everything older than this X does not deliver again; `None` while nothing is.
    """

    app_key: str
    replay_id: str
    reason: str
    opened_at: datetime
    begun_at: datetime
    ended_at: datetime
    due_at: datetime
    reached_at: datetime
    job_id: str = ""
    job_until: datetime | None = None
    n_jobs: int = 0
    heard_id: str = ""
    heard_state: str = ""
    trouble: str = ""
    lost_to: datetime | None = None


class ReplayRows(Protocol):
    """The `replays` table inside a transaction."""

    async def open(self, replay: NewReplay, *, at: datetime) -> None:
        """Open a span, due at once; one of its app that no job was asked for yet is widened."""
        ...

    async def claim_due(self, now: datetime, limit: int) -> Sequence[Replay]:
        """Give spans to go on with, oldest first, and keep other processes off them.

        X runs one job for a webhook at a time, so that a span whose app has a job under way for
        another one has to wait, however due it is.
        """
        ...

    async def put_off(self, replay: Replay, due_at: datetime, trouble: str) -> None:
        """Give a span back, with when to go on and what is in the way; nothing else is written."""
        ...

    async def count(self, replay: Replay) -> bool:
        """Count a job that is about to be asked for, and give the span back until `due_at`.

        Written are `n_jobs`, `due_at`, `reached_at`, `lost_to` and `trouble`, and that the job of
        before, if any, is given up. From then on nobody widens the span.

        Returns:
            False where somebody has widened it since it was claimed. It is given back as it is.
        """
        ...

    async def held(self, app_key: str) -> Sequence[Replay]:
        """Give an app's open spans, oldest first; nobody changes them until this transaction ends.

        Before it reads them, it waits for whoever is changing them now.
        """
        ...

    async def hear(self, replay: Replay, job_id: str, state: str) -> None:
        """Keep, with an open span, that a job has ended; whoever works on the span keeps it."""
        ...

    async def save(self, replay: Replay) -> None:
        """Write down how far a span has come, all but where it lies, and give it back."""
        ...

    async def close(self, replay: Replay, *, at: datetime) -> None:
        """Close a span, with how far it has come."""
        ...

    async def latest(self, app_key: str) -> tuple[Replay, bool] | None:
        """Give an app's latest span, and whether it is open; `None` for none."""
        ...

    async def open_replays(self) -> Sequence[Replay]:
        """Give every open span, oldest first."""
        ...
