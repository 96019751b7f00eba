"""Simulator and application as two real processes, with real HTTP between them."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from http import HTTPStatus
from pathlib import Path

import msgspec
from tests import postgres

from roost.demo import world
from roost.demo.child import Child
from roost.demo.controls import Controls
from roost.demo.parent import free_port
from roost.demo.story import Line
from roost.service.notices import Notice
from roost.xapi.transport import aiohttp_transport

WITHIN = 60.0
"""Seconds until something that must happen has happened."""

RULES: dict[str, object] = {"retry_after_s": [0.2, 0.3, 0.5, 1, 1, 2, 2, 4, 4, 8], "limits": "off"}


class Rig:
    """Two processes and what a test can see of them from outside."""

    def __init__(
        self,
        data: Path,
        controls: Controls,
        keys: world.Keys,
        ports: tuple[int, int],
        *,
        database: str | None,
    ) -> None:
        self.controls = controls
        self.database = database
        self.data = data
        self.simulator_url = f"http://127.0.0.1:{ports[0]}"
        self.application_url = f"http://127.0.0.1:{ports[1]}"
        self.keys = keys
        self._ports = ports

    @asynccontextmanager
    async def application(
        self,
        *,
        bot: str = "roost.demo.hello:bot",
        role: str = "all",
        begins: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> AsyncGenerator[Child]:
        """Run the application; connected, or ready where it listens to nobody, unless it dies.

        Args:
            bot: Its bot.
            role: Of the process.
            begins: The notice to wait for instead.
            environment: Settings beside those of all rigs.
        """
        arguments = ["serve", "--quiet", "--role", role, "--bot", bot]
        begins = begins or ("ready" if role == "worker" else "connected")
        settings = world.environment(
            self.keys, x_base_url=self.simulator_url, port=self._ports[1], data=self.data
        )
        none = self.data / "settings.toml"
        none.touch()
        settings["ROOST_SETTINGS"] = str(none)
        settings["ROOST_RATE_LIMITS"] = "off"  # the simulator has none either
        if self.database is not None:
            settings["ROOST_DATABASE"] = self.database
        child = await Child.start(
            arguments, pipe_option="--notices-fd", environment={**settings, **(environment or {})}
        )
        try:
            async with asyncio.timeout(WITHIN):
                async for line in child.reports():
                    if msgspec.json.decode(line, type=Notice).kind == begins:
                        break
            yield child
        finally:
            await child.stop()

    async def ledger(self) -> list[Line]:
        """Read the simulator's truth."""
        raw = await self.controls.raw("GET", "/_sim/ledger")
        return [msgspec.json.decode(row, type=Line) for row in raw.splitlines()]

    async def answers(self, to: str = world.CUSTOMER_ID) -> list[str]:
        """Give the texts the account has sent to a customer, as X has them."""
        return [
            line.text
            for line in await self.ledger()
            if line.kind == "message"
            and (line.sender_id, line.recipient_id) == (world.ACCOUNT_ID, to)
        ]

    async def until_answered(self, n: int, to: Sequence[str] = (world.CUSTOMER_ID,)) -> None:
        """Wait until customers have, all together, at least so many answers."""

        async def is_answered() -> bool:
            return sum([len(await self.answers(one)) for one in to]) >= n

        await until(is_answered)

    async def sends(self) -> list[int | None]:
        """Give the status of every request to send a message."""
        return [line.status for line in await self.ledger() if line.route == "dm.events.new"]

    async def listings(self) -> int:
        """Count the requests to list messages."""
        return sum(line.route == "dm.events.list" for line in await self.ledger())

    async def until_listed(self, *, for_no_gap: int = 0) -> None:
        """Wait until every gap has been listed, and exactly so many pages for no gap.

        Args:
            for_no_gap: Pages listed because a send was in doubt, or for a gap that did not come to
                count its page, since the process was killed.
        """

        async def is_listed() -> bool:
            ((n_waiting, n_pages),) = self.rows(
                "SELECT count(*) FILTER (WHERE n_pages = 0), coalesce(sum(n_pages), 0) FROM gaps"
            )
            return n_waiting == 0 and await self.listings() - int(str(n_pages)) == for_no_gap

        await until(is_listed)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Read the application's database from outside."""
        if self.database is not None:
            with ThreadPoolExecutor(1) as thread:
                return thread.submit(postgres.rows, self.database, sql).result()
        path = f"file:{self.data / 'roost.db'}?mode=ro"
        with closing(sqlite3.connect(path, uri=True)) as connection:
            return connection.execute(sql).fetchall()

    async def until_settled(self, *, n_answers: int) -> None:
        """Wait until the customer has so many answers and the application has nothing left."""

        async def is_settled() -> bool:
            waiting = self.rows(
                "SELECT (SELECT count(*) FROM events WHERE state IN ('new','pending'))"
                " + (SELECT count(*) FROM outbox WHERE state NOT IN ('sent','dead'))"
            )
            return waiting == [(0,)] and len(await self.answers()) >= n_answers

        await until(is_settled)

    async def until_acknowledged(self) -> None:
        """Wait until every message at X has been delivered and answered 200."""

        async def is_acknowledged() -> bool:
            lines = await self.ledger()
            there = {line.message_id for line in lines if line.kind == "message"}
            seen = {line.event_id for line in lines if line.status == HTTPStatus.OK}
            return there <= seen

        await until(is_acknowledged)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until an async condition holds; a minute is a failure."""
    async with asyncio.timeout(WITHIN):
        while True:
            if await condition():
                return
            await asyncio.sleep(0.05)


@asynccontextmanager
async def rig(
    data: Path,
    rules: Mapping[str, object] | None = None,
    *,
    database: str | None = None,
    is_clock_followed: bool = False,
) -> AsyncGenerator[Rig]:
    """Run the simulator; on leaving, prove that nobody but the test has called its controls.

    Args:
        data: An empty folder.
        rules: Of the simulator, beside those of all rigs.
        database: DSN of the application's database; `None` for SQLite.
        is_clock_followed: Whether the application may look at the simulator's clock.
    """
    # Each run of the tests has ports of its own, so that two can go side by side.
    first = 20_000 + os.getpid() % 10_000
    ports = free_port(first), free_port(first + 100)
    keys = world.Keys()
    world_file = data / "world.json"
    world.write(world_file, keys, {**RULES, **(rules or {})})
    arguments = ["simulate", "--quiet", "--world", str(world_file), "--port", str(ports[0])]
    child = await Child.start(arguments, pipe_option="--control-fd", environment={})
    try:
        async with aiohttp_transport() as transport:
            controls = Controls(transport, f"http://127.0.0.1:{ports[0]}", client="test")
            await until(controls.is_answering)
            yield Rig(data, controls, keys, ports, database=database)
            await _nobody_else_called(controls, {"/_sim/clock"} if is_clock_followed else set())
    finally:
        await child.stop()


class _Control(msgspec.Struct):
    path: str
    client: str


class _Controls(msgspec.Struct):
    controls: list[_Control]


async def _nobody_else_called(controls: Controls, allowed: set[str]) -> None:
    seen = msgspec.json.decode(await controls.raw("GET", "/_sim/controls"), type=_Controls)
    assert seen.controls, "the test's own calls are logged too"
    foreign = [one for one in seen.controls if one.client != "test" and one.path not in allowed]
    assert foreign == [], "the application must not know the simulator"
