"""Making findable, beside everything else, what older versions have stored."""

from __future__ import annotations

import asyncio

import structlog

from roost.errors import StoreUnavailable
from roost.store.durable import DurableStore
from roost.store.indexing_rows import Progress

AT_ONCE = 200
"""Rows looked at in a transaction: some ten milliseconds, which deliveries may have to wait."""

APART = 0.02
"""Seconds between two transactions, for everybody else."""

LOOKS_AGAIN_AFTER = 15.0
"""Seconds, while a process of an older version runs, or the database cannot be used."""

_log = structlog.stdlib.get_logger("roost.service")


async def run(store: DurableStore) -> None:
    """Make everything findable, and end."""
    n_steps = 0
    while True:
        progress = await _step(store)
        match progress:
            case Progress.GOES_ON:
                n_steps += 1
                await asyncio.sleep(APART)
            case Progress.WAITS:
                await asyncio.sleep(LOOKS_AGAIN_AFTER)
            case Progress.IS_DONE:
                break
    if n_steps:
        _log.info("messages of older versions are found now", at_most=n_steps * AT_ONCE)


async def _step(store: DurableStore) -> Progress:
    try:
        return await store.manage(lambda tx: tx.indexing.step(AT_ONCE), is_durable=False)
    except StoreUnavailable as error:
        _log.warning("search waits for the database", reason=str(error))
        return Progress.WAITS
