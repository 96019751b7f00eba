"""Stores to test against, and a small world whose events they hold."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from roost.model.events import Event, MessageReceived, MessageSent
from roost.model.ids import ConversationId, MessageId, UserId, conversation_between
from roost.model.messages import Message, OutboundMessage, Profile
from roost.model.outbound import Addressee, Lane, OutboxEntry
from roost.model.turns import Claim, Turn
from roost.ports import Delivery, Store, Tx
from roost.store import schema
from roost.store.durable import DurableStore
from roost.store.postgresql.store import PostgresStore
from roost.store.registry import AccountRow, AppRow
from roost.store.sqlite import SqliteStore

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEASE = timedelta(seconds=30)
OURS = UserId("11")
WITHOUT_BOT = UserId("12")
DISCONNECTED = UserId("13")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class LeaseClock:
    """Milliseconds that pass only when told to."""

    def __init__(self) -> None:
        self.now = 1_000

    def __call__(self) -> int:
        return self.now

    async def of_database(self, connection: object) -> int:
        """Stand in for the clock of a database."""
        return self.now

    def pass_by(self, time: timedelta) -> None:
        self.now += time // timedelta(milliseconds=1)


class World:
    """Makes events, and walks them along the line as the engine would."""

    def __init__(self, lease_clock: LeaseClock) -> None:
        self.lease_clock = lease_clock
        self.noon = NOON
        self._numbers = itertools.count(1)

    def number(self) -> int:
        """Give a number that nothing else in this world has."""
        return next(self._numbers)

    def received(
        self,
        number: int | None = None,
        *,
        customer: str = "22",
        account: UserId = OURS,
        text: str = "hello",
        name: str = "Bob",
    ) -> MessageReceived:
        number = next(self._numbers) if number is None else number
        return MessageReceived(
            account_id=account,
            event_key=str(number),
            position=number,
            conversation_id=conversation_between(account, UserId(customer)),
            customer=Profile(customer, "bob", name),
            message=Message(MessageId(str(number)), text),
            at=NOON + timedelta(seconds=number % 86_400),
        )

    def sent(
        self, number: int | None = None, *, customer: str = "22", text: str = "ours"
    ) -> MessageSent:
        number = next(self._numbers) if number is None else number
        return MessageSent(
            account_id=OURS,
            event_key=str(number),
            position=number,
            conversation_id=conversation_between(OURS, UserId(customer)),
            customer=Profile(customer),
            message=Message(MessageId(str(number)), text, source_app_id="7"),
            at=NOON + timedelta(seconds=number % 86_400),
        )

    def delivery(self, *events: Event, at: datetime = NOON, body: bytes = b'{"a":1}') -> Delivery:
        return Delivery(
            delivery_id=f"d{next(self._numbers):08}",
            app_key="main",
            account_id=events[0].account_id if events else OURS,
            trace_id=f"{next(self._numbers):032}",
            received_at=at,
            body=body,
            events=events,
        )

    async def put(self, store: Store, *events: Event, at: datetime = NOON) -> None:
        for event in events:
            await store.inbox.put(self.delivery(event, at=at))

    async def file(self, store: Store) -> None:
        async def unit(tx: Tx) -> None:
            for row in await tx.events.unfiled(1_000):
                event = row.event
                assert isinstance(event, MessageReceived | MessageSent)
                control = await tx.conversations.touch(event)
                await tx.messages.put(event)
                waits = isinstance(event, MessageReceived) and control == "bot"
                await tx.events.file(event, state="pending" if waits else "done")
                if waits:
                    await tx.conversations.make_ready(
                        [(event.account_id, event.conversation_id, row.received_at)]
                    )

        await store.transact(unit)

    async def receive(self, store: Store, *events: Event, at: datetime = NOON) -> None:
        await self.put(store, *events, at=at)
        await self.file(store)

    async def claim(self, store: Store, limit: int = 10) -> list[Claim]:
        async def unit(tx: Tx) -> list[Claim]:
            claims: list[Claim] = []
            for row in await tx.conversations.claim_ready(limit, lease=LEASE):
                pending = await tx.events.pending(row.account_id, row.conversation_id, 32)
                customer = Profile(row.customer_id, row.customer_screen_name, row.customer_name)
                turn = Turn(
                    row.bot,
                    row.account_id,
                    row.conversation_id,
                    customer,
                    pending.events,
                    pending.attempt,
                    NOON,
                )
                claims.append(Claim(turn, row.fence, row.epoch, pending.trace_id))
            return claims

        return await store.transact(unit)

    async def claimed(self, store: Store, *, customer: str = "22") -> Claim:
        """Give a claim on a conversation with one new message."""
        await self.receive(store, self.received(customer=customer))
        (claim,) = await self.claim(store)
        return claim

    async def queue(self, store: Store, claim: Claim, *texts: str, lane: Lane = Lane.BOT) -> None:
        async def unit(tx: Tx) -> None:
            for text in texts:
                await tx.outbox.put(
                    addressee_of(claim),
                    OutboundMessage(text),
                    lane=lane,
                    trace_id="0" * 32,
                    at=NOON,
                )

        await store.transact(unit)

    async def start(
        self, store: Store, limit: int = 10, *, now: datetime = NOON
    ) -> Sequence[OutboxEntry]:
        async def unit(tx: Tx) -> Sequence[OutboxEntry]:
            entries = await tx.outbox.due(limit, now=now)
            await tx.outbox.start(entries)
            return entries

        return await store.transact(unit)

    async def pending(self, store: Store, customer: str = "22") -> list[str]:
        conversation = conversation_between(OURS, UserId(customer))
        pending = await store.transact(
            lambda tx: tx.events.pending(OURS, ConversationId(conversation), 1_000)
        )
        return [event.event_key for event in pending.events]


def addressee_of(claim: Claim) -> Addressee:
    """Say where the answers of a turn go."""
    turn = claim.turn
    return Addressee(turn.account_id, turn.conversation_id, UserId(turn.customer.user_id))


@pytest.fixture
def lease_clock() -> LeaseClock:
    return LeaseClock()


@pytest.fixture
def world(lease_clock: LeaseClock) -> World:
    return World(lease_clock)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy, because migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("empty") / "roost.db"
    schema.upgrade(path)
    return path


Open = Callable[[], AbstractAsyncContextManager[DurableStore]]
"""Opens a store on the test's database, as one more process would."""


