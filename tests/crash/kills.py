"""SIGKILL, again and again: at random moments, at every probe, and while recovering from it.

`python -m tests.crash.kills --kills 10000` runs it by itself, `make crash` as a test.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

from tests.crash import lives, servers
from tests.crash.lives import Nursery
from tests.crash.places import in_memory
from tests.crash.seeds import FAULTY, seed
from tests.crash.stage import SETTLED_WITHIN, NotSettled, Stage, stage

from roost.ports import PROBES, RECOVERY_PROBES
from roost.testing import ledger

KILLS_PER_ROUND = 30
VARIABLE = "ROOST_CRASH_AT"
NESTED = 5
"""How often a recovery is killed before the next one is let through: at its own steps, and in
between after any time, so that what precedes and follows them is struck too."""

ARRIVALS = 6
"""A probe's first to sixth arrival in a life are each killed at."""

REACHED_WITHIN = 30.0
"""Seconds; a step that is not reached by then is not reached at all."""


class NeverReached(AssertionError):
    """A crash point of the plan was never reached: then nothing was tried there."""


@dataclass(frozen=True, slots=True)
class Kill:
    """One life's end.

    Attributes:
        probe: Where the process kills itself; `""` for a kill from outside.
        arrival: The n-th time the probe is reached.
        after: Otherwise: seconds after the beginning.
        is_nested: Whether the life begins with what an earlier kill has left.
    """

    probe: str = ""
    arrival: int = 1
    after: float = 0.0
    is_nested: bool = False

    @property
    def name(self) -> str:
        """What is counted."""
        return ("nested " if self.is_nested else "") + (self.probe or "random")


