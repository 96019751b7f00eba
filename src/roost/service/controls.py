"""What a running application answers on its control socket."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict

import roost
from roost.model.ids import ConversationId, UserId
from roost.ports import Clock, Store
from roost.service import inviting
from roost.service.health import Health
from roost.service.inviting import Doors
from roost.settings import Role, Settings
from roost.store import control
from roost.store.durable import DurableStore


@asynccontextmanager
async def answering(
    settings: Settings, role: Role, store: DurableStore, health: Health, *, clock: Clock
) -> AsyncGenerator[None]:
    """Answer on the control socket until the block is left.

    Processes that share a data folder have a socket each.
    """

    async def status() -> Mapping[str, object]:
        counts = await store.counts()
        return {
            "version": roost.__version__,
            "pid": os.getpid(),
            "role": role.value,
            "problem": await health.problem(),
            "events": dict(counts.events),
            "outbox": dict(counts.outbox),
            "commits": asdict(store.stats),
        }

    async def hand_back(account_id: str, conversation_id: str) -> bool:
        return await _hand_back(store, UserId(account_id), ConversationId(conversation_id))

    doors = Doors(store, clock, inviting.address_of(settings))
    calls = {"status": status, "hand_back": hand_back, **doors.calls()}
    with control.place(settings.data) as path:
        async with control.serving(path, calls):
            yield


async def rows(store: DurableStore) -> Mapping[str, int]:
    """Name every count as the pages show it."""
    counts = await store.counts()
    return {
        **{f"events_{state}": n for state, n in counts.events.items()},
        **{f"outbox_{state}": n for state, n in counts.outbox.items()},
    }


async def _hand_back(store: Store, account_id: UserId, conversation_id: ConversationId) -> bool:
    return await store.transact(lambda tx: tx.conversations.hand_back(account_id, conversation_id))
