"""Real processes on one PostgreSQL database, some of them killed."""

from __future__ import annotations

import asyncio
import collections
import signal
import sys
from asyncio.subprocess import PIPE, Process
from datetime import UTC, datetime

import pytest

from roost.model.events import MessageReceived
from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import Message, Profile
from roost.ports import Delivery
from roost.store.postgresql.store import PostgresStore
from roost.store.registry import AccountRow, AppRow

pytestmark = pytest.mark.crash

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OURS = UserId("11")
N_CONVERSATIONS = 240

WORKER = """
import asyncio, sys
from datetime import UTC, datetime, timedelta

from roost.errors import StaleClaim
from roost.model.messages import Profile
from roost.model.turns import Claim, Turn
from roost.store.postgresql.store import PostgresStore

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def claim(tx):
    for row in await tx.events.unfiled(50):
        await tx.conversations.touch(row.event)
        await tx.messages.put(row.event)
        await tx.events.file(row.event, state="pending")
        await tx.conversations.make_ready([("11", row.event.conversation_id, NOON)])
    claims = []
    for row in await tx.conversations.claim_ready(4, lease=timedelta(hours=1)):
        pending = await tx.events.pending(row.account_id, row.conversation_id, 32)
        turn = Turn(row.bot, row.account_id, row.conversation_id, Profile(row.customer_id),
                    pending.events, pending.attempt, NOON)
        claims.append(Claim(turn, row.fence, row.epoch, pending.trace_id))
    return claims


async def handle(tx, claim):
    await tx.conversations.guard(claim)
    for event in claim.turn.events:
        await tx.changes.append("11", "done", conversation_id="", ref=event.event_key, at=NOON)
    await tx.events.settle(claim.turn.events, state="done", reason="")
    await tx.conversations.release(claim, waiting_since=None)


async def main():
    async with PostgresStore.open(sys.argv[1]) as store:
        print("ready", flush=True)
        while (await store.counts()).events_waiting:
            await store.transact(lambda tx: tx.conversations.take_over_leases())
            claims = await store.transact(claim, is_durable=False)
            for one in claims:
                print(one.turn.conversation_id, one.fence, flush=True)
            for one in claims:
                try:
                    await store.transact(lambda tx: handle(tx, one))
                except StaleClaim:
                    print("stale", flush=True)


asyncio.run(main())
"""

INTAKE = """
import asyncio, sys
from datetime import UTC, datetime

from roost.model.events import Unrecognised
from roost.ports import Delivery
from roost.store.postgresql.store import PostgresStore

AT = datetime(2026, 3, 1, tzinfo=UTC)


async def put(store, connection):
    for n in range(100_000):
        key = f"{connection}-{n}"
        event = Unrecognised("11", key, n, "name", AT)
        await store.inbox.put(Delivery(key, "main", "11", "0" * 32, AT, b"{}", (event,)))
        print(key, flush=True)


async def main():
    async with PostgresStore.open(sys.argv[1]) as store, asyncio.TaskGroup() as tasks:
        for connection in range(16):
            tasks.create_task(put(store, connection))


asyncio.run(main())
"""


async def started(script: str, dsn: str) -> Process:
    return await asyncio.create_subprocess_exec(sys.executable, "-c", script, dsn, stdout=PIPE)


async def lines_of(process: Process) -> list[str]:
    return (await process.stdout.read()).decode().splitlines()


async def seed(dsn: str) -> None:
    async with PostgresStore.open(dsn) as store:
        await store.register([AppRow("main", "7", "key")], [AccountRow(OURS, "main", "demo")])
        for n in range(N_CONVERSATIONS):
            message = Message(MessageId(str(n)), "hello")
            conversation = ConversationId(f"11-{n}")
            event = MessageReceived(OURS, str(n), n, conversation, Profile(str(n)), message, NOON)
            await store.inbox.put(Delivery(f"d{n}", "main", OURS, "0" * 32, NOON, b"{}", (event,)))


async def test_processes_claim_every_conversation_once(dsn):
    await seed(dsn)
    workers = [await started(WORKER, dsn) for _ in range(3)]

    async with asyncio.timeout(60):
        claims = [line for worker in workers for line in await lines_of(worker)]
        assert [await worker.wait() for worker in workers] == [0, 0, 0]

    expected = sorted(f"11-{n}" for n in range(N_CONVERSATIONS))
    assert sorted(line.split()[0] for line in claims if line != "ready") == expected


async def test_what_killed_processes_had_claimed_is_done_by_another_and_once(dsn):
    async with PostgresStore.open(dsn) as store:
        begin = await store.feed_position()
    await seed(dsn)
    doomed = [await started(WORKER, dsn) for _ in range(2)]
    begun: set[str] = set()
    for process in doomed:
        for _ in range(12):
            line = (await process.stdout.readline()).decode()
            begun.add(line.split()[0])
        process.send_signal(signal.SIGKILL)
        begun |= {one.split()[0] for one in (await process.stdout.read()).decode().splitlines()}
        await process.wait()

    async with asyncio.timeout(60):
        heir = await started(WORKER, dsn)
        claims = await lines_of(heir)
        assert await heir.wait() == 0

    async with PostgresStore.open(dsn) as store:
        changes = await store.changes_after(begin, limit=10_000)
        assert (await store.counts()).events["done"] == N_CONVERSATIONS
    done = collections.Counter(change.ref for change in changes)
    assert done == {str(n): 1 for n in range(N_CONVERSATIONS)}
    assert begun & {line.split()[0] for line in claims if line != "ready"}, "some was taken over"


@pytest.mark.parametrize("n_acknowledged", [1, 40, 400])
async def test_nothing_acknowledged_is_lost_when_the_process_is_killed(dsn, n_acknowledged):
    process = await started(INTAKE, dsn)
    lines = [await process.stdout.readline() for _ in range(n_acknowledged)]
    process.send_signal(signal.SIGKILL)
    lines += (await process.stdout.read()).splitlines(keepends=True)
    await process.wait()
    acknowledged = {line.decode().strip() for line in lines if line.endswith(b"\n")}

    async with PostgresStore.open(dsn) as store:
        rows = await store.transact(lambda tx: tx.events.unfiled(1_000_000))

    assert len(acknowledged) >= n_acknowledged
    assert acknowledged <= {row.event.event_key for row in rows}
