"""Public replies, many of them struck by a fault, in virtual time, and then the ledger.

`python -m tests.crash.posts --posts 300` runs it by itself, `make crash` as a test. Customers call
on an account several at a time, so that what X refuses as a repeat of the latest Post is not all
there is to keep one from being posted twice.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import sys
from collections import Counter
from pathlib import Path

import msgspec
import structlog
from tests.crash import sends
from tests.crash.places import in_memory
from tests.crash.seeds import FAULTY, seed
from tests.crash.sends import ACCOUNTS, APP, N_CUSTOMERS, Line
from tests.crash.tally import Tally
from tests.crash.x_faults import POSTING_FAULTS

from roost.simulator.fault_rules import FaultRule
from roost.testing import ledger, virtual_time

MOST_AT_ONCE = 6
"""Mentions at the same moment."""

STRUCK = "F45 to F50, of Posts"


def run(n: int, seeded: int, often: float = 0.3) -> Tally:
    """Have so many mentions answered in public, and check the ledger.

    Args:
        n: How many mentions there are.
        seeded: The seed of who calls when, and of what goes wrong.
        often: How large a part of the Posts is struck, from 0 to 1.
    """
    with in_memory() as folder:
        return virtual_time.run(_world(folder, n, random.Random(seeded), often))


async def _world(folder: Path, n: int, dice: random.Random, often: float) -> Tally:
    async with sends.line(folder, dice) as one:
        _fail(one, often, dice)
        while one.asked < n:
            for _ in range(min(dice.randrange(2, MOST_AT_ONCE), n - one.asked)):
                _call(one, dice)
            await asyncio.sleep(dice.uniform(0, 5))
            await one.lose_leases()
            await asyncio.sleep(dice.uniform(0, 50))
        await one.until_settled()
        log = one.x.simulation.records.ledger.text()
        truth = ledger.read(log, account_id=" ".join(ACCOUNTS), app_id=APP)
        return Tally(
            asked=one.asked,
            leases_lost=one.leases_lost,
            struck=Counter({STRUCK: sum(t.struck for t in one.x.simulation.faults.tallies)}),
            seen=Counter(
                {**ledger.counts(truth, one.database), "Posts of our app": len(truth.posted)}
            ),
            hours=asyncio.get_running_loop().time() / 3_600,
            faults=[*one.decider.overlaps, *ledger.broken(truth, one.database)],
        )


def _call(on: Line, dice: random.Random) -> None:
    """Let a customer call on an account."""
    on.asked += 1
    account, customer = dice.choice(ACCOUNTS), str(3000 + dice.randrange(N_CUSTOMERS))
    name = on.x.simulation.world.users[account].screen_name
    on.x.act(customer, "post", kind="mention", to=account, text=f"@{name} no {on.asked}")


def _fail(on: Line, often: float, dice: random.Random) -> None:
    """Let faults strike so large a part of all Posts."""
    each = 1 - (1 - often) ** (1 / len(POSTING_FAULTS))
    rules = [
        {**rule, "probability": each, "seed": dice.randrange(10**9)} for rule in POSTING_FAULTS
    ]
    on.x.simulation.faults.put(msgspec.convert(rules, list[FaultRule]))


def main() -> int:
    """Run from the command line; `FAULTY` where the ledger found a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=300)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    tally = run(given.posts, seed())
    print("\n".join(tally.lines()))
    return FAULTY if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
