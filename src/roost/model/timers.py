"""Timers: a conversation asks to be woken, once, at a time of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from roost.errors import InvalidTimer
from roost.model import moments

LONGEST_NAME = 100
"""Characters of a timer's name."""

HANDED_BACK = "handed_back"
"""A timer of Roost's own: it fires when people give a conversation back to the bot."""

LONGEST_DATA = 10_000
"""Characters of a timer's data."""

LONGEST_WAIT = timedelta(days=3650)
"""How far ahead `after` may lie."""


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Wake this conversation later: exactly one of `due_at` and `after` says when.

    A conversation has one timer of a name; setting it again replaces time and data. Once it fires
    it is gone.

    Attributes:
        name: 1 to 100 characters.
        due_at: When; aware, of the years 2000 to 2099. A time that has passed fires at once.
        after: How long from the moment the decision is committed, by the service's clock; 0 to
            3650 days.
        data: Comes back with the timer; up to 10,000 characters.

    Raises:
        InvalidTimer: One of these does not hold.
    """

    name: str
    due_at: datetime | None = None
    after: timedelta | None = None
    data: str = ""

    def __post_init__(self) -> None:
        """Check every limit."""
        check_name(self.name)
        if (self.due_at is None) == (self.after is None):
            given = "neither" if self.after is None else "both"
            raise InvalidTimer("time", limit="either due_at or after", value=given)
        if self.due_at is not None:
            _check_time(self.due_at)
        if self.after is not None and not timedelta(0) <= self.after <= LONGEST_WAIT:
            raise InvalidTimer("after", limit="0 to 3650 days", value=self.after)
        if len(self.data) > LONGEST_DATA:
            limit = f"at most {LONGEST_DATA} characters"
            raise InvalidTimer("data", limit=limit, value=f"{len(self.data)}")

    def due(self, *, now: datetime) -> datetime:
        """Give the time it fires if it is set now."""
        return now + (self.after or timedelta(0)) if self.due_at is None else self.due_at


def _check_time(due_at: datetime) -> None:
    if due_at.utcoffset() is None:
        raise InvalidTimer("due_at", limit="a time with a time zone", value=due_at)
    if not moments.may_be_named(due_at):
        raise InvalidTimer("due_at", limit=moments.LIMIT, value=due_at)


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Forget a timer of this conversation; one that has fired or never was is no error.

    Attributes:
        name: As it was set.

    Raises:
        InvalidTimer: No timer can have such a name.
    """

    name: str

    def __post_init__(self) -> None:
        """Check the name."""
        check_name(self.name)


def check_name(name: str) -> None:
    """Refuse what cannot name a timer.

    Raises:
        InvalidTimer: It is empty or too long.
    """
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidTimer("name", limit=f"1 to {LONGEST_NAME} characters", value=f"{len(name)}")
