"""Cuts the connection of a page that follows `/api/changes`, again and again, and counts.

Run as `python -m tests.contract.live_cuts --cuts 1000 [--postgresql] [--seed 7]`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import random
import socket
import tempfile
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn
from tests import postgres
from tests.contract.conftest import NOON, OURS
from tests.contract.desk_api import Browser, desk_over
from tests.severing import Severed, severed

from roost.store.durable import DurableStore
from roost.store.postgresql.store import PostgresStore
from roost.store.sqlite import SqliteStore
from roost.testing.clocks import FrozenClock

WITHIN_S = 60
MOST_BYTES = 2_500
"""Of an answer; its head has some 300 and a change some 200, so cuts fall anywhere."""


@dataclass
class Counts:
    """What was written, and what the page saw.

    Attributes:
        written: Changes.
        cuts: Connections that were cut.
        seen: How often the page was told of each change, in the order of the first time.
        resyncs: How often it was told to read afresh.
    """

    written: int = 0
    cuts: int = 0
    seen: list[int] = field(default_factory=list)
    resyncs: int = 0

    @property
    def missed(self) -> int:
        return len(set(range(self.written)) - set(self.seen))

    @property
    def repeated(self) -> int:
        return sum(times - 1 for times in Counter(self.seen).values())

    def __str__(self) -> str:
        return (
            f"{self.cuts} connections cut, {self.written} changes: {self.missed} missed,"
            f" {self.repeated} repeated, in order: {self.seen == sorted(self.seen)}"
        )


async def follow_through_cuts(store: DurableStore, cuts: int, seed: int = 7) -> Counts:
    """Make changes while a page follows them over connections that are cut."""
    counts, draw = Counts(), random.Random(seed)

    def allowed() -> int | None:
        return draw.randrange(MOST_BYTES) if between.n_cut < cuts else None

    async with (
        desk_over(store, FrozenClock(NOON)) as desk,
        served(desk.application) as port,
        severed(port, allowed) as between,
        asyncio.timeout(WITHIN_S + cuts),
    ):
        browser = await desk.entered()
        start = await _place(store)
        async with asyncio.TaskGroup() as tasks:
            writing = tasks.create_task(_write(store, between, counts, cuts))
            page = tasks.create_task(_follow(between, browser, start, counts))
            await writing
            await page
        counts.cuts = between.n_cut
    return counts


async def _place(store: DurableStore) -> str:
    place = await store.feed_position()
    return f"{place.feed_epoch}.{place.xid}.{place.seq}"


async def _write(store: DurableStore, between: Severed, counts: Counts, cuts: int) -> None:
    while between.n_cut < cuts:
        ref = str(counts.written)
        await store.transact(
            lambda tx, ref=ref: tx.changes.append(
                OURS, "message_received", conversation_id="11-22", ref=ref, at=NOON
            ),
            is_durable=False,
        )
        counts.written += 1
    await store.transact(
        lambda tx: tx.changes.append(OURS, "end", conversation_id="11-22", ref="end", at=NOON)
    )


async def _follow(between: Severed, browser: Browser, last: str, counts: Counts) -> None:
    """Follow as browsers do: an event counts when the empty line behind it is there."""
    is_over = False
    async with aiohttp.ClientSession() as session:
        while not is_over:
            async with aclosing(_connection(session, between.port, browser.cookie, last)) as events:
                async for event in events:
                    last = event.get("id", last)
                    is_over = _count(event, counts)
                    if is_over:
                        break


async def _connection(
    session: aiohttp.ClientSession, port: int, cookie: str, last: str
) -> AsyncGenerator[dict[str, str]]:
    """Give the events of one connection, until it is cut."""
    headers = {"cookie": cookie, "last-event-id": last}
    with contextlib.suppress(aiohttp.ClientError, ConnectionError):
        async with session.get(f"http://127.0.0.1:{port}/api/changes", headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            async for event in _events(answer.content):
                yield event


def _count(event: dict[str, str], counts: Counts) -> bool:
    """Count one event; whether it was the last."""
    counts.resyncs += event.get("event") == "resync"
    if event.get("event") != "change":
        return False
    told: dict[str, Any] = json.loads(event["data"])
    if told["kind"] == "end":
        return True
    counts.seen.append(int(told["ref"]))
    return False


async def _events(content: aiohttp.StreamReader) -> AsyncGenerator[dict[str, str]]:
    event: dict[str, str] = {}
    async for line in content:
        text = line.decode()
        if not text.endswith("\n"):
            return
        name, _, value = text.strip().partition(": ")
        if name:
            event[name] = value
        elif event:
            yield event
            event = {}


@asynccontextmanager
async def served(application: Any) -> AsyncGenerator[int]:
    """Serve an application on a free port."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        application, lifespan="off", log_level="error", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(server.serve(sockets=[listening]))
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            await serving


async def _run(arguments: argparse.Namespace) -> Counts:
    async with AsyncExitStack() as stack:
        if arguments.postgresql:
            cluster = stack.enter_context(postgres.cluster())
            store = await stack.enter_async_context(PostgresStore.open(cluster.dsn))
        else:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            store = await stack.enter_async_context(SqliteStore.open(folder / "roost.db"))
        return await follow_through_cuts(store, arguments.cuts, arguments.seed)


def main() -> None:
    """Parse options, cut, and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=1_000)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--seed", type=int, default=7)
    # Each cut is one that asyncio, too, has something to say about.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    counts = asyncio.run(_run(parser.parse_args()))
    print(counts)
    raise SystemExit(counts.missed + counts.repeated + counts.resyncs)


if __name__ == "__main__":
    main()
