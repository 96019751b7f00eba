"""What one operation costs with few messages stored and with very many (goal 7)."""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import asyncpg
import machine
import postgresql
import report
import seeding
import uvloop
from postgresql import Databases
from report import Bound, Options, Ratio
from sqlalchemy import bindparam, select

from roost.model.messages import Profile
from roost.model.turns import Claim, Turn
from roost.ports import Tx
from roost.service.clock import SystemClock
from roost.store.connection import fetch, open_for_reading
from roost.store.durable import DurableStore
from roost.store.postgresql.numbering import numbered
from roost.store.postgresql.store import PostgresStore
from roost.store.sqlite import SqliteStore
from roost.store.statements import Parameters, Query
from roost.store.tables import messages

FEW = 10_000
TIMES = 100
"""How often each operation is done for one figure, which is their median."""

SHORTEST = 5
"""Messages that every conversation has, at least."""

_US = 1e6
_LEASE = timedelta(minutes=1)

TRANSCRIPT = Query[tuple[str, str]](
    select(messages.c.message_id, messages.c.text)
    .where(
        messages.c.account_id == bindparam("account"),
        messages.c.conversation_id == bindparam("conversation"),
    )
    .order_by(messages.c.position.desc(), messages.c.message_id.desc())
    .limit(bindparam("limit"))
)
"""The newest page of a conversation, as the pages of the desk read it."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A database with messages in it.

    Attributes:
        store: Over it.
        page: Reads a page of the transcript; how many messages it has.
    """

    store: DurableStore
    page: Callable[[Parameters], Awaitable[int]]


Operation = Callable[[Stored, int], Awaitable[object]]


async def claim(stored: Stored, n: int) -> None:
    """Claim the conversation that has waited longest, and release it as waiting again."""
    now = SystemClock().now()

    async def unit(tx: Tx) -> None:
        (row,) = await tx.conversations.claim_ready(1, lease=_LEASE)
        turn = Turn(row.bot, row.account_id, row.conversation_id, Profile(row.customer_id), (), 1)
        claimed = Claim(turn, fence=row.fence, epoch=row.epoch, trace_id="")
        await tx.conversations.release(claimed, waiting_since=now + timedelta(seconds=n))

    await stored.store.transact(unit, is_durable=False)


async def look_for_events(stored: Stored, _n: int) -> None:
    """Look for events to file where there are none."""

    async def unit(tx: Tx) -> None:
        if await tx.events.unfiled(1):
            raise RuntimeError("there are events to file")

    await stored.store.transact(unit, is_durable=False)


async def look_for_sends(stored: Stored, _n: int) -> None:
    """Look for messages to send where there are none."""
    now = SystemClock().now()

    async def unit(tx: Tx) -> None:
        if await tx.outbox.start_due(1, now=now):
            raise RuntimeError("there are messages to send")

    await stored.store.transact(unit, is_durable=False)


async def read_page(stored: Stored, n: int) -> None:
    """Read the newest page of a conversation."""
    where = {"account": seeding.ACCOUNT, "conversation": f"{seeding.ACCOUNT}-{1 + n}", "limit": 50}
    if await stored.page(where) < SHORTEST:
        raise RuntimeError("there is no such conversation")


OPERATIONS: Mapping[str, Operation] = {
    "claim and release": claim,
    "events to file, none": look_for_events,
    "messages to send, none": look_for_sends,
    "conversation page": read_page,
}


async def cost(stored: Stored, operation: Operation) -> float:
    """Give an operation's median, in microseconds."""
    took: list[float] = []
    for n in range(TIMES):
        begun = time.perf_counter()
        await operation(stored, n)
        took.append(time.perf_counter() - begun)
    return statistics.median(took) * _US


async def run(options: Options, many: int, databases: Databases | None) -> None:
    """Measure each operation on both databases in turn."""
    rounds: list[dict[str, dict[str, float]]] = []
    async with AsyncExitStack() as stack:
        few = await stack.enter_async_context(_seeded(FEW, databases))
        lots = await stack.enter_async_context(_seeded(many, databases))
        for _ in range(options.rounds):
            figures: dict[str, dict[str, float]] = {}
            for name, operation in OPERATIONS.items():
                small, large = await cost(few, operation), await cost(lots, operation)
                figures[name] = {"few": small, "many": large}
                print(f"  {name:24} {FEW:>9,}: {small:6.0f} us  {many:>9,}: {large:6.0f} us")
            rounds.append(figures)
    ratios = [
        Ratio(
            7,
            f"{name}, {many:,} messages ÷ {FEW:,}",
            [one[name]["many"] / one[name]["few"] for one in rounds],
            Bound.AT_MOST,
            1.5,
        )
        for name in OPERATIONS
    ]
    report.conclude("growth", ratios, rounds)


@asynccontextmanager
async def _seeded(n: int, databases: Databases | None) -> AsyncGenerator[Stored]:
    begun = time.perf_counter()
    if databases is not None:
        dsn = await asyncio.to_thread(databases.made)
        await asyncio.to_thread(seeding.seed_postgresql, dsn, n)
        _say(n, begun)
        async with PostgresStore.open(dsn) as store:
            connection = await asyncpg.connect(dsn)
            try:
                yield Stored(store, partial(_page_of_postgresql, connection))
            finally:
                await connection.close()
        return
    with tempfile.TemporaryDirectory(dir=machine.RESULTS) as folder:
        path = Path(folder) / "roost.db"
        await asyncio.to_thread(seeding.seed_sqlite, path, n)
        _say(n, begun)
        async with SqliteStore.open(path) as store:
            with closing(open_for_reading(path)) as connection:
                yield Stored(store, partial(_page_of_sqlite, connection))


def _say(n: int, begun: float) -> None:
    print(f"  {n:,} messages made in {time.perf_counter() - begun:.1f} s", flush=True)


async def _page_of_sqlite(connection: sqlite3.Connection, where: Parameters) -> int:
    return len(fetch(connection, TRANSCRIPT, where))


async def _page_of_postgresql(connection: asyncpg.Connection, where: Parameters) -> int:
    text = numbered(TRANSCRIPT)
    return len(await connection.fetch(text.sql, *text.arguments(where)))


def main() -> None:
    """Parse options and measure."""
    parser = report.parser(__doc__, takes_dsn=True)
    parser.add_argument("--messages", type=int, default=1_000_000, help="1,000,000 by default")
    arguments = parser.parse_args()
    options = report.options_of(arguments)
    machine.RESULTS.mkdir(exist_ok=True)
    report.begin("Growth")
    if arguments.dsn is None:
        uvloop.run(run(options, arguments.messages, None))
        return
    with postgresql.databases(arguments.dsn or None) as databases:
        uvloop.run(run(options, arguments.messages, databases))


if __name__ == "__main__":
    main()
