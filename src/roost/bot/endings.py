"""How a turn ends: with its last `Progress`, or with whatever a handler has raised."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from roost.model.turns import Progress


async def ending_of(deciding: Awaitable[Progress]) -> Progress | BaseException:
    """Await a turn's end in the task that decides it.

    What ends a task, a process or a program when it is raised ends only the turn: a handler that
    calls `sys.exit`, or awaits what was cancelled, has failed like any other.

    Raises:
        asyncio.CancelledError: The task was cancelled, so nobody waits for the turn any more.
    """
    try:
        return await deciding
    except BaseException as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise asyncio.CancelledError from error
        if isinstance(error, GeneratorExit):
            raise
        return error
