"""The engine on a real SQLite file, with a scripted bot and a scripted X."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from roost.engine.turns import TurnPolicy
from roost.engine.worker import Worker, WorkerPolicy
from roost.model.decisions import Decision, Reply
from roost.model.events import Event, MessageReceived, MessageSent
from roost.model.ids import MessageId, UserId, conversation_between
from roost.model.messages import Message, OutboundMessage, Profile
from roost.model.opting import BUILT_IN
from roost.model.turns import Progress, Turn
from roost.ports import Delivery, Probe
from roost.service.clock import SystemClock
from roost.service.probes import NoProbe
from roost.store.counts import Counts
from roost.store.registry import AccountRow, AppRow
from roost.store.sqlite import SqliteStore
from roost.testing.clocks import NOON, FrozenClock
from roost.testing.gateways import FakeGateway
from roost.xapi.gateway import XGateway

ACCOUNT = UserId("1001")
Decide = Callable[[Turn], Awaitable[tuple[Decision, ...]]]


async def echo(turn: Turn) -> tuple[Decision, ...]:
    """Answer each message with its own text."""
    return tuple(
        Reply(OutboundMessage(f"re: {one.message.text}"))
        for one in turn.events
        if isinstance(one, MessageReceived)
    )


class ScriptedDecider:
    """A decider made of one function; keeps the turns it was given."""

    kinds: frozenset[str] = frozenset()
    opt_out = BUILT_IN

    def __init__(self) -> None:
        self.decides: Decide = echo
        self.turns: list[Turn] = []

    async def decide(self, turn: Turn) -> AsyncGenerator[Progress]:
        self.turns.append(turn)
        yield Progress(await self.decides(turn), final=True)


@dataclass
class Line:
    """Everything a scenario touches."""

    store: SqliteStore
    gateway: FakeGateway
    decider: ScriptedDecider
    clock: FrozenClock | SystemClock
    worker: Worker

    async def receives(
        self, number: int, text: str, *, customer: str = "2002", at: datetime = NOON
    ) -> None:
        """Put a customer's message into the inbox, as intake would."""
        await self.put(replace(_message(MessageReceived, number, text, customer), at=at))

    async def echoes(self, number: int, text: str, *, customer: str = "2002") -> None:
        """Put the echo of a message of ours into the inbox."""
        await self.put(_message(MessageSent, number, text, customer))

    async def put(self, *events: Event) -> None:
        """Store one delivery and wake the worker."""
        delivery_id = secrets.token_hex(8)
        await self.store.inbox.put(
            Delivery(delivery_id, "main", ACCOUNT, delivery_id * 2, NOON, b"{}", events)
        )
        self.worker.wake()

    @asynccontextmanager
    async def working(self) -> AsyncGenerator[None]:
        """Run the worker."""
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(self.worker.run())
            yield
            running.cancel()

    async def handles(self, text: str) -> None:
        """Receive a message, the first, and work until nothing waits any more."""
        async with self.working():
            await self.receives(1, text)
            await self.until_settled()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to become true; half a minute is a failure."""
        async with asyncio.timeout(30):
            while True:
                if condition():
                    return
                await asyncio.sleep(0.005)

    async def until_counted(self, condition: Callable[[Counts], object]) -> None:
        """Wait for what is stored to become as wanted; half a minute is a failure."""
        async with asyncio.timeout(30):
            while True:
                if condition(await self.store.counts()):
                    return
                await asyncio.sleep(0.005)

    async def until_settled(self) -> None:
        """Wait until nothing waits any more."""
        await self.until_counted(lambda now: now.events_waiting + now.outbox_waiting == 0)


def _message(
    cls: type[MessageReceived | MessageSent], number: int, text: str, customer: str
) -> MessageReceived | MessageSent:
    customer_id = UserId(customer)
    conversation = conversation_between(ACCOUNT, customer_id)
    message = Message(MessageId(str(number)), text)
    return cls(ACCOUNT, str(number), number, conversation, Profile(customer_id), message, NOON)


@pytest.fixture
async def line(tmp_path: Path) -> AsyncGenerator[Line]:
    """A line whose worker does not run yet."""
    async with SqliteStore.open(tmp_path / "roost.db") as store:
        await store.register([AppRow("main", "1", "key")], [AccountRow(ACCOUNT, "main", "b")])
        yield line_over(store)


def line_over(
    store: SqliteStore,
    *,
    policy: TurnPolicy | None = None,
    clock: FrozenClock | SystemClock | None = None,
    at_x: XGateway | None = None,
    probe: Probe | None = None,
) -> Line:
    """Put a line together over a store; where no other way to X is given, X is scripted."""
    gateway, decider, clock = FakeGateway(), ScriptedDecider(), clock or FrozenClock()
    worker = Worker(
        store=store,
        gateway=at_x or gateway,
        deciders={"b": decider},
        clock=clock,
        probe=probe or NoProbe(),
        policy=WorkerPolicy(
            turns=policy or TurnPolicy(),
            listed_after=[timedelta(seconds=30), timedelta(seconds=120)],
        ),
    )
    return Line(store, gateway, decider, clock, worker)
