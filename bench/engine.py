"""Messages handled in order, with one and two workers on PostgreSQL, beside Procrastinate.

Both find the same backlog, the messages of 500 customers, and work it off: those of one customer
one after the other, in their order, the customers side by side. The product files each message,
asks a bot in a process of its own and commits what it decided; Procrastinate calls a function that
does nothing, with a `lock` for each customer. Same server, same round.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import machine
import postgresql
import report
import uvloop
from events import ANSWERED, SECRET, Deliveries
from peers import procrastinate_worker
from postgresql import Databases
from report import Bound, Options, Ratio

from roost.ports import Delivery
from roost.service.clock import SystemClock
from roost.store.postgresql.store import PostgresStore
from roost.xapi import envelope, signing

CUSTOMERS = 500
_OURS, _THEIRS = 8_000, 1_500
_WITHIN, _LOOK_EVERY = 120.0, 0.02
_STARTED = 0.05
_HERE = Path(__file__).parent

_LEFT_OURS = "SELECT count(*) FROM events WHERE state = 'new' OR state = 'pending'"
_LEFT_THEIRS = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"


@dataclass(frozen=True, slots=True)
class Contender:
    """Who works off a backlog.

    Attributes:
        backlog: How many messages there are.
        fill: Puts them into a database.
        command: Starts a worker on a database, with its files in a folder.
        left: SQL that counts what is left.
    """

    backlog: int
    fill: Callable[[str], object]
    command: Callable[[str, Path], tuple[Sequence[str], Mapping[str, str]]]
    left: str


async def measure(contender: Contender, databases: Databases, *, workers: int) -> float:
    """Give the messages handled a second, from the first that are done to the last."""
    dsn = await asyncio.to_thread(databases.made)
    await asyncio.to_thread(contender.fill, dsn)
    with machine.scratch() as folder:
        async with contextlib.AsyncExitStack() as stack:
            for n in range(workers):
                command, environment = contender.command(dsn, folder / str(n))
                await stack.enter_async_context(_running(command, environment, folder / f"{n}.log"))
            connection = await asyncpg.connect(dsn)
            try:
                return await _observe(connection, contender)
            finally:
                await connection.close()


async def _observe(connection: asyncpg.Connection, contender: Contender) -> float:
    begin: tuple[float, int] | None = None
    async with asyncio.timeout(_WITHIN):
        while True:
            left, now = await connection.fetchval(contender.left), time.perf_counter()
            # Once a part is done, all workers have started.
            if begin is None and left < contender.backlog * (1 - _STARTED):
                begin = now, left
            if begin is not None and left == 0:
                return begin[1] / (now - begin[0])
            await asyncio.sleep(_LOOK_EVERY)


@asynccontextmanager
async def _running(
    command: Sequence[str], environment: Mapping[str, str], log: Path
) -> AsyncGenerator[None]:
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            env={**os.environ, **environment},
            stdout=out,
            stderr=out,
        )
    try:
        yield
        if process.returncode is not None:
            said = await asyncio.to_thread(log.read_text, encoding="utf-8")
            raise RuntimeError(f"a worker ended: {said}")
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        await process.wait()


def _worker(dsn: str, folder: Path) -> tuple[Sequence[str], Mapping[str, str]]:
    return ["-m", "roost", "serve", "--quiet", "--role", "worker"], {
        "ROOST_DATA": str(folder),
        "ROOST_DATABASE": dsn,
        "ROOST_BOTS": str(_HERE / "silent.py"),
        "ROOST_APPS__MAIN__APP_ID": "13090192",
        "ROOST_APPS__MAIN__CONSUMER_KEY": "key",
        "ROOST_APPS__MAIN__CONSUMER_SECRETS": SECRET,
        "ROOST_ACCOUNTS__MAIN__USER_ID": ANSWERED,
        "ROOST_ACCOUNTS__MAIN__ACCESS_TOKEN": f"{ANSWERED}-token",
        "ROOST_ACCOUNTS__MAIN__ACCESS_TOKEN_SECRET": "token-secret",
    }


def _their_worker(dsn: str, _folder: Path) -> tuple[Sequence[str], Mapping[str, str]]:
    return [str(_HERE / "peers" / "procrastinate_worker.py"), dsn], {}


def _fill_ours(dsn: str) -> None:
    asyncio.run(_fill(dsn))


async def _fill(dsn: str) -> None:
    made = Deliveries(customers=CUSTOMERS)
    at = SystemClock().now()
    async with PostgresStore.open(dsn) as store, asyncio.TaskGroup() as tasks:
        for n in range(_OURS):
            delivery = made.make()
            verified = signing.verify(
                delivery.body, signature=delivery.signature, consumer_secrets=[SECRET]
            )
            decoded = envelope.decode(verified, received_at=at)
            row = Delivery(
                f"{n:013d}", "main", decoded.account_id, "0" * 32, at, verified.body, decoded.events
            )
            tasks.create_task(store.inbox.put(row))


def _fill_theirs(dsn: str) -> None:
    asyncio.run(procrastinate_worker.fill(dsn, messages=_THEIRS, customers=CUSTOMERS))


CONTENDERS: Mapping[str, Contender] = {
    "roost": Contender(_OURS, _fill_ours, _worker, _LEFT_OURS),
    "procrastinate": Contender(_THEIRS, _fill_theirs, _their_worker, _LEFT_THEIRS),
}


async def run(options: Options, databases: Databases) -> None:
    """Measure both in turn, with one and with two workers."""
    rounds: list[dict[str, float]] = []
    for n in range(options.rounds):
        print(f"round {n + 1} of {options.rounds}")
        rates: dict[str, float] = {}
        for workers in (1, 2):
            for name, contender in CONTENDERS.items():
                rate = await measure(contender, databases, workers=workers)
                rates[f"{name} {workers}"] = rate
                print(f"  {name:14} {workers} workers {rate:8.0f}/s", flush=True)
        rounds.append(rates)
    faster = [
        Ratio(
            8,
            f"ordered messages/s with {n} workers ÷ Procrastinate",
            [one[f"roost {n}"] / one[f"procrastinate {n}"] for one in rounds],
            Bound.AT_LEAST,
            10,
        )
        for n in (1, 2)
    ]
    more = [one["roost 2"] / one["roost 1"] for one in rounds]
    ratios = [*faster, Ratio(8, "two workers ÷ one", more, Bound.AT_LEAST, 1.5)]
    report.conclude("engine", ratios, rounds)


def main() -> None:
    """Parse options and measure."""
    parser = report.parser(__doc__, takes_dsn=True)
    arguments = parser.parse_args()
    report.begin("Messages handled in order")
    with postgresql.databases(arguments.dsn or None) as databases:
        uvloop.run(run(report.options_of(arguments), databases))


if __name__ == "__main__":
    main()
