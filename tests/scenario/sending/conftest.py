"""The application and X in one process: real webhooks, real calls, one clock that tests move."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from tests.scenario.engine.conftest import ScriptedDecider, echo

from roost.engine import answering
from roost.engine.answering import Act
from roost.engine.worker import Worker, WorkerPolicy
from roost.intake.health import Health
from roost.intake.webhook import WebhookApp, WebhookIntake
from roost.model.budgets import RouteLimits
from roost.model.decisions import Decision
from roost.model.events import MessageReceived
from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import Message, OutboundMessage, Profile
from roost.model.people import PersonId
from roost.model.turns import Turn
from roost.ports import Delivery, SentPage
from roost.service.probes import NoProbe
from roost.simulator.fault_rules import FaultRule, Match
from roost.store.durable import DurableStore
from roost.store.postgresql.store import PostgresStore
from roost.store.registry import AccountRow, AppRow
from roost.store.sqlite import SqliteStore
from roost.testing import x_simulator as fixtures
from roost.testing.in_process import InProcess
from roost.testing.x_simulator import InProcessX
from roost.xapi import windows
from roost.xapi.client import XClient
from roost.xapi.gateway import XGateway
from roost.xapi.transport import Request, Response

x_world = fixtures.x_world
x_simulator = fixtures.x_simulator

ACCOUNT = UserId("1001")
ADA = "2002"
NEW, LIST = Match(route="dm.events.new"), Match(route="dm.events.list")
WITHIN = 30.0
PATIENCE = timedelta(milliseconds=300)
"""How long the application waits for X, in real time: half a minute, in a hurry."""


class Impatient:
    """A transport that gives X less time than usual."""

    def __init__(self, transport: InProcess) -> None:
        self._transport = transport

    async def send(self, request: Request, *, answer_within: timedelta = PATIENCE) -> Response:
        del answer_within
        return await self._transport.send(request, answer_within=PATIENCE)


class LaggingGateway(XGateway):
    """A way to X whose first listings may miss what is there.

    Attributes:
        blind: How many listings show nothing.
    """

    blind = 0

    async def sent_page(self, account_id: UserId, *, baseline: int, cursor: str = "") -> SentPage:
        page = await super().sent_page(account_id, baseline=baseline, cursor=cursor)
        if self.blind:
            self.blind -= 1
            return SentPage(())
        return page


@dataclass
class Application:
    """The application on X's clock, and what X has seen of it."""

    x: InProcessX
    store: DurableStore
    worker: Worker
    gateway: LaggingGateway
    decider: ScriptedDecider = field(default_factory=ScriptedDecider)

    def faults(self, *rules: FaultRule) -> None:
        """Let these faults stand, and no others."""
        self.x.simulation.faults.put(rules)

    def says(self, name: str, text: str) -> None:
        """Let a customer write."""
        self.x.act(name, "send_dm", to="acme", text=text)

    async def agent_says(self, text: str, *, customer: str = ADA) -> None:
        """Let an agent answer."""
        where = ConversationId(f"{ACCOUNT}-{customer}")
        trace = secrets.token_hex(16)
        act = Act(ACCOUNT, where, PersonId("agent-7"), trace, self.x.clock.now())
        await self.store.transact(lambda tx: answering.reply(tx, act, OutboundMessage(text)))
        self.worker.look()

    async def pass_by(self, *steps: timedelta) -> None:
        """Let time pass, and what is due then happen."""
        for step in steps:
            self.x.clock.advance(step)
            self.worker.look()
            await asyncio.sleep(0.05)

    def arrived(self, to: str = ADA) -> list[str]:
        """Give what the account has sent a customer, as X has it."""
        return [
            str(line["text"])
            for line in self.x.ledger()
            if line["kind"] == "message"
            and (line["sender_id"], line["recipient_id"]) == (ACCOUNT, to)
        ]

    def messages_of(self, sender: str) -> list[str]:
        """Give what a user has sent, as X has it."""
        return [
            str(line["text"])
            for line in self.x.ledger()
            if line["kind"] == "message" and line["sender_id"] == sender
        ]

    def delivery(self, text: str, at: datetime) -> Delivery:
        """Make what intake would make of a message of Ada's."""
        message = Message(MessageId("1"), text)
        where = ConversationId(f"{ACCOUNT}-{ADA}")
        event = MessageReceived(ACCOUNT, "1", 1, where, Profile(ADA), message, at)
        return Delivery("d1", "main", ACCOUNT, "0" * 32, at, b"{}", (event,))

    def strike_with_the_answer(self, *rules: FaultRule) -> None:
        """Let faults stand once a customer's message has been delivered."""

        async def answer(turn: Turn) -> tuple[Decision, ...]:
            self.faults(*rules)
            return await echo(turn)

        self.decider.decides = answer

    def statuses(self) -> list[object]:
        """Give the status of every call of X's API since the webhook was registered."""
        own = {"dm.events.new", "dm.events.list", "account.verify_credentials"}
        return [line["status"] for line in self.x.ledger() if line.get("route") in own]

    async def until_quiet(self) -> None:
        """Wait until no call of X is made any more."""
        seen = -1
        while seen != len(self.statuses()):
            seen = len(self.statuses())
            await asyncio.sleep(0.3)

    def calls(self, route: str) -> list[object]:
        """Give the status of every call of a route, in order."""
        return [line["status"] for line in self.x.ledger() if line.get("route") == route]

    async def outbox(self) -> dict[str, int]:
        """Count messages by state."""
        return {state: n for state, n in (await self.store.counts()).outbox.items() if n}

    async def account(self) -> str:
        """Tell how the account stands."""
        account = await self.store.account(ACCOUNT)
        assert account is not None
        return account.state

    async def control(self, customer: str = ADA) -> str:
        """Tell who has the conversation with a customer."""
        where = ConversationId(f"{ACCOUNT}-{customer}")
        row = await self.store.transact(lambda tx: tx.conversations.whose(ACCOUNT, where))
        assert row is not None
        return row.control

    async def until(self, condition: Callable[[], Awaitable[bool]]) -> None:
        """Wait until something holds; half a minute is a failure."""
        async with asyncio.timeout(WITHIN):
            while True:
                if await condition():
                    return
                await asyncio.sleep(0.01)

    async def until_outbox(self, **states: int) -> None:
        """Wait until the outbox holds exactly this, and every event is dealt with."""

        async def is_so() -> bool:
            counts = await self.store.counts()
            return await self.outbox() == states and not counts.events_waiting

        try:
            await self.until(is_so)
        except TimeoutError:
            raise AssertionError(f"{await self.outbox()} and not {states}") from None


