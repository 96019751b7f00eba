"""What this machine can do at best: the disk's sync, SQLite's commit, the work on an event."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import machine
import report
from events import SECRET, Deliveries, Delivery

from roost.ports import Delivery as Stored
from roost.store.sqlite import SqliteStore
from roost.xapi import envelope, oauth1, signing
from roost.xapi.oauth1 import Credentials

PAGE = bytes(4096)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
_CREDENTIALS = Credentials("key", "secret", "1001-token", "token-secret")
_URL = "https://api.x.com/1.1/direct_messages/events/new.json"

Operation = Callable[[], object]


def seconds_of(operation: Operation, seconds: float) -> list[float]:
    """Repeat an operation for so long, a hundred times at least; how long each took."""
    taken: list[float] = []
    end = time.perf_counter() + seconds
    while len(taken) < 100 or time.perf_counter() < end:
        begin = time.perf_counter()
        operation()
        taken.append(time.perf_counter() - begin)
    return taken


def syncing(path: Path) -> tuple[Operation, Operation]:
    """Give appending 4 KB with a sync, and closing the file."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def append() -> None:
        os.write(descriptor, PAGE)
        os.fdatasync(descriptor)

    return append, lambda: os.close(descriptor)


def committing(database: sqlite3.Connection, rows: int) -> Operation:
    """Give committing so many rows of 2 KB at once, with full sync in a write-ahead log."""
    body = Deliveries().make().body

    def commit() -> None:
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO bodies (body) VALUES (?)", [(body,)] * rows)
        database.execute("COMMIT")

    return commit


def prepared(path: Path) -> sqlite3.Connection:
    """Open a database as the product's writer does."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE bodies (id INTEGER PRIMARY KEY, body BLOB)")
    return database


def on_each_event(delivery: Delivery) -> dict[str, Operation]:
    """Give what is computed for one event, by name."""
    secrets = [SECRET]
    verified = signing.verify(delivery.body, signature=delivery.signature, consumer_secrets=secrets)
    return {
        "verify a signature (2 KB)": lambda: signing.verify(
            delivery.body, signature=delivery.signature, consumer_secrets=secrets
        ),
        "decode a delivery": lambda: envelope.decode(verified, received_at=NOW),
        "the same with json": lambda: json.loads(delivery.body),
        "sign a request (OAuth 1.0a)": lambda: oauth1.authorization(
            "POST", _URL, _CREDENTIALS, now=NOW
        ),
    }


def measure_round(seconds: float) -> dict[str, Sequence[float]]:
    """Measure everything once; seconds of each operation, by name."""
    with machine.scratch() as folder, closing(prepared(folder / "limits.db")) as database:
        append, close = syncing(folder / "page")
        operations: dict[str, Operation] = {
            "fdatasync after appending 4 KB": append,
            "commit of 1 row": committing(database, 1),
            "commit of 10 rows": committing(database, 10),
            "commit of 100 rows": committing(database, 100),
            **on_each_event(Deliveries().make()),
        }
        found = {name: seconds_of(one, seconds) for name, one in operations.items()}
        close()
    return found


async def in_the_store(folder: Path, writers: int, seconds: float) -> tuple[float, float]:
    """Store deliveries from so many tasks at once; how many a second, and how many a commit."""
    deliveries = Deliveries()

    def next_one() -> Stored:
        made = deliveries.make()
        verified = signing.verify(made.body, signature=made.signature, consumer_secrets=[SECRET])
        decoded = envelope.decode(verified, received_at=NOW)
        name = str(made.message_id)
        return Stored(name, "main", decoded.account_id, name, NOW, made.body, decoded.events)

    async with SqliteStore.open(folder / "store.db") as store:
        end = time.perf_counter() + seconds

        async def put() -> None:
            while time.perf_counter() < end:
                await store.inbox.put(next_one())

        async with asyncio.TaskGroup() as tasks:
            for _ in range(writers):
                tasks.create_task(put())
        stats = store.stats
    return stats.jobs / seconds, stats.jobs / stats.commits


def main() -> None:
    """Measure in rounds, and print medians."""
    options = report.options_of(report.parser(__doc__).parse_args())
    machine.pin(machine.SERVER_CPU)
    report.begin("Limits of this machine (medians of the rounds' medians)")
    rounds: list[dict[str, Sequence[float]]] = []
    shared: list[float] = []
    for _ in range(options.rounds):
        rounds.append(measure_round(options.seconds / 4))
        with machine.scratch() as folder:
            per_second, per_commit = asyncio.run(in_the_store(folder, 64, options.seconds))
        alone = 1 / statistics.median(rounds[-1]["commit of 1 row"])
        shared.append(per_second / alone)
        print(f"  store, 64 tasks: {per_second:.0f}/s, {per_commit:.1f} deliveries a commit")
    medians = {
        name: statistics.median([statistics.median(one[name]) for one in rounds])
        for name in rounds[0]
    }
    for name, seconds in medians.items():
        print(f"  {name:34} {seconds * 1e6:9.1f} us  {1 / seconds:10.0f}/s")
    what = "deliveries stored by 64 tasks ÷ commits of one row"
    ratios = [report.Ratio(4, what, shared, report.Bound.AT_LEAST, 5)]
    report.conclude("limits", ratios, {"medians in seconds": medians})


if __name__ == "__main__":
    main()
