"""The time by which somebody else may have taken over: it goes on while the machine sleeps."""

from __future__ import annotations

import asyncio
import time


def asleep() -> float:
    """Give for how many seconds the machine has slept since it was started, where it can tell."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)
    return 0.0


def now() -> float:
    """Give seconds by the running event loop's clock, which stands still while the machine sleeps.

    What the machine has slept is added, so that this one goes on.
    """
    return asyncio.get_running_loop().time() + asleep()
