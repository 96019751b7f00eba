"""What one operation costs with few messages stored and with very many (goal 7)."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import asyncpg
import growing
import report
import seeding
from growing import Growth
from postgresql import Databases
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

MOST = 1.5
"""How many times its cost at `FEW` an operation may cost."""

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


async def claim(stored: Stored, n: int) -> None:
    """Claim the conversation that has waited longest, and release it as waiting again."""
    now = SystemClock().now()

    async def unit(tx: Tx) -> None:
        (row,) = await tx.conversations.claim_ready(1, lease=_LEASE)
        turn = Turn(
            row.bot, row.account_id, row.conversation_id, Profile(row.customer_id), (), 1, now
        )
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
        if await tx.outbox.due(1, now=now):
            raise RuntimeError("there are messages to send")

    await stored.store.transact(unit, is_durable=False)


async def read_page(stored: Stored, n: int) -> None:
    """Read the newest page of a conversation."""
    where = {"account": seeding.ACCOUNT, "conversation": f"{seeding.ACCOUNT}-{1 + n}", "limit": 50}
    if await stored.page(where) < SHORTEST:
        raise RuntimeError("there is no such conversation")


OPERATIONS = {
    "claim and release": (claim, MOST),
    "events to file, none": (look_for_events, MOST),
    "messages to send, none": (look_for_sends, MOST),
    "conversation page": (read_page, MOST),
}
"""What is measured, and how much it may grow."""


@asynccontextmanager
async def _seeded(messages: int, databases: Databases | None) -> AsyncGenerator[Stored]:
    if databases is not None:
        dsn = await growing.filled_database(seeding.seed_postgresql, messages, databases)
        async with PostgresStore.open(dsn) as store:
            connection = await asyncpg.connect(dsn)
            try:
                yield Stored(store, partial(_page_of_postgresql, connection))
            finally:
                await connection.close()
        return
    async with (
        growing.filled_file(seeding.seed_sqlite, messages) as path,
        SqliteStore.open(path) as store,
    ):
        with closing(open_for_reading(path)) as connection:
            yield Stored(store, partial(_page_of_sqlite, connection))


async def _page_of_sqlite(connection: sqlite3.Connection, where: Parameters) -> int:
    return len(fetch(connection, TRANSCRIPT, where))


async def _page_of_postgresql(connection: asyncpg.Connection, where: Parameters) -> int:
    text = numbered(TRANSCRIPT)
    return len(await connection.fetch(text.sql, *text.arguments(where)))


GROWTH = Growth("growth", FEW, TIMES, 0, OPERATIONS, _seeded)


def main() -> None:
    """Parse options and measure."""
    parser = report.parser(__doc__, takes_dsn=True)
    parser.add_argument("--messages", type=int, default=1_000_000, help="1,000,000 by default")
    arguments = parser.parse_args()
    growing.measure(GROWTH, arguments, arguments.messages, title="Growth")


if __name__ == "__main__":
    main()
