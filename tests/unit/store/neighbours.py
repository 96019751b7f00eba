"""Stores of several processes on one PostgreSQL database, and what they do there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from roost.model.events import MessageReceived, MessageSent
from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import Message, OutboundMessage, Profile
from roost.model.outbound import Addressee, Lane
from roost.model.turns import Claim, Turn
from roost.ports import Delivery
from roost.store.postgresql.store import PostgresStore
from roost.store.registry import AccountRow, AppRow

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OURS = UserId("11")
LEASE = timedelta(seconds=30)


@asynccontextmanager
async def process(dsn: str) -> AsyncGenerator[PostgresStore]:
    async with PostgresStore.open(dsn) as store:
        await store.register([AppRow("main", "7", "key")], [AccountRow(OURS, "main", "demo")])
        yield store


def event_of(number, *, customer="22", cls=MessageReceived, text="hello"):
    message = Message(MessageId(str(number)), text)
    conversation = ConversationId(f"11-{customer}")
    return cls(OURS, str(number), number, conversation, Profile(customer), message, NOON)


async def put(store, *events):
    for event in events:
        key = f"{event.event_key}-{type(event).__name__}"
        await store.inbox.put(Delivery(key, "main", OURS, "0" * 32, NOON, b"{}", (event,)))


async def file_all(tx):
    rows = await tx.events.unfiled(1_000)
    for row in rows:
        await tx.conversations.touch(row.event)
        await tx.messages.put(row.event)
        is_ours = isinstance(row.event, MessageSent)
        await tx.events.file(row.event, state="done" if is_ours else "pending")
        if not is_ours:
            await tx.conversations.make_ready([(OURS, row.event.conversation_id, NOON)])
    return [row.event.event_key for row in rows]


async def receive(store, *events):
    await put(store, *events)
    await store.transact(file_all)


async def claim_all(tx, limit=10, lease=LEASE):
    claims = []
    for row in await tx.conversations.claim_ready(limit, lease=lease):
        pending = await tx.events.pending(row.account_id, row.conversation_id, 32)
        customer = Profile(row.customer_id)
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


async def queue(store, claim, *texts):
    turn = claim.turn
    where = Addressee(turn.account_id, turn.conversation_id, turn.customer.user_id)

    async def unit(tx):
        for text in texts:
            await tx.outbox.put(where, OutboundMessage(text), lane=Lane.BOT, trace_id="", at=NOON)

    await store.transact(unit)


async def start(store):
    async def unit(tx):
        entries = await tx.outbox.due(10, now=NOON)
        await tx.outbox.start(entries)
        return entries

    return await store.transact(unit)


async def change(tx, kind):
    await tx.changes.append(OURS, kind, conversation_id="", ref="", at=NOON)


class Pause:
    """Stops a unit in the middle of its transaction."""

    def __init__(self):
        self._is_there, self._may_go_on = asyncio.Event(), asyncio.Event()

    async def here(self):
        self._is_there.set()
        await self._may_go_on.wait()

    def begin(self):
        """Stop the next one, after others have passed."""
        self._is_there.clear()
        self._may_go_on.clear()

    async def reached(self):
        await self._is_there.wait()

    def end(self):
        self._may_go_on.set()


async def waiting_for_a_lock(store, n=1):
    async def count(tx):
        return await tx.changes._session._connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )

    async with asyncio.timeout(10):
        while True:
            if await store.transact(count) >= n:
                return
            await asyncio.sleep(0.01)


async def deadlocks(store):
    async def read(tx):
        connection = tx.changes._session._connection
        await connection.execute("SELECT pg_stat_clear_snapshot()")
        return await connection.fetchval(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )

    return await store.transact(read)


async def take_over(store):
    async def unit(tx):
        return (
            await tx.conversations.take_over_leases(),
            await tx.outbox.suspect_interrupted(),
        )

    return await store.transact(unit)
