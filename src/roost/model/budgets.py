"""How many calls X still allows, as pure arithmetic on windows; the store keeps the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum

SEND, LIST, POST = "dm.events.new", "dm.events.list", "statuses.update"
"""The routes whose calls are counted, by the names X's tables have for them."""

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""The end of a window that has never begun."""

UNDER_WAY = timedelta(seconds=60)
"""How much later than ours X's window may begin: a call may wait and travel half a minute."""

FREE_REPLIES = 5
"""Replies to a customer's message that X does not count; each message received gives all anew.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/sending-and-receiving (archived).
"""

FREE_FOR = timedelta(hours=24)
"""How long after that message they are free; source as for `FREE_REPLIES`."""

LARGEST_BLOCK = 20
"""Most calls of an app's budget that an account leases at once."""

NO_MORE = -1
"""In place of leased calls: the app has none left."""


class Purpose(Enum):
    """What a call is for, and how many hundredths of a window are kept from it for others.

    The last tenth of what may be sent is for people: a bot must not leave an agent without a
    message. A third of the listings is for finding out what became of a message.
    """

    AGENT = ("agent", 0)
    NOTICE = ("notice", 5)
    BOT = ("bot", 10)
    RECONCILE = ("reconcile", 0)
    BACKFILL = ("backfill", 33)
    SIGNAL = ("signal", 0)

    @property
    def kept(self) -> int:
        """Hundredths of the window that are kept from this purpose."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Limit:
    """What X documents: so many calls in such a time."""

    most: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class RouteLimits:
    """The limits of one route.

    Attributes:
        user: What one account may do.
        app: What all accounts of an app may do together; `None` where nothing limits them.
    """

    user: Limit
    app: Limit | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What X's headers say about one of its windows.

    Attributes:
        most: Calls the window allows; at least 0.
        remaining: Calls still allowed; 0 to `most`.
        resets_at: When it has begun anew; not too early by any rounding.
    """

    most: int
    remaining: int
    resets_at: datetime


@dataclass(frozen=True, slots=True)
class Granted:
    """The call may be made; it is counted already."""


@dataclass(frozen=True, slots=True)
class OpensAt:
    """The call may not be made before then."""

    when: datetime


@dataclass(frozen=True, slots=True)
class LeaseWanted:
    """The account has nothing left of its app's budget and may ask for more."""


Refused = OpensAt | LeaseWanted
"""Why a call may not be made now."""


LONGEST_WINDOW = timedelta(hours=25)
"""Longer than any window of X is counted to last."""


def _is_beyond(when: datetime, now: datetime) -> bool:
    return when - now > LONGEST_WINDOW


