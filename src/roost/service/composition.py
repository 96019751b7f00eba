"""`roost serve`: every part made, joined, started in order and stopped in the reverse order."""

from __future__ import annotations

import gc
import os
import signal
import socket
from collections.abc import Generator, Sequence
from contextlib import AsyncExitStack, contextmanager

from roost.bot.decider import BotDecider
from roost.engine.lanes import SLOTS
from roost.engine.worker import Worker
from roost.service import bots as bot_processes
from roost.service import clock as clocks
from roost.service import databases, indexing, keeping, parts, probes, serving, signals, working
from roost.service.health import Health
from roost.service.keeping import Keeping
from roost.service.options import Serving
from roost.service.process import Process
from roost.service.roster import Reach, Roster
from roost.service.steady_clock import Dated, SteadyClock
from roost.service.x_names import XNames
from roost.settings import Role, Settings
from roost.store.durable import DurableStore
from roost.store.postgresql.background import beside
from roost.xapi.gateway import XGateway
from roost.xapi.transport import Phases, aiohttp_transport

CONNECTIONS_ASIDE = 32
"""Connections to X beside those that send: listings, checks, registration."""


async def serve(settings: Settings, how: Serving) -> signal.Signals | None:
    """Run the application until SIGINT or SIGTERM; which of them it was.

    Raises:
        SettingsError: Something is missing or wrong; nothing was served.
        BotError: A bot cannot be loaded.
        StoreError: The database cannot be used.
    """
    async with AsyncExitStack() as stack:
        listener = stack.enter_context(_bound(settings, how.role))
        bots = await bot_processes.start(settings, how, stack)
        store = await stack.enter_async_context(databases.opened(settings, how.role))
        reach = await _reached(settings, stack)
        roster = Roster(settings, store, reach)
        paths = await roster.begin([bot.name for bot in bots], how.role)
        names = XNames(store, roster.clients, reach.clock)
        gateway = XGateway(roster.clients, on_profile_gone=names.outdated)
        worker = _worker(roster, store, gateway, bots, is_reloading=how.is_reloading)
        stop = stack.enter_context(signals.heard())
        health = Health(store.check, stop)
        # What waits is counted before anything works on it.
        process = Process(
            how,
            store,
            stop,
            health,
            _kept(roster, store, worker),
            roster,
            worker,
            await _waiting(store),
            names,
            bots,
        )
        await stack.enter_async_context(process.answering())
        await stack.enter_async_context(health.watched())
        reach.clock.on_move(worker.look)
        if how.role.works:
            await store.work()
            roster.tell(names.look)
            await stack.enter_async_context(names.running([*roster.ids] if bots else []))
            await stack.enter_async_context(working.running(worker, store, stop))
            await stack.enter_async_context(databases.with_others(settings, store, worker))
            await stack.enter_async_context(beside(indexing.run(store)))
        _spare_the_collector()
        if listener is None:
            await process.tell_ready("")
            await stop.asked.wait()
            return stop.number
        await process.serve(listener, paths)
    return stop.number


def _worker(
    roster: Roster,
    store: DurableStore,
    gateway: XGateway,
    bots: Sequence[BotDecider],
    *,
    is_reloading: bool,
) -> Worker:
    return Worker(
        store=store,
        gateway=gateway,
        deciders={bot.name: bot for bot in bots},
        clock=roster.reach.clock,
        probe=roster.reach.probe,
        policy=parts.policy(roster.settings, is_reloading=is_reloading),
    )


def _kept(roster: Roster, store: DurableStore, worker: Worker) -> Keeping:
    return keeping.keeping(
        roster.settings,
        store,
        roster.served,
        clock=roster.reach.clock,
        probe=roster.reach.probe,
        announce=worker.wake,
    )


async def _waiting(store: DurableStore) -> int:
    counts = await store.counts()
    return counts.events_waiting + counts.outbox_waiting


async def _reached(settings: Settings, stack: AsyncExitStack) -> Reach:
    """Open the way to X, and give it with the clock to go by."""
    # A clock is asked by questions that take long on purpose; X is given no such time.
    patient = await stack.enter_async_context(aiohttp_transport())
    clock = await stack.enter_async_context(clocks.running(settings, patient))
    transport = await stack.enter_async_context(
        aiohttp_transport(connections=SLOTS + CONNECTIONS_ASIDE, phases=Phases())
    )
    if isinstance(clock, SteadyClock):
        transport = Dated(transport, clock)
    return Reach(clock, transport, probes.probe_from(os.environ))


@contextmanager
def _bound(settings: Settings, role: Role) -> Generator[socket.socket | None]:
    """Have the port, where the role serves it; web processes of one machine may share it."""
    if not role.serves_web:
        yield None
        return
    with serving.bound(settings.host, settings.port, is_shared=role is Role.WEB) as listener:
        yield listener


def _spare_the_collector() -> None:
    """Leave out of every collection what lives as long as the process, and collect less often.

    What is loaded is some hundred thousand objects. Walking them costs a tenth of all the CPU under
    load, and every such walk holds up all that is in flight.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
