"""Brings snoozed conversations back when their time has come."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from functools import partial

import structlog

from roost.desk.parts import DeskStore
from roost.desk.wire import Account
from roost.engine import answering
from roost.errors import StoreUnavailable
from roost.model.ids import UserId
from roost.ports import Clock

LOOK_EVERY = timedelta(seconds=1)
"""How late a conversation may come back."""

_log = structlog.stdlib.get_logger("roost.desk")


async def run(store: DeskStore, accounts: Iterable[Account], clock: Clock) -> None:
    """Look for what is due, until cancelled. Several processes may: each comes back once."""
    while True:
        served = [UserId(one.account_id) for one in accounts]
        try:
            await wake_due(store, served, clock)
        except StoreUnavailable as error:
            _log.error("snoozed conversations wait for the database", reason=str(error))
        await asyncio.sleep(LOOK_EVERY.total_seconds())


async def wake_due(store: DeskStore, accounts: Iterable[UserId], clock: Clock) -> int:
    """Bring back what is due now; how many conversations that were."""
    now, n_woken = clock.now(), 0
    for account in accounts:
        for conversation in await store.desk.due(account, now=now):
            unit = partial(answering.wake, account_id=account, conversation_id=conversation, at=now)
            n_woken += await store.transact(unit)
    return n_woken