def planned(n: int, dice: random.Random, only: str = "") -> Sequence[Kill]:
    """Plan so many kills: every probe's every arrival, chains of nested ones, the rest random.

    Args:
        n: How many.
        dice: Decides.
        only: The one probe to kill at, instead of all that.
    """
    if only:
        return [Kill(only, 1 + number % ARRIVALS) for number in range(n)]
    every = [
        Kill(probe, arrival)
        for arrival in range(1, ARRIVALS + 1)
        for probe in PROBES
        # A start looks through X's list once, or a few times: the first is sure to come.
        if arrival == 1 or not probe.startswith("backfill.")
    ]
    plan = (every * (1 + n // (4 * len(every))))[: n // 2]
    while len(plan) < n:
        plan.append(Kill(after=dice.uniform(0, 0.35)))
    dice.shuffle(plan)
    return _shortened(list(_with_chains(plan, dice)), n)


def _shortened(plan: Sequence[Kill], n: int) -> Sequence[Kill]:
    """Leave out random kills until there are so many; those at a probe all stay."""
    spare = len(plan) - n
    kept: list[Kill] = []
    for kill in plan:
        if spare > 0 and not kill.probe:
            spare -= 1
        else:
            kept.append(kill)
    return kept[:n]


def _with_chains(plan: Sequence[Kill], dice: random.Random) -> Iterator[Kill]:
    for kill in plan:
        yield kill
        if dice.random() < 1 / (2 * NESTED):
            for number in range(NESTED):
                if number % 2:
                    yield Kill(after=dice.uniform(0.02, 0.25), is_nested=True)
                else:
                    yield Kill(dice.choice(RECOVERY_PROBES), is_nested=True)


@dataclass
class Tally:
    """What a run has done and found.

    Attributes:
        points: How often it has killed where.
        n_interrupted: How often while an inheritance of turns or sends was being taken over.
        seen: What the ledger has counted.
        faults: What it has found.
    """

    points: Counter[str] = field(default_factory=Counter[str])
    n_interrupted: int = 0
    seen: Counter[str] = field(default_factory=Counter[str])
    faults: list[str] = field(default_factory=list[str])

    def lines(self) -> Iterator[str]:
        """Say it."""
        yield f"killed {sum(self.points.values())} times: {_said(self.points)}"
        yield f"{self.n_interrupted} recoveries interrupted that had something to recover"
        yield f"ledger: {_said(self.seen)}"
        yield from self.faults
        yield f"{len(self.faults)} faults"


@dataclass(frozen=True, slots=True)
class How:
    """How to kill.

    Attributes:
        probe: The one probe to kill at; `""` for the whole plan.
        patience: Seconds until the application must have recovered by itself.
        databases: DSNs of PostgreSQL databases, one for every thirty kills; none for SQLite.
    """

    probe: str = ""
    patience: float = SETTLED_WITHIN
    databases: Sequence[str] = ()

    def settings(self, number: int) -> Mapping[str, str]:
        """Give the settings of a round by which the application finds its database."""
        return {"ROOST_DATABASE": self.databases[number]} if self.databases else {}


def rounds(n: int) -> int:
    """Give in how many rounds, each with a database of its own, so many kills are made."""
    return -(-n // KILLS_PER_ROUND)


def _silent(tally: Tally) -> None:
    del tally


def _said(counter: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in sorted(counter.items()))


async def run(
    n: int, seeded: int, how: How | None = None, *, on_round: Callable[[Tally], None] = _silent
) -> Tally:
    """Kill an application so many times, and check the ledger after every thirty.

    Args:
        n: How many kills.
        seeded: The seed of the plan; timing is the machine's.
        how: Where to kill, and how long to wait.
        on_round: Told after each check.

    Raises:
        NeverReached: A point of the plan was not reached.
        NotSettled: The application did not recover by itself.
    """
    dice, tally, wanted = random.Random(seeded), Tally(), how or How()
    plan = planned(n, dice, wanted.probe)
    with in_memory() as folder:
        async with lives.nursery(folder / "log") as nursery:
            for number, begin in enumerate(range(0, n, KILLS_PER_ROUND)):
                place = folder / str(number)
                place.mkdir()
                async with stage(place, dice, wanted.settings(number)) as on:
                    on.patience = wanted.patience
                    if number % 3 and not wanted.databases:
                        on.trace_fences()  # otherwise the application makes its database itself
                    with _explained(nursery):
                        await _round(nursery, on, plan[begin : begin + KILLS_PER_ROUND], tally)
                    _judge(on, tally)
                on_round(tally)
                shutil.rmtree(place)
    recoveries = sum(kill.probe in RECOVERY_PROBES for kill in plan)
    if recoveries > NESTED and not tally.n_interrupted:
        tally.faults.append(f"{recoveries} recoveries were killed that had nothing to recover")
    return tally


@contextmanager
def _explained(nursery: Nursery) -> Generator[None]:
    try:
        yield
    except Exception as error:
        error.add_note(nursery.printed())
        raise


async def _round(nursery: Nursery, on: Stage, plan: Sequence[Kill], tally: Tally) -> None:
    try:
        await _connect(nursery, on)
        left = 0
        for kill in plan:
            if await _is_relieved(nursery, on):
                left = on.deaths.note(on.database)
            tally.n_interrupted += left > 0 and kill.probe in RECOVERY_PROBES
            await _one(nursery, on, kill)
            tally.points[kill.name] += 1
            left = on.deaths.note(on.database)
        on.write(3)
        await _settle(nursery, on)
    except* (NotSettled, NeverReached) as errors:
        # What is left then is the ledger's to judge; that it was left is wrong by itself.
        tally.faults += [*map(str, errors.exceptions), *ledger.broken(on.truth(), on.database)]


async def _is_relieved(nursery: Nursery, on: Stage) -> bool:
    """Let a life through if too much is above a send in doubt; whether one was."""
    if on.n_above_doubt() <= ABOVE_DOUBT_AT_MOST:
        return False
    await _settle(nursery, on)
    return True


async def _settle(nursery: Nursery, on: Stage) -> None:
    async with nursery.life(on.environment):
        await on.until_settled()


async def _connect(nursery: Nursery, on: Stage) -> None:
    """Register at X; where the application makes its database, that is interrupted too."""
    for _ in range(NESTED if on.is_fresh else 0):
        async with nursery.life(on.connecting):
            await asyncio.sleep(on.dice.uniform(0, 0.4))
    async with nursery.life(on.connecting):
        await on.until_connected()


async def _one(nursery: Nursery, on: Stage, kill: Kill) -> None:
    environment = dict(on.environment)
    if kill.probe:
        environment[VARIABLE] = f"{kill.probe}:{kill.arrival}"
    on.write(on.dice.randrange(1, 6))
    async with nursery.life(environment) as life:
        if kill.probe:
            await _until_reached(on, kill, life)
        elif kill.is_nested:
            await asyncio.wait([life.ended], timeout=kill.after)
        else:
            await _calm(on, life)
            on.write(on.dice.randrange(2, 9))
            await asyncio.wait([life.ended], timeout=kill.after)
        if life.ended.done() and life.ended.result() != signal.SIGKILL:
            raise NotSettled("an application ended by itself")


async def _calm(on: Stage, life: lives.Life) -> None:
    """Let what earlier kills have left be handled: no event is tried for ever."""
    async with asyncio.TaskGroup() as tasks:
        handled = tasks.create_task(on.until_handled())
        await asyncio.wait([handled, life.ended], return_when=asyncio.FIRST_COMPLETED)
        handled.cancel()


BEHIND_AT_MOST = 40
"""More messages than this the application need not be behind to reach a step. Written without end,
while it begins on a slow machine, they would be more than X lists in the pages that may be asked
for: then what a send came to is left to a person, rightly, and the run waits in vain."""


ABOVE_DOUBT_AT_MOST = 200
"""More messages than this the account need not have above a send in doubt, before a kill. One life
has to look for it twice, and each may be killed before; in short lives written on all the while,
they too would be more than X lists in those pages. So a life is let through first."""


async def _until_reached(on: Stage, kill: Kill, life: lives.Life) -> None:
    try:
        async with asyncio.timeout(REACHED_WITHIN):
            while not life.ended.done():
                await asyncio.wait([life.ended], timeout=0.1)
                on.write(0 if life.ended.done() or on.n_behind() > BEHIND_AT_MOST else 2)
    except TimeoutError as error:
        raise NeverReached(f"{kill.probe}, arrival {kill.arrival}; {on.state()}") from error


def _judge(on: Stage, tally: Tally) -> None:
    truth = on.truth()
    tally.faults += ledger.broken(truth, on.database)
    tally.seen.update(ledger.counts(truth, on.database))


def main() -> int:
    """Run from the command line; `FAULTY` where the ledger found a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--postgresql", action="store_true", help="instead of SQLite")
    parser.add_argument(
        "--probe",
        choices=(*PROBES, *RECOVERY_PROBES),
        default="",
        help="kill here and nowhere else",
    )
    parser.add_argument("--patience", type=float, default=SETTLED_WITHIN, help="in seconds")
    given = parser.parse_args()

    told: list[str] = []

    def progress(tally: Tally) -> None:
        news = tally.faults[len(told) :]
        told.extend(news)
        print(f"{sum(tally.points.values())} kills, {len(told)} faults", flush=True)
        for fault in news:
            print(fault, flush=True)

    n = rounds(given.kills) if given.postgresql else 0
    with servers.served(os.environ, n) if n else nullcontext(()) as databases:
        how = How(given.probe, given.patience, databases)
        tally = asyncio.run(run(given.kills, seed(), how, on_round=progress))
    print("\n".join(tally.lines()))
    return FAULTY if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
