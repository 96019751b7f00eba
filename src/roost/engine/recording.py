"""Recording what happened at X, however long the database takes: nothing else knows it."""

from __future__ import annotations

import asyncio
from typing import TypeVar

import structlog

from roost.errors import StoreUnavailable
from roost.ports import Store, Unit

T = TypeVar("T")

_AGAIN_AFTER = 0.5

_log = structlog.stdlib.get_logger("roost.outbox")


async def recorded(store: Store, unit: Unit[T]) -> T:
    """Run a unit until it is committed, and give its result."""
    while True:
        try:
            return await store.transact(unit)
        except StoreUnavailable as error:
            _log.error("outcome waits for the database", reason=str(error))
            await asyncio.sleep(_AGAIN_AFTER)
