"""Clock, steps of the line, X, and whoever decides: what is neither data nor code of the core."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from roost.model.budgets import Standing
from roost.model.decisions import Signal
from roost.model.events import MessageSent
from roost.model.ids import MessageId, UserId
from roost.model.media import MediaFile
from roost.model.opting import OptOut
from roost.model.outbound import OutboxEntry
from roost.model.turns import Progress, Turn
from roost.model.uploads import Uploaded

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

RECOVERY_PROBES = (
    "recovery.begun",  # work of a process that is gone is looked for, nothing inherited yet
    "recovery.leased",  # turns are inherited, sends not, nothing of it committed
    "recovery.ended",  # inherited and committed, nothing of it begun anew
)
"""Points a start passes, while it takes over what an earlier life has left."""

PROBES_OF_MEDIA = (
    "media.uploading",  # an upload taken, X not yet told of it
    "media.uploaded",  # X has answered, its id of the file not yet recorded
    "media.recorded",  # its id recorded, the message not yet begun
)
"""Likewise, where a message carries a file."""


class Clock(Protocol):
    """Time as people see it."""

    def now(self) -> datetime:
        """Give the time now, aware and in UTC."""
        ...


class Probe(Protocol):
    """Marks steps of the line. Does nothing in production."""

    def at(self, name: str) -> None:
        """Mark a step that has been reached: one of `PROBES`, of recovery or of media."""
        ...


@dataclass(frozen=True, slots=True)
class SentPage:
    """One page of what an account has sent, newest first.

    Attributes:
        messages: Those above the baseline that was asked for.
        next_cursor: Where the next page begins; `""` where the baseline has been reached.
        reached: The position down to which this page shows what there is; 0 where X has no more.
        unread: Positions above the baseline of what may be the account's, and could not be read:
            what is not among the messages may be there all the same.
    """

    messages: Sequence[MessageSent]
    next_cursor: str = ""
    reached: int = 0
    unread: Sequence[int] = ()


class Gateway(Protocol):
    """The way out to X."""

    async def send(self, entry: OutboxEntry) -> MessageId:
        """Send one message; X's id for it.

        Raises:
            RateLimited: Nothing was sent; see `resets_at`.
            RejectedByX: Nothing was sent; repeating is pointless.
            SendUncertain: X may have it; also whenever something happens that nobody foresaw.
            Unsendable: Nothing was sent, as no request can be made of the message.
            XApiUnavailable: Nothing was sent; repeating is safe.
        """
        ...

    async def upload(self, account_id: UserId, file: MediaFile) -> Uploaded:
        """Have X hold a file, so that any number of the account's messages may carry it.

        Nothing reaches a customer by it, so whatever fails may be repeated. The caller says how
        long it may take, by cancelling it.

        Raises:
            MediaUnusable: The file is not what it was any more, or X cannot take it.
            RateLimited: X has it not; see `resets_at`.
            RejectedByX: X has it not; repeating is pointless.
            XApiUnavailable: X may have it, under an id that nobody knows; repeating is safe.
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

    async def show(self, account_id: UserId, customer_id: UserId, signal: Signal) -> None:
        """Show a customer that the account types, or has read. Repeating does no harm.

        Raises:
            RateLimited: Nothing was shown; see `resets_at`.
            SendError: Nothing is known; it is not worth repeating.
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

    @property
    def opt_out(self) -> OptOut:
        """The words that are heeded even while people have the conversation. May change, too."""
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
