"""`roost serve`: every part made, joined, started in order and stopped in the reverse order."""

from __future__ import annotations

import gc
import os
import signal
import socket
from collections.abc import Generator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

import structlog
from litestar.types import ASGIApp

from roost.engine.lanes import SLOTS
from roost.engine.worker import Worker
from roost.intake.webhook import Stored, WebhookIntake
from roost.model.ids import UserId
from roost.ports import Clock, Probe
from roost.service import (
    backfilling,
    connecting,
    controls,
    databases,
    desking,
    event_calls,
    keeping,
    outbox_calls,
    parts,
    probes,
    serving,
    signals,
    working,
)
from roost.service import bots as bot_processes
from roost.service import clock as clocks
from roost.service.health import Health
from roost.service.keeping import Keeping
from roost.service.notices import Notice
from roost.service.options import Serving
from roost.service.signals import Stop
from roost.settings import Role, Settings
from roost.store.durable import DurableStore
from roost.xapi.client import XClient
from roost.xapi.gateway import XGateway
from roost.xapi.transport import Phases, aiohttp_transport

CONNECTIONS_ASIDE = 32
"""Connections to X beside those that send: listings, checks, registration."""

_log = structlog.stdlib.get_logger("roost.service")


async def serve(settings: Settings, how: Serving) -> signal.Signals | None:
    """Run the application until SIGINT or SIGTERM; which of them it was.

    Raises:
        SettingsError: Something is missing or wrong; nothing was served.
        BotError: A bot cannot be loaded.
        StoreError: The database cannot be used.
    """
    probe = probes.probe_from(os.environ)
    async with AsyncExitStack() as stack:
        listener = stack.enter_context(_bound(settings, how.role))
        bots = await bot_processes.start(settings, how, stack)
        store = await stack.enter_async_context(databases.opened(settings, how.role))
        paths = await databases.registered(settings, store, [bot.name for bot in bots], how.role)
        clock, clients = await _reached(settings, stack)
        worker = Worker(
            store=store,
            gateway=XGateway(clients),
            deciders={bot.name: bot for bot in bots},
            clock=clock,
            probe=probe,
            policy=parts.policy(settings, is_reloading=how.is_reloading),
        )
        stop = stack.enter_context(signals.heard())
        kept = keeping.keeping(
            settings, store, clients, clock=clock, probe=probe, announce=worker.wake
        )
        process = _Process(
            settings, how, store, stop, Health(store.check, stop), kept, await _waiting(store)
        )
        await stack.enter_async_context(process.answering(worker, clock))
        clock.on_move(worker.look)
        if how.role.works:
            await stack.enter_async_context(working.running(worker, store, stop))
            await stack.enter_async_context(databases.with_others(settings, store, worker))
        _spare_the_collector()
        if listener is None:
            process.tell_ready("")
            await stop.asked.wait()
            return stop.number
        await process.serve(
            listener,
            process.intake(paths, clock, probe, worker.wake),
            desking.desk(settings, store, clock, clients=clients, on_queued=worker.send_soon),
            _Beginning(clients, paths),
        )
    return stop.number


async def _reached(
    settings: Settings, stack: AsyncExitStack
) -> tuple[clocks.SystemClock | clocks.FollowedClock, Mapping[UserId, XClient]]:
    """Open the way to X, and give the clock to go by and a client for each account."""
    # A clock is asked by questions that take long on purpose; X is given no such time.
    patient = await stack.enter_async_context(aiohttp_transport())
    clock = await stack.enter_async_context(clocks.running(settings, patient))
    transport = await stack.enter_async_context(
        aiohttp_transport(connections=SLOTS + CONNECTIONS_ASIDE, phases=Phases())
    )
    return clock, parts.clients(settings, transport, clock)


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


@dataclass(frozen=True, slots=True)
class _Beginning:
    """What is done once requests are answered."""

    clients: Mapping[UserId, XClient]
    paths: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Process:
    """This process, as others see it."""

    settings: Settings
    how: Serving
    store: DurableStore
    stop: Stop
    health: Health
    kept: Keeping
    n_waiting: int

    def answering(self, worker: Worker, clock: Clock) -> AbstractAsyncContextManager[None]:
        """Answer on the control socket."""
        further = (
            event_calls.calls(self.store, clock, worker.wake),
            outbox_calls.calls(self.store, clock, wake=worker.look),
            backfilling.calls(self.store, self.kept),
            desking.calls(self.settings, self.store, clock),
        )
        return controls.answering(
            self.settings, self.how.role, self.store, self.health, kept=self.kept, further=further
        )

    def intake(
        self, paths: Mapping[str, str], clock: Clock, probe: Probe, stored: Stored
    ) -> WebhookIntake:
        """Make what takes deliveries."""
        return WebhookIntake(
            inbox=self.store.inbox,
            apps=parts.webhook_apps(self.settings, paths),
            clock=clock,
            probe=probe,
            health=self.kept.health,
            on_stored=stored,
        )

    async def serve(
        self,
        listener: socket.socket,
        intake: WebhookIntake,
        desk: AbstractAsyncContextManager[ASGIApp],
        beginning: _Beginning,
    ) -> None:
        await self.kept.begin()
        async with self.kept.running(), desk as pages:
            front = serving.front(intake, pages, self.health, self.stop)
            begin = partial(self._begin, serving.address_of(listener), beginning)
            await serving.serve(front, listener, self.stop, on_started=begin)

    async def _begin(self, address: str, beginning: _Beginning) -> None:
        public = self.settings.public_url or address
        urls = {key: public + path for key, path in beginning.paths.items()}
        self.tell_ready(address, *urls.values())
        if self.settings.connect_at_start:
            wanted = connecting.to_connect(self.settings, beginning.clients, urls)
            await connecting.connect(wanted, self.kept.watchdog, self.how.notices)
            await self.kept.watchdog.run(wanted)

    def tell_ready(self, address: str, *webhooks: str) -> None:
        _log.info("ready", role=self.how.role.value, address=address, webhooks=webhooks)
        self.how.notices.tell(Notice("ready", address=address, waiting=self.n_waiting))


async def _waiting(store: DurableStore) -> int:
    counts = await store.counts()
    return counts.events_waiting + counts.outbox_waiting
