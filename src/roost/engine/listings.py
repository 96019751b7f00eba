"""What X's list of sent messages proves, and how often each attempt was looked for in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from roost.model.events import MessageSent
from roost.model.ids import MAX_POSITION
from roost.model.outbound import OutboxEntry
from roost.ports import SentPage


@dataclass(slots=True)
class Listing:
    """What the pages of one listing have shown, the newest first.

    One page may serve many attempts: what it proves of one depends on how far down that one began.

    Attributes:
        sent: What the account has sent.
        reached: The position down to which all of it is there.
        unread: Positions of what may be the account's, and could not be read.
        is_cut_off: Whether X could not be asked for a page that was wanted.
    """

    sent: list[MessageSent] = field(default_factory=list[MessageSent])
    reached: int = MAX_POSITION
    unread: list[int] = field(default_factory=list[int])
    is_cut_off: bool = False

    def add(self, page: SentPage) -> None:
        """Add the next page."""
        self.sent += page.messages
        self.unread += page.unread
        self.reached = min(self.reached, page.reached)

    def here(self, entry: OutboxEntry) -> Sequence[MessageSent]:
        """Give what was sent into the conversation of an entry."""
        return [one for one in self.sent if one.conversation_id == entry.conversation_id]

    def has_looked_for(self, entry: OutboxEntry) -> bool:
        """Tell whether an attempt was looked for as far down as will ever be done."""
        return not self.is_cut_off or self._has_reached(entry)

    def is_whole_for(self, entry: OutboxEntry) -> bool:
        """Tell whether an attempt's absence from it is proof: all above its baseline is read."""
        is_read = all(position <= entry.baseline for position in self.unread)
        return is_read and self._has_reached(entry)

    def _has_reached(self, entry: OutboxEntry) -> bool:
        return self.reached <= entry.baseline


class Listings:
    """How often each attempt was looked for, and when last.

    Args:
        waits: When to look for one after it ended, in rising order.
    """

    def __init__(self, waits: Sequence[timedelta]) -> None:
        self._waits = tuple(waits)
        self._done: dict[tuple[str, int, int], tuple[int, datetime]] = {}
        self._ended: dict[tuple[str, int, int], datetime] = {}

    def keep(self, entries: Sequence[OutboxEntry], now: datetime) -> None:
        """Forget all attempts but these.

        None ended, or was looked for, later than now: where the clock was set back since, that is
        counted from now on.
        """
        ended = self._ended
        self._ended = {
            key: min(ended.get(key, one.ended_at or one.attempted_at), now)
            for key, one in ((attempt_of(entry), entry) for entry in entries)
        }
        self._done = {
            key: (n, min(last, now)) for key, (n, last) in self._done.items() if key in self._ended
        }

    def ended_at(self, entry: OutboxEntry) -> datetime:
        """Tell when an attempt ended, or since when that is counted."""
        return self._ended[attempt_of(entry)]

    def is_due(self, entry: OutboxEntry, now: datetime) -> bool:
        """Tell whether an attempt is to be looked for: old enough, and not just looked for."""
        ended = self._ended[attempt_of(entry)]
        n, last = self._done.get(attempt_of(entry), (0, ended))
        n = min(n, len(self._waits) - 1)
        gap = self._waits[n] - self._waits[n - 1] if n else self._waits[0]
        return now - ended >= self._waits[n] and now - last >= gap

    def count(self, entry: OutboxEntry, now: datetime) -> None:
        """Note that an attempt was looked for."""
        n, _ = self._done.get(attempt_of(entry), (0, now))
        self._done[attempt_of(entry)] = n + 1, now

    def are_over(self, entry: OutboxEntry) -> bool:
        """Tell whether an attempt was looked for as often as it ever will be."""
        n, _ = self._done.get(attempt_of(entry), (0, entry.attempted_at))
        return n >= len(self._waits)


def attempt_of(entry: OutboxEntry) -> tuple[str, int, int]:
    """Name an attempt: no other one has ever the same account, entry and number."""
    return entry.account_id, entry.outbox_id, entry.attempt
