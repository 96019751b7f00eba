"""How often what goes wrong in a run of sends, and what the run has done and found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Often:
    """How often what happens, from 0 to 1.

    Attributes:
        fault: A send is struck by a fault.
        by_hand: A person writes what the bot writes too.
        is_limited: Whether X allows as many calls as it really does, instead of any number.
    """

    fault: float = 0.3
    by_hand: float = 0.0
    is_limited: bool = False


@dataclass
class Tally:
    """What a run has done and found."""

    asked: int = 0
    leases_lost: int = 0
    forgeries: tuple[int, int] = (0, 0)
    struck: Counter[str] = field(default_factory=Counter[str])
    seen: Counter[str] = field(default_factory=Counter[str])
    hours: float = 0.0
    faults: list[str] = field(default_factory=list[str])

    def add(self, other: Tally) -> None:
        """Add what was done and found in another world."""
        self.asked += other.asked
        self.leases_lost += other.leases_lost
        self.forgeries = tuple(map(sum, zip(self.forgeries, other.forgeries, strict=True)))
        self.struck += other.struck
        self.seen += other.seen
        self.hours += other.hours
        self.faults += other.faults

    def lines(self) -> Iterator[str]:
        """Say it."""
        by_name = ", ".join(f"{name} {n}" for name, n in sorted(self.struck.items()))
        yield f"asked {self.asked} times in {self.hours:.1f} virtual hours; struck: {by_name}"
        forged, taken = self.forgeries
        yield f"{self.leases_lost} leases lost; {forged} deliveries forged, {taken} taken"
        yield "ledger: " + ", ".join(f"{name} {n}" for name, n in sorted(self.seen.items()))
        yield from self.faults[:20]
        yield f"{len(self.faults)} faults"
