"""PostgreSQL fails under the application while customers write; then the ledger is checked."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from tests import postgres
from tests.crash import standby as standbys
from tests.postgres import Cluster
from tests.rig import Rig, rig, until

from roost.demo import world
from roost.model.ids import UserId
from roost.testing import ledger
from roost.xapi.transport import Request, aiohttp_transport

pytestmark = [pytest.mark.crash, pytest.mark.timeout(300)]

CUSTOMERS = ("2002", "2003", "2004")
PER_SECOND = 20.0
LASTS = 6.0
PATIENT = {
    "webhook_timeout_s": 15,
    "retry_after_s": [0.2, 0.3, 0.5, 1, 1, 2, 2, *[4.0] * 15],
}
"""An X that waits, and comes again, for longer than a slow machine takes for any of this."""
OURS = "SELECT pid FROM pg_stat_activity WHERE application_name = 'roost'"

Nemesis = Callable[[Cluster, AsyncExitStack], Awaitable[None]]


async def backends_are_killed(cluster: Cluster, _stack: AsyncExitStack) -> None:
    """F20: every 100 ms one of our connections, whichever, is ended by the server."""
    dice, n_killed = random.Random(7), 0
    connection = await asyncpg.connect(cluster.dsn)
    async with asyncio.timeout(LASTS * 10):
        while n_killed < LASTS * 10:
            pids = [row[0] for row in await connection.fetch(OURS)]
            if pids:
                killed = await connection.fetchval(
                    "SELECT pg_terminate_backend($1)", dice.choice(pids)
                )
                n_killed += killed
            await asyncio.sleep(0.1)
    await connection.close()


async def the_server_is_killed(cluster: Cluster, stack: AsyncExitStack) -> None:
    """F21: the whole server dies, and is started again a while later."""
    await asyncio.sleep(1)
    cluster.kill()
    await asyncio.sleep(LASTS)
    stack.enter_context(cluster.started_again())
    await until(lambda: is_there(cluster))
    await asyncio.sleep(LASTS / 2)


async def is_there(cluster: Cluster) -> bool:
    """Tell whether the server takes connections."""
    try:
        connection = await asyncpg.connect(cluster.dsn)
    except (OSError, asyncpg.PostgresError):
        return False
    await connection.close()
    return True


async def a_table_is_locked(cluster: Cluster, _stack: AsyncExitStack) -> None:
    """F26: nothing can be stored for longer than X waits; twice."""
    for table in ("events", "outbox"):
        connection = await asyncpg.connect(cluster.dsn)
        async with connection.transaction():
            await connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            await asyncio.sleep(LASTS / 2)
        await connection.close()


async def write(line: Rig, enough: asyncio.Event) -> int:
    """Write at a steady pace until told to stop; how many messages there were."""
    for n in itertools.count():
        if enough.is_set():
            return n
        customer = CUSTOMERS[n % len(CUSTOMERS)]
        await line.controls.send_dm(customer, world.ACCOUNT_ID, f"item {n + 1}")
        await asyncio.sleep(1 / PER_SECOND)
    raise AssertionError("there is always a next number")


@asynccontextmanager
async def readiness(line: Rig) -> AsyncGenerator[list[int]]:
    """Collect what `/readyz` says until the block is left, ten times a second."""
    seen: list[int] = []

    async def look() -> None:
        async with aiohttp_transport() as transport:
            while True:
                url = f"{line.application_url}/readyz"
                seen.append((await transport.send(Request("GET", url, {}))).status)
                await asyncio.sleep(0.1)

    async with asyncio.TaskGroup() as tasks:
        looking = tasks.create_task(look())
        try:
            yield seen
        finally:
            looking.cancel()


async def test_fault_f22_a_standby_takes_over_and_nothing_is_lost_or_done_twice(
    tmp_path: Path,
) -> None:
    soon = {"ROOST_RECONCILE_AFTER_S": "1,2"}
    with postgres.cluster(settings=standbys.SETTINGS) as primary:
        async with (
            standbys.standby(primary) as standby,
            rig(tmp_path, database=standby.either) as line,
            line.application(role="worker", environment=soon),
            line.application(role="worker", environment=soon),
            line.application(role="web"),
            asyncio.TaskGroup() as tasks,
        ):
            enough = asyncio.Event()
            writing = tasks.create_task(write(line, enough))
            await line.until_answered(10, CUSTOMERS)
            primary.kill()
            await standby.promote()
            n_before = sum([len(await line.answers(to)) for to in CUSTOMERS])
            promoted_at = time.monotonic()
            await line.until_answered(n_before + 1, CUSTOMERS)
            print(f"answered again {time.monotonic() - promoted_at:.1f} s after the promotion")
            enough.set()
            await assert_all_answered_once(line, standby.dsn, await writing)


async def assert_all_answered_once(line: Rig, database: str, n_written: int) -> None:
    await line.until_acknowledged()
    await line.until_settled(n_answers=0)
    log = await line.controls.raw("GET", "/_sim/ledger")
    truth = ledger.read(log, account_id=UserId(world.ACCOUNT_ID), app_id=world.APP_ID)
    assert ledger.broken(truth, database) == []
    answers = [text for to in CUSTOMERS for text in await line.answers(to)]
    assert sorted(answers) == sorted(f"You said: item {n + 1}" for n in range(n_written))


@pytest.mark.parametrize(
    ("nemesis", "is_noticed"),
    [(backends_are_killed, False), (the_server_is_killed, True), (a_table_is_locked, False)],
    ids=["F20", "F21", "F26"],
)
async def test_nothing_is_lost_or_done_twice(
    tmp_path: Path, nemesis: Nemesis, *, is_noticed: bool
) -> None:
    soon = {"ROOST_RECONCILE_AFTER_S": "1,2"}
    with postgres.cluster() as cluster:
        async with (
            AsyncExitStack() as stack,
            rig(tmp_path, PATIENT, database=cluster.dsn) as line,
            line.application(role="worker", environment=soon),
            line.application(role="worker", environment=soon),
            line.application(role="web"),
            asyncio.TaskGroup() as tasks,
        ):
            enough = asyncio.Event()
            writing = tasks.create_task(write(line, enough))
            async with readiness(line) as seen:
                await nemesis(cluster, stack)

                async def is_ready() -> bool:
                    return seen[-1:] == [200]

                await until(is_ready)
            enough.set()
            n_written = await writing
            await assert_all_answered_once(line, cluster.dsn, n_written)
            refused = [
                one.status
                for one in await line.ledger()
                if one.kind == "attempt" and one.status != 200
            ]
            print(f"{n_written} written, {len(refused)} attempts refused, all answered once")
            assert set(refused) <= {503}
            assert (503 in seen) or not is_noticed
            assert seen[0] == seen[-1] == 200
