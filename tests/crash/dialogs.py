"""Every example killed at every point of its journal, and after every commit of its turns.

`python -m tests.crash.dialogs` walks them all, `--postgresql` on that database; names choose. One
application's life ends at a point, the next one goes on, comes to the end of that customer's story,
and dies at the next point of another's.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field

from tests.crash import hosts, lives, servers, stories, telling
from tests.crash.hosts import ENDED, KINDS, POINT
from tests.crash.lives import Nursery
from tests.crash.places import in_memory
from tests.crash.seeds import FAULTY
from tests.crash.telling import Theatre, Told


@dataclass
class Walk:
    """What came of an example.

    Attributes:
        example: Its name.
        journal: Its points, as the undisturbed run wrote them.
        length: How long its dialogs' journals were when they ended there, what the database gave
            back of them included.
        n_points: How many places of each kind the undisturbed run passed.
        n_kills: How often it was killed at them.
        faults: What differed from the undisturbed run.
    """

    example: str
    journal: Sequence[str] = ()
    length: int = 0
    n_points: dict[str, int] = field(default_factory=dict[str, int])
    n_kills: Counter[str] = field(default_factory=Counter[str])
    faults: list[str] = field(default_factory=list[str])

    def line(self) -> str:
        """Say it."""
        kills = (f"{self.n_kills[kind]} of {n} at {kind}" for kind, n in self.n_points.items())
        return (
            f"{self.example}: a journal of {self.length} points, {len(self.journal)} written;"
            f" killed {', '.join(kills)}; {len(self.faults)} faults"
        )


async def walk(nursery: Nursery, at: Theatre, kinds: Sequence[str], every: int = 1) -> Walk:
    """Kill an application at the points of one example.

    Args:
        nursery: Begins lives.
        at: Where; nobody has been there.
        kinds: At what: `POINT`, `DECIDED`, `COMMITTED`.
        every: 1 for each point, 3 for every third.

    Raises:
        NotSettled: A story did not come to its end.
    """
    found, teller = Walk(at.example), at.teller()
    async with at.living(nursery) as living:
        story, undisturbed = await teller.tell()
        found.journal = hosts.passed(at.folder, story, POINT)
        found.length = sum(map(int, hosts.passed(at.folder, story, ENDED)))
        for kind in kinds:
            found.n_points[kind] = len(hosts.passed(at.folder, story, kind))
            for n in range(1, found.n_points[kind] + 1, every):
                before = living.n_killed
                _, told = await teller.tell(kind, n, undisturbed.counts)
                found.n_kills[kind] += living.n_killed - before
                if told != undisturbed:
                    difference = _difference(undisturbed, told)
                    found.faults.append(f"{at.example}, {kind} {n}: {difference}")
    return found


def _difference(wanted: Told, told: Told) -> str:
    pairs = itertools.zip_longest(
        [*wanted.transcript, *wanted.standing], [*told.transcript, *told.standing]
    )
    return next((f"{one!r} became {other!r}" for one, other in pairs if one != other), "as it was")


async def once(nursery: Nursery, at: Theatre) -> Told:
    """Tell an example's story undisturbed, and give how it ends.

    Raises:
        NotSettled: It did not come to its end.
        LookupError: What the customer was to tap was never offered.
    """
    async with at.living(nursery):
        _, told = await at.teller().tell()
    return told


async def run(
    examples: Sequence[str],
    kinds: Sequence[str] = KINDS,
    *,
    databases: Sequence[str] = (),
    every: int = 1,
    on_walk: Callable[[Walk], None],
) -> None:
    """Walk several examples.

    Args:
        examples: Their names.
        kinds: At what to kill.
        databases: A DSN for each; none for SQLite.
        every: 1 for each point.
        on_walk: Told of each.
    """
    with in_memory() as folder:
        async with lives.nursery(folder / "log") as nursery:
            for number, example in enumerate(examples):
                database = databases[number] if databases else ""
                async with telling.theatre(folder / example, example, database=database) as at:
                    try:
                        on_walk(await walk(nursery, at, kinds, every))
                    except BaseException as error:
                        error.add_note(nursery.printed())
                        raise
                shutil.rmtree(folder / example)


def main() -> int:
    """Run from the command line; `FAULTY` where something differed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("examples", nargs="*", default=[*stories.STORIES])
    parser.add_argument("--postgresql", action="store_true")
    chosen = parser.parse_args()
    walks: list[Walk] = []

    def say(walked: Walk) -> None:
        walks.append(walked)
        print(walked.line(), *walked.faults, sep="\n  ", flush=True)

    with ExitStack() as stack:
        n = len(chosen.examples)
        server = servers.served(os.environ, n) if chosen.postgresql else nullcontext(())
        databases = stack.enter_context(server)
        asyncio.run(run(chosen.examples, databases=databases, on_walk=say))
    return FAULTY if any(one.faults for one in walks) else 0


if __name__ == "__main__":
    sys.exit(main())
