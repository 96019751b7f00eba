"""A few sends, in virtual time, struck by faults of one kind, and then the ledger."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import msgspec
from tests.crash import sends
from tests.crash.places import in_memory
from tests.crash.tally import Tally

from roost.simulator.fault_rules import FaultRule
from roost.testing import ledger, virtual_time


@dataclass(frozen=True, slots=True)
class Striking:
    """How faults strike.

    Attributes:
        n: How many messages customers write.
        ends_after: Virtual time until the faults are taken away; `None` for never.
        often_by_hand: How often a person writes what the bot writes too.
    """

    n: int = 60
    ends_after: timedelta | None = None
    often_by_hand: float = 0.0


def strike(rules: Sequence[Mapping[str, object]], seeded: int, how: Striking) -> Tally:
    """Let certain faults strike while a few customers write, and check the ledger.

    Args:
        rules: As the simulator takes them.
        seeded: The seed of what is written, and of what is struck.
        how: How much is written, and when the faults end.
    """
    dice = random.Random(seeded)
    with in_memory() as folder:
        return virtual_time.run(_struck(folder, rules, dice, how))


async def _struck(
    folder: Path, rules: Sequence[Mapping[str, object]], dice: random.Random, how: Striking
) -> Tally:
    async with sends.line(folder, dice) as one:
        one.often_by_hand = how.often_by_hand
        faults = one.x.simulation.faults
        faults.put(msgspec.convert(rules, list[FaultRule]))
        while one.asked < how.n:
            for _ in range(min(dice.randrange(1, sends.MOST_AT_ONCE), how.n - one.asked)):
                one.ask(dice)
            await asyncio.sleep(dice.uniform(0, 20))
            one.write_by_hand()
        if how.ends_after is not None:
            await asyncio.sleep(how.ends_after.total_seconds())
        struck = Counter({tally.rule.effect: tally.struck for tally in faults.tallies})
        if how.ends_after is not None:
            faults.clear()
        await one.until_settled()
        truth = one.truth()
        seen = Counter(ledger.counts(truth, one.database))
        return Tally(one.asked, struck=struck, seen=seen, faults=ledger.broken(truth, one.database))
