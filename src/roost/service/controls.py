"""What a running application answers on its control socket."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict

import roost
from roost.service import event_calls, keeping
from roost.service.health import Health
from roost.service.keeping import Keeping
from roost.service.roster import Roster
from roost.settings import Role
from roost.store import control
from roost.store.durable import DurableStore


@asynccontextmanager
async def answering(
    roster: Roster,
    role: Role,
    store: DurableStore,
    health: Health,
    *,
    kept: Keeping,
    further: Sequence[Mapping[str, control.Call]],
) -> AsyncGenerator[None]:
    """Answer on the control socket until the block is left.

    Processes that share a data folder have a socket each.

    Args:
        roster: Who is served; names the data folder.
        role: Of this process.
        store: What is told of.
        health: Whether all is well.
        kept: Whether deliveries come in, and which may have not.
        further: Calls beside those every process answers.
    """

    async def status() -> Mapping[str, object]:
        counts = await store.counts()
        return {
            "version": roost.__version__,
            "pid": os.getpid(),
            "role": role.value,
            "workers": counts.workers,
            "problem": await health.problem(),
            "events": dict(counts.events),
            "outbox": dict(counts.outbox),
            "accounts": dict(await store.standing()),
            "commits": asdict(store.stats),
            "conservation": await event_calls.conservation(store),
            "webhooks": keeping.webhooks(roster.settings, kept.health),
            "gaps": await keeping.open_gaps(store),
            "replays": await keeping.open_replays(store),
        }

    calls: dict[str, control.Call] = {"status": status}
    for more in further:
        calls |= more
    with control.place(roster.settings.data) as path:
        async with control.serving(path, calls):
            yield


async def rows(store: DurableStore) -> Mapping[str, int]:
    """Name every count as the pages show it."""
    counts = await store.counts()
    return {
        **{f"events_{state}": n for state, n in counts.events.items()},
        **{f"outbox_{state}": n for state, n in counts.outbox.items()},
    }
