"""The worker beside everything else: how it starts and stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from roost.engine.worker import Worker

ENDS_WITHIN = 4.0
"""Seconds that turns and sends in flight have when the application stops."""


@asynccontextmanager
async def running(worker: Worker) -> AsyncGenerator[None]:
    """Run the worker until the block is left; what is in flight then has a while to end."""
    async with asyncio.TaskGroup() as tasks:
        working = tasks.create_task(worker.run())
        try:
            yield
        finally:
            worker.stop()
            await asyncio.wait([working], timeout=ENDS_WITHIN)
            working.cancel()
