"""Round after round of whatever is due, by owner: how gaps and replays are worked on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

import structlog

from roost.engine.wake import Wake
from roost.errors import StoreUnavailable

T = TypeVar("T")

_log = structlog.stdlib.get_logger("roost.rounds")


async def go_on(step: Callable[[], Awaitable[int]], wake: Wake, *, of: str) -> None:
    """Do what is due again and again, until cancelled.

    Args:
        step: Does what is due, and tells how much that was. Where the database cannot be used it
            raises `StoreUnavailable`, alone or in a group, and is called again after the wake.
        wake: Waited for when nothing was due.
        of: What waits for the database, for the log.
    """
    while True:
        try:
            n_worked = await step()
        except* StoreUnavailable as errors:
            _log.error("work waits for the database", of=of, reason=str(errors.exceptions[0]))
            n_worked = 0
        if not n_worked:
            await wake.wait()


async def side_by_side(
    due: Iterable[T],
    owner: Callable[[T], str],
    work: Callable[[Sequence[T]], Awaitable[None]],
) -> None:
    """Work for all owners at once, on what is due of each by itself, in the order given.

    Raises:
        ExceptionGroup: What the work of one has raised; that of the others was cancelled.
    """
    owned: dict[str, list[T]] = {}
    for one in due:
        owned.setdefault(owner(one), []).append(one)
    async with asyncio.TaskGroup() as tasks:
        for theirs in owned.values():
            tasks.create_task(_done(work, theirs))


async def _done(work: Callable[[Sequence[T]], Awaitable[None]], theirs: Sequence[T]) -> None:
    await work(theirs)
