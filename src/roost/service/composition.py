"""`roost serve`: every part made, joined, started in order and stopped in the reverse order."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field

import structlog

import roost
from roost.bot.decider import BotDecider
from roost.engine.worker import Worker
from roost.errors import BotError, HandlerFailed, SettingsError
from roost.intake.webhook import WebhookIntake
from roost.model.ids import ConversationId, UserId
from roost.ports import Store
from roost.service import connecting, databases, desking, notices, parts, probes, serving
from roost.service.clock import SystemClock
from roost.service.inviting import Doors
from roost.service.notices import Notice, Notices
from roost.settings import Settings
from roost.store import control
from roost.store.durable import DurableStore
from roost.xapi.client import XClient
from roost.xapi.gateway import XGateway
from roost.xapi.transport import aiohttp_transport

CLOCK = SystemClock()
_log = structlog.stdlib.get_logger("roost.service")

WORK_ENDS_WITHIN = 4.0
"""Seconds that turns and sends in flight have when the application stops."""


@dataclass(frozen=True, slots=True)
class Serving:
    """How to serve, beyond the settings.

    Attributes:
        is_reloading: Load bots anew when their files change, and keep conversations with a bot
            that failed, since somebody is mending it.
        notices: Who is told what happens.
    """

    is_reloading: bool = False
    notices: Notices = field(default_factory=Notices)


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
        bots = await _start_bots(settings, how, stack)
        store = await stack.enter_async_context(databases.opened(settings))
        rows = parts.rows(settings, [bot.name for bot in bots])
        paths = await store.register(*rows)
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
        await stack.enter_async_context(_control(settings, store, _address(listening)))
        await worker.take_over()
        beginning = _Beginning(
            settings, how, clients, paths, _address(listening), await _waiting(store)
        )
        await stack.enter_async_context(_working(worker))
        await stack.enter_async_context(databases.with_others(settings, store, worker))
        pages = await stack.enter_async_context(
            desking.desk(settings, store, CLOCK, rows[1], on_queued=worker.send_soon)
        )
        front = serving.front(intake, pages)
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


async def _start_bots(
    settings: Settings, how: Serving, stack: AsyncExitStack
) -> Sequence[BotDecider]:
    def report(error: BotError | HandlerFailed | None) -> None:
        how.notices.tell(notices.of_bot(error))
        if isinstance(error, BotError) and not how.notices.are_read:
            _log.error("bot not loaded", place=error.place, why=error.problem, remedy=error.remedy)

    bots: list[BotDecider] = []
    for reference in settings.bots:
        bot = BotDecider(reference, report=report)
        await bot.start(is_patient=how.is_reloading)
        await stack.enter_async_context(_running(bot, is_reloading=how.is_reloading))
        if bot.name in {one.name for one in bots}:
            raise SettingsError("bots", f"two bots are called {bot.name}", "Rename one of them")
        bots.append(bot)
    return bots


@asynccontextmanager
async def _running(bot: BotDecider, *, is_reloading: bool) -> AsyncGenerator[None]:
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(bot.run(is_reloading=is_reloading))
        try:
            yield
        finally:
            running.cancel()


@asynccontextmanager
async def _working(worker: Worker) -> AsyncGenerator[None]:
    async with asyncio.TaskGroup() as tasks:
        working = tasks.create_task(worker.run())
        try:
            yield
        finally:
            worker.stop()
            await asyncio.wait([working], timeout=WORK_ENDS_WITHIN)
            working.cancel()


@asynccontextmanager
async def _control(settings: Settings, store: DurableStore, address: str) -> AsyncGenerator[None]:
    async def status() -> Mapping[str, object]:
        counts = await store.counts()
        return {
            "version": roost.__version__,
            "pid": os.getpid(),
            "events": dict(counts.events),
            "outbox": dict(counts.outbox),
            "commits": asdict(store.stats),
        }

    async def hand_back(account_id: str, conversation_id: str) -> bool:
        return await _hand_back(store, UserId(account_id), ConversationId(conversation_id))

    calls: dict[str, control.Call] = {
        "status": status,
        "hand_back": hand_back,
        **Doors(store, CLOCK, settings.public_url or address).calls(),
    }
    async with control.serving(settings.data / control.SOCKET, calls):
        yield


async def _waiting(store: DurableStore) -> int:
    counts = await store.counts()
    return counts.events_waiting + counts.outbox_waiting


async def _hand_back(store: Store, account_id: UserId, conversation_id: ConversationId) -> bool:
    return await store.transact(lambda tx: tx.conversations.hand_back(account_id, conversation_id))