@dataclass(frozen=True, slots=True)
class Window:
    """One window of X as we count it: it begins with the first call and is a little longer.

    Attributes:
        most: Calls it allows, as X last said, else as documented.
        used: Calls made in it.
        ends_at: When it ends; the past where none is open.
        shut_until: Until then nothing goes, whatever is left.
    """

    most: int
    used: int = 0
    ends_at: datetime = LONG_AGO
    shut_until: datetime = LONG_AGO

    def at(self, now: datetime) -> Window:
        """Give the window as it is then: a new one, not yet begun, where this one has ended.

        So has one that ends later than any can: the clock was set back after it was counted.
        """
        if _is_beyond(self.shut_until, now):
            return replace(self, shut_until=LONG_AGO).at(now)
        if self.ends_at <= now:
            return replace(self, used=0)
        return replace(self, used=0, ends_at=LONG_AGO) if _is_beyond(self.ends_at, now) else self

    def room(self, purpose: Purpose, now: datetime) -> int:
        """Tell how many calls for a purpose are allowed now."""
        current = self.at(now)
        if now < current.shut_until:
            return 0
        return max(0, self.most - _share(self.most, purpose.kept) - current.used)

    def take(self, n: int, *, length: timedelta, now: datetime) -> Window:
        """Count calls about to be made; with the first of them the window begins."""
        if n == 0:
            return self
        current = self.at(now)
        begins = current.ends_at <= now
        ends_at = now + length + UNDER_WAY if begins else current.ends_at
        return replace(current, used=current.used + n, ends_at=ends_at)

    def opens_at(self, *, length: timedelta, now: datetime) -> datetime:
        """Tell when a window in which there is no room makes room: always later than `now`."""
        current = self.at(now)
        ends_at = max(current.ends_at, current.shut_until)
        return ends_at if ends_at > now else now + length

    def learned(self, standing: Standing, *, length: timedelta, now: datetime) -> Window:
        """Believe X where it allows less than we thought, and where it says how long.

        What X still allows may be more than what we count: calls of ours may be under way. What
        is said of a window that has ended says nothing of this one.
        """
        if standing.resets_at <= now:
            return replace(self, most=standing.most)
        current = self.at(now)
        used = max(current.used, standing.most - standing.remaining)
        ends_at = current.ends_at
        if standing.resets_at <= now + length + UNDER_WAY:
            ends_at = standing.resets_at
        elif ends_at <= now:
            ends_at = now + length
        return replace(self, most=standing.most, used=used, ends_at=ends_at)

    def used_up(self, until: datetime, *, most: int | None) -> Window:
        """Believe X's refusal: nothing is left until then."""
        most = self.most if most is None else most
        return replace(self, most=most, used=most, ends_at=until)

    def shut(self, until: datetime) -> Window:
        """Let nothing go until then: X has refused what should not even have counted."""
        return replace(self, shut_until=max(self.shut_until, until))


@dataclass(frozen=True, slots=True)
class Budget:
    """What an account may still ask of a route.

    Attributes:
        window: Its own.
        leased: Calls it has of its app's budget; -1 where the app has none left.
        lease_ends_at: Until when that holds.
    """

    window: Window
    leased: int = 0
    lease_ends_at: datetime = LONG_AGO

    def spend(
        self, limits: RouteLimits, purposes: Sequence[Purpose], now: datetime
    ) -> tuple[Budget, int, Refused | None]:
        """Count calls, in order, until one may not be made.

        Args:
            limits: Of the route.
            purposes: One for each call wanted, the most important first.
            now: By the clock that people see.

        Returns:
            The budget afterwards, how many calls are granted, and why the next one is not.
        """
        refused: Refused | None = None
        leased, n = 0 if self.lease_ends_at <= now else self.leased, 0
        for purpose in purposes:
            refused = self._objection(limits, purpose, n, now)
            if refused is not None:
                break
            n += 1
        taken = self.window.take(n, length=limits.user.window, now=now)
        return replace(self, window=taken, leased=leased - n if limits.app else leased), n, refused

    def lent(self, n: int, *, until: datetime) -> Budget:
        """Add calls of the app's budget; 0 for none to be had until then."""
        return replace(self, leased=n or NO_MORE, lease_ends_at=until)

    def _objection(
        self, limits: RouteLimits, purpose: Purpose, n: int, now: datetime
    ) -> Refused | None:
        length = limits.user.window
        if self.window.room(purpose, now) <= n:
            begun = self.window.take(n, length=length, now=now)
            return OpensAt(begun.opens_at(length=length, now=now))
        if limits.app is None:
            return None
        if now < self.lease_ends_at and self.leased > n:
            return None
        if now < self.lease_ends_at and self.leased == NO_MORE:
            return OpensAt(self.lease_ends_at)
        return LeaseWanted()


def lend(window: Window, limit: Limit, now: datetime) -> tuple[Window, int, datetime]:
    """Cut a block from an app's window: smaller ones as less is left, so that all get some.

    Returns:
        The window afterwards, the size of the block, 0 where nothing is left, and until when
        that holds.
    """
    room = window.room(Purpose.AGENT, now)
    n = min(LARGEST_BLOCK, -(-room // 8))
    taken = window.take(n, length=limit.window, now=now)
    until = taken.ends_at if n else window.opens_at(length=limit.window, now=now)
    return taken, n, until


def _share(most: int, hundredths: int) -> int:
    """Give a share of a window, rounded up where it is not whole."""
    return -(-most * hundredths // 100)
