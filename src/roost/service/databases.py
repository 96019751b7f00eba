"""The database the settings name, and living with other processes on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager

import structlog

from roost.engine.worker import Worker
from roost.errors import StoreUnavailable
from roost.service import parts
from roost.settings import Role, Settings
from roost.store.durable import DurableStore
from roost.store.postgresql.store import PostgresStore
from roost.store.sqlite import SqliteStore

DATABASE = "roost.db"
"""Name of the SQLite file in the data folder."""

TAKE_OVER_EVERY = 2.0
"""Seconds between two looks for work of processes that are gone."""

_log = structlog.stdlib.get_logger("roost.service")


@asynccontextmanager
async def opened(settings: Settings, role: Role) -> AsyncGenerator[DurableStore]:
    """Open the database until the block is left.

    Args:
        settings: Name it.
        role: Of this process. One that does not work tells the others of everything it stores.

    Raises:
        StoreLocked: Another process uses the SQLite file.
        DatabaseMissing: There was a SQLite file, and is none any more.
        NewerSchema: A newer Roost wrote the database.
        StoreUnavailable: The database cannot be reached, or would not keep what it has taken.
    """
    if settings.database is None:
        async with SqliteStore.open(settings.data / DATABASE) as store:
            yield store
    else:
        async with PostgresStore.open(
            settings.database.reveal(), is_worked_on_elsewhere=not role.works
        ) as store:
            yield store


async def registered(
    settings: Settings, store: DurableStore, bots: Sequence[str], role: Role
) -> Mapping[str, str]:
    """Store the apps and accounts the settings name; give each app's webhook path by its key.

    A process that runs no bots leaves the accounts to those that do: they know the bots' names.
    """
    if role.works:
        return await store.register(*parts.rows(settings, bots))
    return await store.register(parts.apps(settings))


@asynccontextmanager
async def with_others(
    settings: Settings, store: DurableStore, worker: Worker
) -> AsyncGenerator[None]:
    """Hear what other processes have stored, and take over what they leave when they are gone."""
    if settings.database is None:
        yield
        return
    async with asyncio.TaskGroup() as tasks:
        beside = [
            tasks.create_task(_wake(store, worker)),
            tasks.create_task(_take_over(worker)),
        ]
        try:
            yield
        finally:
            for task in beside:
                task.cancel()


async def _wake(store: DurableStore, worker: Worker) -> None:
    async for _ in store.wakeups():
        worker.wake_for_others()


async def _take_over(worker: Worker) -> None:
    while True:
        await asyncio.sleep(TAKE_OVER_EVERY)
        try:
            await worker.take_over()
        except StoreUnavailable as error:
            _log.warning("nothing taken over", reason=str(error))
        worker.wake()
