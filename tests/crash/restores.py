"""A backup made under load, put in the database's place later: nothing is sent or answered twice.

`python -m tests.crash.restores --rounds 20` runs it by itself, `make crash` as a test. What is
counted is what X has, in the simulator's truth log.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash import bots, lives
from tests.crash.lives import Nursery
from tests.crash.places import in_memory
from tests.crash.seeds import FAULTY, seed
from tests.crash.stage import NotSettled, Stage, stage

from roost import settings as configuration
from roost.service import restoring
from roost.service.clock import SystemClock
from roost.testing import ledger, ledger_database
from roost.testing.ledger_database import typed
from roost.testing.ledger_truth import Truth

SOON = {"ROOST_CONFIRM_GAP_S": "0.3", "ROOST_SWEEP_EVERY_S": "60"}
BURST = 6
"""Messages written at once; there are as many bursts before the backup as after it."""

STILL_HOLD = {"L1:", "L2:", "L5:", "L8:", "L9:"}
"""Invariants that hold after a restore too: everything X lists is stored, nothing is in doubt."""

_OPEN_GAPS = "SELECT count(*) FROM gaps WHERE state = 'open'"
_STATES = (
    "SELECT 'sends ' || state, count(*) FROM outbox WHERE state <> 'sent' GROUP BY state"
    " UNION ALL SELECT 'events ' || state, count(*) FROM events"
    " WHERE state <> 'done' GROUP BY state"
)


@dataclass
class Tally:
    """What a run has done and found.

    Attributes:
        n_asked: How many messages customers have written.
        in_backups: How many sends and events were not at their end in the backups, by state.
        n_forgotten: How many answers X had that a backup did not know of.
        faults: What was answered too often or too rarely.
    """

    n_asked: int = 0
    in_backups: Counter[str] = field(default_factory=Counter[str])
    n_forgotten: int = 0
    faults: list[str] = field(default_factory=list[str])

    def lines(self) -> Iterator[str]:
        """Say it."""
        states = ", ".join(f"{name} {n}" for name, n in sorted(self.in_backups.items()))
        yield f"asked {self.n_asked} times; unfinished in the backups: {states or 'nothing'}"
        yield f"{self.n_forgotten} answers were sent that the backups did not know of"
        yield from self.faults
        yield f"{len(self.faults)} faults"


async def run(n: int, seeded: int) -> Tally:
    """Restore a backup so many times, each in a world of its own."""
    dice, tally = random.Random(seeded), Tally()
    with in_memory() as folder:
        async with lives.nursery(folder / "log") as nursery:
            for number in range(n):
                place = folder / str(number)
                place.mkdir()
                async with stage(place, dice, SOON) as on:
                    await _round(nursery, on, place / "backup.db", tally)
    return tally


async def _round(nursery: Nursery, on: Stage, backup: Path, tally: Tally) -> None:
    settings = configuration.load(
        environ={**on.environment, "ROOST_BOTS": bots.REFERENCE}, bots=(bots.REFERENCE,)
    )
    async with nursery.life(on.connecting):
        await on.until_connected()
    async with nursery.life(on.environment):
        for _ in range(on.dice.randrange(1, 4)):
            on.write(BURST)
            await asyncio.sleep(on.dice.uniform(0, 0.1))
        await on.until(lambda: len(on.truth().acknowledged) >= BURST, "some have arrived")
        on.write(BURST)
        await restoring.back_up(settings, backup)
        on.write(BURST)
        await on.until_settled()
    known = ledger_database.opened(backup)
    tally.in_backups.update(dict(typed(known, _STATES, tuple[str, int])))
    sent = {one for (one,) in typed(known, "SELECT message_id FROM messages", tuple[str])}
    tally.n_forgotten += sum(one.message_id not in sent for one in on.truth().sent)
    on.write(BURST)  # nobody is there
    await restoring.restore(settings, backup, SystemClock())
    try:
        async with nursery.life(on.environment):
            await on.until(lambda: _is_listed(on), "everything is listed")
            on.write(BURST)
            await on.until_settled()
    except* NotSettled as errors:
        tally.faults += map(str, errors.exceptions)
    tally.n_asked += on.written
    truth = on.truth()
    tally.faults += _faults(truth)
    # The others are about what a database has known all along.
    tally.faults += [one for one in ledger.broken(truth, on.database) if one[:3] in STILL_HOLD]


def _is_listed(on: Stage) -> bool:
    ((n,),) = typed(ledger_database.opened(on.database), _OPEN_GAPS, tuple[int])
    return n == 0


def _faults(truth: Truth) -> Iterator[str]:
    """Say what X has been sent too often, and what too rarely; each text was asked once."""
    due = Counter((one.sender_id, bots.answer_to(one.text)) for one in truth.received)
    sent = Counter((one.recipient_id, one.text) for one in truth.sent)
    for customer, text in sorted(due.keys() | sent.keys()):
        n, wanted = sent[customer, text], due[customer, text]
        if n != wanted:
            yield f"L3: {text!r} was sent to {customer} {n} times, due {wanted}"


def main() -> int:
    """Run from the command line; `FAULTY` where X was sent something too often or too rarely."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    tally = asyncio.run(run(given.rounds, seed()))
    print("\n".join(tally.lines()))
    return FAULTY if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
