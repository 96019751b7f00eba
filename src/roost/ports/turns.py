"""Turns that end together, as a transaction sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from roost.model.turns import Claim


@dataclass(frozen=True, slots=True)
class TurnEnd:
    """How a turn ends.

    Attributes:
        claim: Its claim.
        waiting_since: Since when its conversation waits for another turn; `None` where only what
            came in meanwhile does.
        handled_to: Position of the last message that was dealt with; `None` for none.
    """

    claim: Claim
    waiting_since: datetime | None
    handled_to: int | None


class TurnRows(Protocol):
    """Conversations of several turns at once, each claimed by this process."""

    async def hold(self, claims: Sequence[Claim]) -> Mapping[int, bool]:
        """Hold those conversations that can be held without waiting for anybody.

        Returns:
            By the claim's place, whether its ownership is still the one the claim was made under.
            Left out is what another transaction holds, and what somebody else has claimed since.
        """
        ...

    async def end(self, ends: Sequence[TurnEnd]) -> Sequence[bool]:
        """End the leases of claims that `hold` has given, and tell which wait for another turn."""
        ...
