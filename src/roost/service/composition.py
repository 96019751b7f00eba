"""`roost serve`: every part made, joined, started in order and stopped in the reverse order."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog

import roost
from roost.bot.decider import BotDecider
from roost.desk import app as desk
from roost.engine.turns import OnError, TurnPolicy
from roost.engine.worker import Worker, WorkerPolicy
from roost.errors import SettingsError
from roost.intake.webhook import WebhookApp, WebhookIntake
from roost.model.ids import ConversationId, UserId
from roost.ports import Store
from roost.service import connecting, notices, probes, serving
from roost.service.clock import SystemClock
from roost.service.notices import Notice, Notices
from roost.settings import App, Settings
from roost.store import control
from roost.store.registry import AccountRow, AppRow
from roost.store.sqlite import SqliteStore
from roost.xapi.client import XClient
from roost.xapi.gateway import XGateway
from roost.xapi.oauth1 import Credentials
from roost.xapi.transport import Transport, aiohttp_transport

_log = structlog.stdlib.get_logger("roost.service")

DATABASE = "roost.db"
"""Name of the database file in the data folder."""

CONTROL = "control.sock"
"""Name of the control socket in the data folder."""

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
    notices: Notices = Notices()


async def serve(settings: Settings, how: Serving) -> None:
    """Run the application until SIGINT or SIGTERM.

    Raises:
        SettingsError: Something is missing or wrong; nothing was served.
        BotError: A bot cannot be loaded.
        StoreError: The database cannot be used.
    """
    clock, probe = SystemClock(), probes.probe_from(os.environ)
    async with AsyncExitStack() as stack:
        listening = stack.enter_context(serving.listen(settings.host, settings.port))
        bots = await _start_bots(settings, how, stack)
        store = await stack.enter_async_context(SqliteStore.open(settings.data / DATABASE))
        paths = await _register(store, settings, bots)
        transport = await stack.enter_async_context(aiohttp_transport())
        clients = _clients(settings, transport, clock)
        worker = Worker(
            store=store,
            gateway=XGateway(clients),
            deciders={bot.name: bot for bot in bots},
            clock=clock,
            probe=probe,
            policy=_policy(settings, how),
        )
        intake = WebhookIntake(
            inbox=store.inbox,
            apps={
                path: WebhookApp(key, _secrets(settings.apps[key])) for key, path in paths.items()
            },
            clock=clock,
            probe=probe,
            on_stored=worker.wake,
        )
        await stack.enter_async_context(_control(settings, store))
        await worker.take_over()
        host, port = listening.getsockname()[:2]
        address = f"http://{host}:{port}"
        public = settings.public_url or address
        urls = {key: public + path for key, path in paths.items()}

        async def on_started() -> None:
            how.notices.tell(Notice("ready", address=address))
            _log.info("ready", address=address, webhooks=list(urls.values()))
            if settings.connect_at_start:
                wanted = connecting.to_connect(settings.apps, settings.accounts, clients, urls)
                await connecting.connect(wanted, how.notices)

        async with _working(worker):
            pages = desk.pages(store.counts, version=roost.__version__)
            await serving.serve(serving.front(intake, pages), listening, on_started=on_started)


async def _start_bots(
    settings: Settings, how: Serving, stack: AsyncExitStack
) -> Sequence[BotDecider]:
    def report(error: object) -> None:
        how.notices.tell(notices.of_bot(error))

    bots: list[BotDecider] = []
    for reference in settings.bots:
        bot = BotDecider(reference, report=report)
        await bot.start()
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
async def _control(settings: Settings, store: SqliteStore) -> AsyncGenerator[None]:
    async def status() -> Mapping[str, object]:
        return {"version": roost.__version__, "pid": os.getpid(), **await store.counts()}

    async def hand_back(account_id: str, conversation_id: str) -> bool:
        return await _hand_back(store, UserId(account_id), ConversationId(conversation_id))

    calls: dict[str, control.Call] = {"status": status, "hand_back": hand_back}
    async with control.serving(settings.data / CONTROL, calls):
        yield


async def _hand_back(store: Store, account_id: UserId, conversation_id: ConversationId) -> bool:
    return await store.transact(lambda tx: tx.conversations.hand_back(account_id, conversation_id))


async def _register(
    store: SqliteStore, settings: Settings, bots: Sequence[BotDecider]
) -> Mapping[str, str]:
    """Write apps and accounts down; each app's webhook path, by its key."""
    names = [bot.name for bot in bots]
    accounts: list[AccountRow] = []
    for name, account in settings.accounts.items():
        bot = account.bot or names[0]
        if bot not in names:
            raise SettingsError(
                f"accounts.{name}.bot", f"no bot is called {bot!r}", f"Served are {names}"
            )
        accounts.append(AccountRow(UserId(account.user_id), account.app, bot))
    apps = [
        AppRow(key, app.app_id, app.consumer_key, app.env_name, app.webhook_path)
        for key, app in settings.apps.items()
    ]
    return await store.register(apps, accounts)


def _clients(settings: Settings, transport: Transport, clock: SystemClock) -> dict[UserId, XClient]:
    clients: dict[UserId, XClient] = {}
    for account in settings.accounts.values():
        app = settings.apps[account.app]
        credentials = Credentials(
            app.consumer_key,
            app.consumer_secrets[0].reveal(),
            account.access_token.reveal(),
            account.access_token_secret.reveal(),
        )
        clients[UserId(account.user_id)] = XClient(
            credentials, transport, clock, base_url=settings.x_base_url
        )
    return clients


def _secrets(app: App) -> tuple[str, ...]:
    return tuple(secret.reveal() for secret in app.consumer_secrets)


def _policy(settings: Settings, how: Serving) -> WorkerPolicy:
    return WorkerPolicy(
        turns=TurnPolicy(
            deadline=timedelta(seconds=settings.turn_deadline_s),
            lease=timedelta(seconds=settings.lease_s),
            on_error=OnError.KEEP if how.is_reloading else OnError.HAND_OFF,
        ),
        listed_after=[timedelta(seconds=wait) for wait in settings.reconcile_after_s],
    )
