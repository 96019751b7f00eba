"""Application and simulator in one process, with a clock that stands still until it is moved."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from roost.engine.turns import TurnPolicy
from roost.engine.worker import Worker, WorkerPolicy
from roost.errors import SendError
from roost.intake.backfill import Backfill, BackfillPolicy
from roost.intake.continuity import Continuity, ContinuityPolicy
from roost.intake.health import Health
from roost.intake.listing import Listing
from roost.intake.replaying import Replayer
from roost.intake.replays_at_x import ReplayInbox, ReplaysAtX
from roost.intake.watchdog import Watchdog, WatchedApp, WatchPolicy
from roost.intake.webhook import WebhookApp, WebhookIntake
from roost.model.decisions import Decision, Remember, Reply
from roost.model.events import MessageReceived
from roost.model.ids import UserId
from roost.model.messages import OutboundMessage
from roost.model.opting import BUILT_IN, STOPPED
from roost.model.turns import Progress, Turn
from roost.ports import Clock, Replay
from roost.service.probes import NoProbe
from roost.simulator.fault_rules import FaultRule
from roost.store.durable import DurableStore
from roost.store.postgresql.store import PostgresStore
from roost.store.registry import AccountRow, AppRow
from roost.store.sqlite import SqliteStore
from roost.testing import x_simulator as fixtures
from roost.testing.x_simulator import InProcessX
from roost.xapi import windows
from roost.xapi.client import XClient
from roost.xapi.gateway import XGateway

x_world = fixtures.x_world
x_simulator = fixtures.x_simulator

ACCOUNT = UserId("1001")
ORIGIN = "https://bot.test"
CONFIRM = timedelta(seconds=60)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Echo:
    """A bot that says what it was told, and nothing to those who have told it to stop."""

    kinds: frozenset[str] = frozenset()
    opt_out = BUILT_IN

    async def decide(self, turn: Turn) -> AsyncGenerator[Progress]:
        """Answer each message with its own text."""
        said: list[Decision] = []
        is_stopped = any((one.scope, one.name) == STOPPED for one in turn.memories)
        for one in turn.events:
            assert isinstance(one, MessageReceived)
            news = BUILT_IN.news_in(one.message)
            if news is not None:
                said.append(Remember(news.scope, news.name, news.value))
                is_stopped = bool(news.value)
            if news is not None or not is_stopped:
                said.append(Reply(OutboundMessage(f"re: {one.message.text}")))
        yield Progress(tuple(said), final=True)


async def _unreachable(scope: object, receive: object, send: object) -> None:
    raise ConnectionRefusedError("nobody is here")


class Shifted:
    """X's clock as the application has it, wrong by as much as it is told."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.by = timedelta(0)

    def now(self) -> datetime:
        """Give the time the application believes in."""
        return self._clock.now() + self.by


