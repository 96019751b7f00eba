"""How long the machine itself stood still, which tests that count time have to allow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

_LOOKS_EVERY = 0.05


@asynccontextmanager
async def stood_still() -> AsyncGenerator[list[float]]:
    """Note for how many seconds the event loop did not come round, beyond what was asked.

    One figure for each look, 20 a second, and 0 first, so that there always is a greatest.
    """
    lost, loop = [0.0], asyncio.get_running_loop()

    async def look() -> None:
        while True:
            begun = loop.time()
            await asyncio.sleep(_LOOKS_EVERY)
            lost.append(loop.time() - begun - _LOOKS_EVERY)

    async with asyncio.TaskGroup() as tasks:
        looking = tasks.create_task(look())
        try:
            yield lost
        finally:
            looking.cancel()
