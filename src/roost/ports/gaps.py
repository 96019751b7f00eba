"""Spans of time in which something may have passed us by, and until when nothing has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from roost.model.ids import UserId


class GapKind(StrEnum):
    """Why an account's messages are listed.

    `OUTAGE`: deliveries may have been missed. `ASKED`: a person wants it. `SWEEP`: now and then,
    because X may lose a delivery and nobody would know. `HISTORY`: an account's first connection.
    """

    OUTAGE = "outage"
    ASKED = "asked"
    SWEEP = "sweep"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class NewGap:
    """A gap to be opened.

    Attributes:
        account_id: Whose messages may be missing.
        kind: Why they are listed.
        reason: The same for people, for example `webhook invalid`.
        begun_at: Nothing older than this is missing because of it.
        ended_at: From here on, deliveries arrive again.
    """

    account_id: UserId
    kind: GapKind
    reason: str
    begun_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """An open gap and how far closing it has come. Listing goes from new to old.

    Attributes:
        account_id: Whose messages may be missing.
        gap_id: Ours; sorts by when it was opened.
        kind: Why they are listed.
        reason: The same for people.
        opened_at: When it was written down.
        begun_at: Where it begins.
        ended_at: Where it ends.
        due_at: When to go on.
        passes: How often listing has begun from the newest message.
        cursor: X's cursor of the next page; `""` where the next page is the first of a pass.
        pass_begun_at: When the pass under way, or the last one, began; `None` before the first.
        reached_at: Time of the oldest message the pass has seen; `None` where it has seen none.
        n_pages: Pages listed, in all passes.
        n_listed: Messages on them.
        n_new: Those of them that were not known.
        n_new_in_pass: Those of the pass under way that were not known and lie in the gap.
        trouble: What went wrong last; `""` while all is well.
        unlisted_to: Everything older than this is beyond what X lists; `None` while nothing is.
    """

    account_id: UserId
    gap_id: str
    kind: GapKind
    reason: str
    opened_at: datetime
    begun_at: datetime
    ended_at: datetime
    due_at: datetime
    passes: int = 0
    cursor: str = ""
    pass_begun_at: datetime | None = None
    reached_at: datetime | None = None
    n_pages: int = 0
    n_listed: int = 0
    n_new: int = 0
    n_new_in_pass: int = 0
    trouble: str = ""
    unlisted_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class LastSeen:
    """What is known of an account's connection to X.

    Attributes:
        connected_at: When the account was first connected; what is older is history.
        ok_at: Until then everything has arrived or lies in a gap that is written down.
        swept_at: When it was last listed although nothing was amiss.
    """

    connected_at: datetime
    ok_at: datetime
    swept_at: datetime


@dataclass(frozen=True, slots=True)
class KnownMessages:
    """Which of a page's messages are stored.

    Attributes:
        stored: Their ids, however they came.
        settled: Those of them that do not wait for the end of a pass. Only they prove that a pass
            has reached what was known before it began.
    """

    stored: frozenset[str]
    settled: frozenset[str]


class GapRows(Protocol):
    """The `gaps` and `last_seen` tables inside a transaction."""

    async def last_seen(self, account_id: UserId) -> LastSeen | None:
        """Give what is known of an account; `None` for one that was never connected."""
        ...

    async def meet(self, account_id: UserId, at: datetime) -> None:
        """Write down that an account is connected for the first time; a known one stays."""
        ...

    async def put_right(self, now: datetime) -> bool:
        """Take back times that lie ahead, which a wrong clock has written; whether there were."""
        ...

    async def note_ok(self, accounts: Sequence[UserId], at: datetime) -> None:
        """Say that everything up to a time has arrived or lies in a gap. Never goes back."""
        ...

    async def note_swept(self, account_id: UserId, *, before: datetime, at: datetime) -> bool:
        """Say that an account is listed now; false where another process has said so before.

        Args:
            account_id: Which.
            before: `LastSeen.swept_at` as it was read.
            at: Instead of that.
        """
        ...

    async def open(self, gap: NewGap, *, at: datetime) -> None:
        """Open a gap, due at once; one of the same kind that nobody has begun on is widened."""
        ...

    async def claim_due(self, now: datetime, limit: int) -> Sequence[Gap]:
        """Give gaps to go on with, most urgent kind first, and keep other processes off them.

        An account whose listing stands in the middle of a pass, or is held by another process that
        lives, gives no other gap to begin on, so that what one pass holds back is not let go by
        another. While another process claims, there are none. A gap whose pass begins counts it.
        """
        ...

    async def known(self, account_id: UserId, message_ids: Sequence[str]) -> KnownMessages:
        """Tell which messages are stored, whoever wrote them."""
        ...

    async def save(self, gap: Gap) -> None:
        """Write down how far a gap has come, all but where it begins, and give it back."""
        ...

    async def close(self, gap: Gap, *, at: datetime) -> None:
        """Close a gap. A sweep that found nothing leaves no row."""
        ...

    async def release(self, account_id: UserId, *, at: datetime) -> int:
        """Let what passes have held back be filed, in the order X has it; how many events."""
        ...

    async def latest(self, account_id: UserId, kind: GapKind) -> tuple[Gap, bool] | None:
        """Give an account's latest gap of a kind, and whether it is open; `None` for none."""
        ...

    async def open_gaps(self) -> Sequence[Gap]:
        """Give every open gap, oldest first."""
        ...