Make = Callable[..., Awaitable[Application]]
Open = Callable[[], AbstractAsyncContextManager[DurableStore]]


@pytest.fixture
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens the database: SQLite, where the test does not name `postgresql` by this parameter."""
    if getattr(request, "param", "sqlite") == "postgresql":
        return partial(PostgresStore.open, request.getfixturevalue("dsn"))
    return partial(SqliteStore.open, tmp_path / "roost.db")


@pytest.fixture
async def make_application(x_simulator: InProcessX, opening: Open) -> AsyncGenerator[Make]:
    """Makes the application of a test, and ends it with the test."""
    async with AsyncExitStack() as stack:

        async def make(
            *,
            bot: bool = True,
            limits: dict[str, RouteLimits] | None = None,
            accounts: Sequence[str] = ("acme",),
        ) -> Application:
            store = await stack.enter_async_context(opening())
            app = x_simulator.app()
            await store.register(
                [AppRow("main", app.app_id, app.consumer_key, webhook_path="/x/main/1")],
                [
                    AccountRow(UserId(x_simulator.user(name).user_id), "main", "b" if bot else "")
                    for name in accounts
                ],
            )
            return await stack.enter_async_context(
                _running(x_simulator, store, dict(windows.LIMITS) if limits is None else limits)
            )

        yield make


@pytest.fixture
async def application(make_application: Make) -> Application:
    """An application whose bot repeats what customers say."""
    return await make_application()


@asynccontextmanager
async def _running(
    x: InProcessX, store: DurableStore, limits: dict[str, RouteLimits]
) -> AsyncGenerator[Application]:
    transport = Impatient(x.transport)
    clients = {
        one.account_id: XClient(x.credentials(one.account_id), transport, x.clock, base_url=x.url)
        for one in await store.accounts()
    }
    gateway, decider = LaggingGateway(clients), ScriptedDecider()
    worker = Worker(
        store=store,
        gateway=gateway,
        deciders={"b": decider},
        clock=x.clock,
        probe=NoProbe(),
        policy=WorkerPolicy(
            listed_after=[timedelta(seconds=60), timedelta(seconds=120)], limits=limits
        ),
    )
    intake = WebhookIntake(
        inbox=store.inbox,
        apps={"/x/main/1": WebhookApp("main", (x.app().consumer_secret,))},
        clock=x.clock,
        probe=NoProbe(),
        health=Health(),
        on_stored=worker.wake,
    )
    x.mount("https://bot.test", intake)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(worker.run())
        first = next(iter(clients.values()))
        await first.create_webhook("prod", "https://bot.test/x/main/1")
        for client in clients.values():
            await client.subscribe("prod")
        yield Application(x, store, worker, gateway, decider)
        worker.stop()
        await asyncio.wait([running], timeout=5)
        running.cancel()
