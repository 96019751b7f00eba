"""The application around a bot under test: its database, its worker, its way in from X."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar, cast

from litestar.types import ASGIApp

from roost.bot.router import Bot
from roost.engine.turns import TurnPolicy
from roost.engine.worker import Worker, WorkerPolicy
from roost.intake.health import Health
from roost.intake.webhook import WebhookApp, WebhookIntake
from roost.model.ids import UserId
from roost.ports import Delivery, Unit
from roost.service import syncing, x_names
from roost.service.probes import NoProbe
from roost.simulator.clock import SimulatorClock
from roost.store.registry import AccountRow, AppRow
from roost.store.sqlite import SqliteStore
from roost.testing import virtual_time
from roost.testing.bot_tester_decider import InProcessDecider
from roost.testing.x_worlds import InProcessX
from roost.xapi import registration, windows
from roost.xapi.gateway import XGateway

T = TypeVar("T")

WEBHOOK, PATH = "https://bot.test", "/x/main/tester"
ENV_NAME = "prod"
_APP_KEY = "main"


class Timeless:
    """`roost.ports.Store` whose thread's work takes no virtual time."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self._loop = virtual_time.running()

    @property
    def inbox(self) -> Timeless:
        """Where intake puts deliveries."""
        return self

    async def put(self, delivery: Delivery) -> int:
        """Store a delivery; see `roost.ports.Inbox.put`."""
        with self._loop.elsewhere():
            return await self._store.inbox.put(delivery)

    async def transact(self, unit: Unit[T], *, is_durable: bool = True) -> T:
        """Run a unit; see `roost.ports.Store.transact`."""
        with self._loop.elsewhere():
            return await self._store.transact(unit, is_durable=is_durable)


@dataclass(frozen=True, slots=True)
class Running:
    """An application that runs.

    Attributes:
        store: Its database.
        worker: Its worker.
        decider: Its bot.
    """

    store: SqliteStore
    worker: Worker
    decider: InProcessDecider


@dataclass
class Engine:
    """An application that can be killed and started again; its database stays.

    Attributes:
        x: Where it sends to, and who tells it.
        account: The account's screen name.
        bot: Answers for the account.
        database: The SQLite file.
        policy: Deadlines, and what follows from failures.
    """

    x: InProcessX
    account: str
    bot: Bot
    database: Path
    policy: TurnPolicy
    _running: Running | None = None
    _killed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def running(self) -> Running:
        """What runs.

        Raises:
            RuntimeError: Nothing does.
        """
        if self._running is None:
            raise RuntimeError("the application under test is not running")
        return self._running

    @property
    def account_id(self) -> UserId:
        """X's id of the account."""
        return UserId(self.x.user(self.account).user_id)

    def kill(self) -> None:
        """End it as a crash would: whatever is not committed is lost."""
        self._running = None
        self._killed.set()

    async def live(self, started: asyncio.Event) -> None:
        """Run until killed.

        Args:
            started: Set once it takes deliveries.
        """
        loop = asyncio.get_running_loop()
        self._killed = asyncio.Event()
        lease_clock = _Milliseconds(loop)
        async with (
            SqliteStore.open(self.database, lease_clock=lease_clock) as store,
            asyncio.TaskGroup() as deciding,
            asyncio.TaskGroup() as tasks,
        ):
            await self._register(store)
            timeless = Timeless(store)
            decider = InProcessDecider(self.bot, deciding, self.policy.deadline)
            worker = self._worker(timeless, decider, self.x.clock)
            self._running = Running(store, worker, decider)
            await self.look_at_x()
            self._mount(timeless, worker)
            await worker.take_over()
            working = tasks.create_task(worker.run())
            started.set()
            await self._killed.wait()
            working.cancel()

    async def connect(self) -> None:
        """Have X deliver to the application, and show the bot's welcome messages."""
        client = self.x.client(self.account)
        await registration.ensure_webhook(client, ENV_NAME, WEBHOOK + PATH)
        await registration.ensure_subscriptions([(self.account_id, client)], ENV_NAME)
        if self.bot.welcomes:
            await syncing.sync(client, self.account_id, [*self.bot.welcomes.values()])
        await self.look_at_x()

    async def look_at_x(self) -> None:
        """Look what the account has at X under a name, as the application does when it starts."""
        store = Timeless(self.running.store)
        await x_names.note(store, self.x.client(self.account), self.account_id, self.x.clock)

    async def _register(self, store: SqliteStore) -> None:
        app = self.x.app()
        await store.register(
            [AppRow(_APP_KEY, app.app_id, app.consumer_key)],
            [AccountRow(self.account_id, _APP_KEY, self.bot.name)],
        )

    def _worker(self, store: Timeless, decider: InProcessDecider, clock: SimulatorClock) -> Worker:
        return Worker(
            store=store,
            gateway=XGateway({self.account_id: self.x.client(self.account)}),
            deciders={self.bot.name: decider},
            clock=clock,
            probe=NoProbe(),
            policy=WorkerPolicy(
                turns=replace(self.policy, deadline=self.policy.deadline * 2),
                limits=windows.LIMITS,
            ),
        )

    def _mount(self, store: Timeless, worker: Worker) -> None:
        intake = WebhookIntake(
            inbox=store,
            apps={PATH: WebhookApp(_APP_KEY, (self.x.app().consumer_secret,))},
            clock=self.x.clock,
            probe=NoProbe(),
            on_stored=worker.wake,
            health=Health(),
        )
        self.x.mount(WEBHOOK, cast("ASGIApp", cast("object", intake)))


@dataclass(frozen=True, slots=True)
class _Milliseconds:
    """A clock of leases that goes by the loop's time."""

    loop: asyncio.AbstractEventLoop

    def __call__(self) -> int:
        return int(self.loop.time() * 1_000)
