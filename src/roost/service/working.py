"""The worker beside everything else: how it starts and stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import structlog

from roost.engine.worker import Worker
from roost.errors import StoreUnavailable
from roost.service.signals import Stop
from roost.store.durable import DurableStore

ENDS_WITHIN = 4.0
"""Seconds that turns and sends in flight have when the application stops."""

_GIVES_BACK_WITHIN = 1.0

_log = structlog.stdlib.get_logger("roost.service")


@asynccontextmanager
async def running(worker: Worker, store: DurableStore, stop: Stop) -> AsyncGenerator[None]:
    """Run the worker until the block is left, or until asked to stop.

    Turns and sends in flight then have a while to end. What has not is given back: other processes,
    or the next one, take it up at once.
    """
    await worker.take_over()
    async with asyncio.TaskGroup() as tasks:
        working = tasks.create_task(worker.run())
        stopping = tasks.create_task(_stop_when_asked(worker, stop))
        try:
            yield
        finally:
            worker.stop()
            await asyncio.wait([working], timeout=ENDS_WITHIN)
            working.cancel()
            stopping.cancel()
    await _give_back(worker, store)


async def _stop_when_asked(worker: Worker, stop: Stop) -> None:
    await stop.asked.wait()
    worker.stop()


async def _give_back(worker: Worker, store: DurableStore) -> None:
    try:
        async with asyncio.timeout(_GIVES_BACK_WITHIN):
            await worker.give_back()
            await store.leave()
            await worker.take_over()
            await store.announce()
    except (StoreUnavailable, TimeoutError) as error:
        # The others find out by themselves that this process is gone.
        _log.warning("work not given back", reason=str(error) or "no answer in time")
