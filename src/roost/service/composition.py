"""`roost serve`: every part made, joined, started in order and stopped in the reverse order."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial

import structlog

import roost
from roost.desk import app as desk
from roost.engine.worker import Worker
from roost.intake.webhook import WebhookIntake
from roost.model.ids import UserId
from roost.service import bots as bot_processes
from roost.service import connecting, controls, databases, parts, probes, serving, working
from roost.service.clock import SystemClock
from roost.service.notices import Notice
from roost.service.options import Serving
from roost.settings import Settings
from roost.store.durable import DurableStore
from roost.xapi.client import XClient
from roost.xapi.gateway import XGateway
from roost.xapi.transport import aiohttp_transport

CLOCK = SystemClock()
_log = structlog.stdlib.get_logger("roost.service")


async def serve(settings: Settings, how: Serving) -> None:
    """Run the application until SIGINT or SIGTERM.

    Raises:
        SettingsError: Something is missing or wrong; nothing was served.
        BotError: A bot cannot be loaded.
        StoreError: The database cannot be used.
    """
    probe = probes.probe_from(os.environ)
    async with AsyncExitStack() as stack:
        listening = stack.enter_context(serving.listen(settings.host, settings.port))
        bots = await bot_processes.start(settings, how, stack)
        store = await stack.enter_async_context(databases.opened(settings))
        paths = await store.register(*parts.rows(settings, [bot.name for bot in bots]))
        clients = parts.clients(
            settings, await stack.enter_async_context(aiohttp_transport()), CLOCK
        )
        worker = Worker(
            store=store,
            gateway=XGateway(clients),
            deciders={bot.name: bot for bot in bots},
            clock=CLOCK,
            probe=probe,
            policy=parts.policy(settings, is_reloading=how.is_reloading),
        )
        intake = WebhookIntake(
            inbox=store.inbox,
            apps=parts.webhook_apps(settings, paths),
            clock=CLOCK,
            probe=probe,
            on_stored=worker.wake,
        )
        await stack.enter_async_context(controls.answering(settings, store))
        await worker.take_over()
        beginning = _Beginning(
            settings, how, clients, paths, _address(listening), await _waiting(store)
        )
        await stack.enter_async_context(working.running(worker))
        await stack.enter_async_context(databases.with_others(settings, store, worker))
        front = serving.front(
            intake, desk.pages(partial(controls.rows, store), version=roost.__version__)
        )
        _spare_the_collector()
        await serving.serve(front, listening, on_started=beginning.tell_and_connect)


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
    """What follows once requests are answered."""

    settings: Settings
    how: Serving
    clients: Mapping[UserId, XClient]
    paths: Mapping[str, str]
    address: str
    n_waiting: int

    async def tell_and_connect(self) -> None:
        public = self.settings.public_url or self.address
        urls = {key: public + path for key, path in self.paths.items()}
        _log.info("ready", address=self.address, webhooks=list(urls.values()))
        self.how.notices.tell(Notice("ready", address=self.address, waiting=self.n_waiting))
        if self.settings.connect_at_start:
            wanted = connecting.to_connect(self.settings, self.clients, urls)
            await connecting.connect(wanted, self.how.notices)


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def _waiting(store: DurableStore) -> int:
    counts = await store.counts()
    return counts.events_waiting + counts.outbox_waiting