@pytest.fixture(params=["sqlite", "postgresql"])
def opening(request: pytest.FixtureRequest, tmp_path: Path, lease_clock: LeaseClock) -> Open:
    if request.param == "sqlite":
        path = tmp_path / "roost.db"
        shutil.copy(request.getfixturevalue("empty_database"), path)
        return partial(SqliteStore.open, path, lease_clock=lease_clock)
    dsn = request.getfixturevalue("dsn")
    return partial(PostgresStore.open, dsn, lease_clock=lease_clock.of_database)


class Life:
    """A store, and how to let its process die and another one come."""

    def __init__(self, opening: Open) -> None:
        self._opening = opening
        self._stack = AsyncExitStack()

    async def begin(self) -> DurableStore:
        self.store = await self._stack.enter_async_context(self._opening())
        return self.store

    async def end(self) -> None:
        await self._stack.aclose()

    async def die_and_be_succeeded(self) -> DurableStore:
        await self.end()
        return await self.begin()


@pytest.fixture
async def life(opening: Open) -> AsyncGenerator[Life]:
    life = Life(opening)
    yield life
    await life.end()


@pytest.fixture
async def store(life: Life) -> DurableStore:
    opened = await life.begin()
    await opened.register(
        [AppRow("main", "7", "consumer-key")],
        [
            AccountRow(OURS, "main", "demo"),
            AccountRow(WITHOUT_BOT, "main", ""),
            AccountRow(DISCONNECTED, "main", "demo", state="needs_reauth"),
        ],
    )
    return opened
