"""Clock, steps of the line, X, and whoever decides: what is neither data nor code of the core."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from roost.model.budgets import Standing
from roost.model.events import MessageSent
from roost.model.ids import MessageId, UserId
from roost.model.outbound import OutboxEntry
from roost.model.turns import Progress, Turn

PROBES = (
    "intake.verified",  # signature right, nothing stored
    "intake.committed",  # stored, 200 not yet sent
    "intake.answered",  # 200 sent, not yet claimed
    "turn.claimed",  # claimed, decider not yet asked
    "turn.decided",  # decided, nothing committed
    "turn.committed",  # decisions committed, nothing sent
    "outbox.sending",  # `sending` committed, not one byte written
    "outbox.sent",  # X has answered, outcome not yet recorded
    "outbox.recorded",  # outcome recorded
    "backfill.listed",  # a page of X's list is there, nothing of it stored
    "backfill.stored",  # its events are stored, how far the list was read is not
    "backfill.ended",  # the list was read to where it was known, nothing let go yet
)
"""Every named point of the line at which a crash is tried."""


class Clock(Protocol):
    """Time as people see it."""

    def now(self) -> datetime:
        """Give the time now, aware and in UTC."""
        ...


class Probe(Protocol):
    """Marks steps of the line. Does nothing in production."""

    def at(self, name: str) -> None:
        """Mark that the step has been reached. `name` is one of `PROBES`."""
        ...


@dataclass(frozen=True, slots=True)
class SentPage:
    """One page of what an account has sent, newest first.

    Attributes:
        messages: Those above the baseline that was asked for.
        next_cursor: Where the next page begins; `""` where the baseline has been reached.
    """

    messages: Sequence[MessageSent]
    next_cursor: str = ""


class Gateway(Protocol):
    """The way out to X."""

    async def send(self, entry: OutboxEntry) -> MessageId:
        """Send one message; X's id for it.

        Raises:
            RateLimited: Nothing was sent; see `resets_at`.
            RejectedByX: Nothing was sent; repeating is pointless.
            SendUncertain: X may have it.
            XApiUnavailable: Nothing was sent; repeating is safe.
        """
        ...

    async def sent_page(self, account_id: UserId, *, baseline: int, cursor: str = "") -> SentPage:
        """List what an account has sent above a position, one call of X a page.

        Raises:
            SendError: X did not answer; nothing is known.
        """
        ...

    async def check(self, account_id: UserId) -> None:
        """Find out whether X takes an account's credentials, by one call that changes nothing.

        Raises:
            RejectedByX: It does not.
            SendError: X did not answer; nothing is known.
        """
        ...

    def learned(self, account_id: UserId, route: str) -> Standing | None:
        """Give what X has said about a window since this was last asked, where it is news."""
        ...


class Decider(Protocol):
    """Decides turns: a bot's process, or a test's function."""

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of activities it wants to be asked about, beside messages and timers.

        As in `roost.model.activities.ACTIVITY_TYPES`. May change while it runs.
        """
        ...

    def decide(self, turn: Turn) -> AsyncGenerator[Progress]:
        """Hand over what should happen, piece by piece.

        The caller commits each `Progress` before it resumes the generator. The last one is
        `final`. The generator may be closed at any point.

        Raises:
            DeciderLost: The process behind it is gone; the turn is to be redone.
            HandlerFailed: The decider's own code raised; redoing it would raise again.
        """
        ...
