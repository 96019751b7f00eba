"""The seed of a run, printed so that the run can be had again."""

from __future__ import annotations

import os
import random

VARIABLE = "ROOST_CRASH_SEED"


def seed() -> int:
    """Give the seed the environment names, else a new one; say which.

    What follows from it is the same each time: which crash points, faults and cuts are tried, in
    which order. When exactly a process is struck is up to the machine.
    """
    chosen = int(os.environ.get(VARIABLE, "0")) or random.SystemRandom().randrange(1, 10**6)
    print(f"seed {chosen}; repeat with {VARIABLE}={chosen}", flush=True)
    return chosen
