"""Work that goes on beside a block, for as long as the block does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager


@asynccontextmanager
async def beside(work: Coroutine[None, None, None]) -> AsyncGenerator[None]:
    """Run work beside a block and cancel it at the block's end.

    Work that fails ends the block. What either of them raises comes out as it is, unless both do.
    """
    try:
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(work)
            try:
                yield
            finally:
                running.cancel()
    except BaseExceptionGroup as group:
        if len(group.exceptions) == 1:
            raise group.exceptions[0] from group.exceptions[0].__cause__
        raise