class House:
    """The application's parts over a store that outlives them, and the X they talk to.

    Attributes:
        clock: What the application takes for the time; right, to begin with.
    """

    def __init__(
        self, x: InProcessX, store: DurableStore, path: str, *, env_name: str = "prod"
    ) -> None:
        self.x = x
        self.clock = Shifted(x.clock)
        self.store = store
        self._path = path
        self._env_name = env_name
        self._stack = AsyncExitStack()

    async def start(self) -> None:
        """Begin as a new process would: gaps first, then deliveries, then the webhook."""
        client, clock = self.x.client("acme"), self.clock
        clients = {ACCOUNT: client}
        self.health = health = Health()
        health.silence([ACCOUNT])
        self.worker = worker = _worker(self.store, clients, clock)
        self.backfill = Backfill(
            store=self.store,
            source=Listing(clients),
            clock=clock,
            probe=NoProbe(),
            policy=BackfillPolicy(confirm_after=CONFIRM, limits=windows.LIMITS),
            announce=worker.wake,
        )
        self.continuity = Continuity(
            store=self.store,
            clock=clock,
            health=self.health,
            accounts=[ACCOUNT],
            opened=self.backfill.wake,
            policy=ContinuityPolicy(replaying={} if self._env_name else {ACCOUNT: "main"}),
        )
        replays = ReplaysAtX(clients, {ACCOUNT: "main"}, {"main": self._path})
        self.replayer = Replayer(store=self.store, source=replays, clock=clock)
        policy = WatchPolicy()
        self.watchdog = Watchdog(
            continuity=self.continuity, health=health, clock=clock, policy=policy
        )
        apps = {self._path: WebhookApp("main", (self.x.app().consumer_secret,))}
        self.intake = WebhookIntake(
            inbox=ReplayInbox(self.store.inbox, self.replayer),
            apps=apps,
            clock=clock,
            probe=NoProbe(),
            health=self.health,
            on_stored=worker.wake,
        )
        self.app = WatchedApp("main", self._env_name, ORIGIN + self._path, [(ACCOUNT, client)])
        await worker.take_over()
        await self._stack.enter_async_context(_working(worker))
        await self.continuity.begin()
        await self.backfill.catch_up(within=timedelta(seconds=20))
        self.reachable()
        await self.watchdog.attend(self.app)

    async def stop(self) -> None:
        """End, without a word to X."""
        self.unreachable()
        await self._stack.aclose()
        self._stack = AsyncExitStack()

    def reachable(self) -> None:
        """Let X reach the webhook."""
        self.x.mount(ORIGIN, self.intake)

    def unreachable(self) -> None:
        """Let X not reach the webhook."""
        self.x.mount(ORIGIN, _unreachable)

    def faults(self, *rules: FaultRule) -> None:
        """Let these faults stand instead of those before; for deliveries and calls."""
        assert self.x.simulation.faults.put(rules) == []

    def write(self, *texts: str, by: str = "ada") -> None:
        """Let a customer write."""
        for text in texts:
            self.x.act(by, "send_dm", to="acme", text=text)

    async def pass_by(self, time: timedelta, *, step: timedelta = timedelta(minutes=5)) -> None:
        """Let time pass, with everything done that is to be done now and then."""
        until = self.x.clock.now() + time
        while self.x.clock.now() < until:
            self.x.clock.advance(min(step, until - self.x.clock.now()))
            await self.look()

    async def look(self) -> None:
        """Do what is done every few minutes: watch, write down, list."""
        try:
            await self.watchdog.attend(self.app)
        except SendError:
            assert not self.health.is_arriving(ACCOUNT)
        await self.continuity.beat()
        while await self.backfill.step():
            pass
        while await self.replayer.step():
            pass

    def answers(self, to: str = "ada") -> Sequence[str]:
        """Give what the account has answered a customer, oldest first."""
        to_id = self.x.user(to).user_id
        every = self.x.simulation.world.messages.values()
        return [
            one.data.text for one in every if (one.sender_id, one.recipient_id) == (ACCOUNT, to_id)
        ]

    async def until(self, condition: Callable[[], bool | Awaitable[bool]]) -> None:
        """Wait until something is so; half a minute is a failure."""
        async with asyncio.timeout(30):
            while True:
                holds = condition()
                if holds is True or (isinstance(holds, Awaitable) and await holds):
                    return
                await asyncio.sleep(0.01)

    async def until_answered(self, texts: Sequence[str], *, to: str = "ada") -> None:
        """Wait until everything is settled, and demand exactly these answers in this order."""
        await self.until(lambda: len(self.answers(to)) >= len(texts))
        await self.until(self.is_settled)
        assert self.answers(to) == [f"re: {text}" for text in texts]

    async def is_settled(self) -> bool:
        """Tell whether nothing waits."""
        counts = await self.store.counts()
        return counts.events_waiting + counts.outbox_waiting == 0

    async def open_replays(self) -> Sequence[Replay]:
        """Give the spans that X is still to deliver again."""
        return await self.store.transact(lambda tx: tx.replays.open_replays())

    async def open_gaps(self) -> Sequence[str]:
        """Give the reasons of the gaps that are open."""
        gaps = await self.store.transact(lambda tx: tx.gaps.open_gaps())
        return [gap.reason for gap in gaps]

    def calls(self) -> Mapping[str, int]:
        """Count X's answers to listings, by status."""
        rows = self.x.ledger()
        return Counter(str(row["status"]) for row in rows if row.get("route") == "dm.events.list")


def _worker(store: DurableStore, clients: Mapping[UserId, XClient], clock: Clock) -> Worker:
    return Worker(
        store=store,
        gateway=XGateway(clients),
        deciders={"b": Echo()},
        clock=clock,
        probe=NoProbe(),
        # However long an account was away, the bot answers.
        policy=WorkerPolicy(TurnPolicy(oldest=timedelta(days=30)), limits=windows.LIMITS),
    )


@asynccontextmanager
async def _working(worker: Worker) -> AsyncGenerator[None]:
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(worker.run())
        try:
            yield
        finally:
            running.cancel()


@pytest.fixture(params=["sqlite", "postgresql"])
def opening(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AbstractAsyncContextManager[DurableStore]:
    """Opens a store of each kind."""
    if request.param == "sqlite":
        return SqliteStore.open(tmp_path / "roost.db")
    return PostgresStore.open(request.getfixturevalue("dsn"))


@pytest.fixture
async def store(
    opening: AbstractAsyncContextManager[DurableStore],
) -> AsyncGenerator[DurableStore]:
    """A store of each kind."""
    async with opening as opened:
        yield opened


@pytest.fixture
async def house(x_simulator: InProcessX, store: DurableStore) -> AsyncGenerator[House]:
    """A house nobody is in yet."""
    async with housed(x_simulator, store, "prod") as made:
        yield made


@pytest.fixture
async def enterprise(x_simulator: InProcessX, store: DurableStore) -> AsyncGenerator[House]:
    """The same, whose app is of the enterprise tier."""
    async with housed(x_simulator, store, "") as made:
        yield made


@asynccontextmanager
async def housed(
    x: InProcessX, store: DurableStore, env_name: str = "prod"
) -> AsyncGenerator[House]:
    """Give a house over a store; whoever is in it goes when the block is left."""
    app = x.app()
    paths = await store.register(
        [AppRow("main", app.app_id, app.consumer_key)], [AccountRow(ACCOUNT, "main", "b")]
    )
    made = House(x, store, paths["main"], env_name=env_name)
    yield made
    await made.stop()
