"""Attempts to get in, as a transaction sees them; all processes count them together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Shut:
    """Somebody has tried too often.

    Attributes:
        until: When the next attempt is let through.
    """

    until: datetime


class AttemptRows(Protocol):
    """The `attempts` table inside a transaction."""

    async def begin(self, name: str, *, at: datetime) -> int | Shut:
        """Count an attempt, unless the name is shut.

        Of attempts at the same time each sees those before it: counting comes before checking.

        Args:
            name: Whose attempts these are, such as a hash of login and address.
            at: Now.

        Returns:
            How many there were since the last success, this one among them; or until when none
            is let through, and nothing was counted.
        """
        ...

    async def shut(self, name: str, *, until: datetime) -> None:
        """Let no further attempt through before a time."""
        ...

    async def forget(self, name: str) -> None:
        """Forget every attempt under a name."""
        ...

    async def keep(self, *, most: int, since: datetime) -> None:
        """Forget names last tried before a time, and of the others all but the latest `most`."""
        ...
