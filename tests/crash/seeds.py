"""How a run begins and ends: its seed, printed so that it can be had again, and its exit status."""

from __future__ import annotations

import os
import random

FAULTY = 3
"""Exit status of a run after which an invariant did not hold; 1 is Python's for anything else."""

VARIABLE = "CRASH_SEED"

IN_CI = 20_261_122
"""The seed where `CI` is set, as continuous integration does."""


def seed() -> int:
    """Give the seed the environment names, else a new one, in CI always the same; say which.

    A CI run is to tell what a change did, so that luck has no part in it as far as can be helped;
    new seeds are tried at every desk and by `make crash-long`.

    What follows from it is the same each time: which crash points, faults and cuts are tried, in
    which order. When exactly a process is struck is up to the machine.
    """
    chosen = int(os.environ.get(VARIABLE, "0")) or (
        IN_CI if "CI" in os.environ else random.SystemRandom().randrange(1, 10**6)
    )
    print(f"seed {chosen}; repeat with {VARIABLE}={chosen}", flush=True)
    return chosen
