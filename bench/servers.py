"""What is measured, each a subprocess of its own on the server's CPU with an empty database."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import msgspec
import postgresql
from events import ANSWERED, SECRET
from machine import on_server_cpu
from postgresql import Databases

from roost.store import control

HERE = Path(__file__).parent
PEERS = HERE / "peers"
_STARTS_WITHIN, _STOPS_WITHIN = 30.0, 15.0
_LOOKS, _LOOK_EVERY = 1_200, 0.05
_ASK_AGAIN = 0.01


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers.

    Attributes:
        pid: Of its first process; the others descend from it.
        port: On 127.0.0.1.
        path: Of its webhook.
        database: Its database: a SQLite file, or PostgreSQL's DSN; `None` where it keeps nothing.
        stored: SQL that counts what it has stored.
        unfiled: SQL that counts what it still has to do with it; empty where nothing.
        control: The product's control socket.
    """

    pid: int
    port: int
    path: str
    database: Path | str | None = None
    stored: str = ""
    unfiled: str = ""
    control: Path | None = None

    async def count(self, sql: str) -> int:
        """Run a count on its database; 0 where it keeps nothing."""
        if self.database is None or not sql:
            return 0
        if isinstance(self.database, str):
            connection = await asyncpg.connect(self.database)
            try:
                return await connection.fetchval(sql)
            finally:
                await connection.close()
        with closing(sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True)) as database:
            return database.execute(sql).fetchone()[0]

    async def durable_commits(self) -> int:
        """Ask the product how often it waited for the disk; 0 of any other server."""
        if self.control is None:
            return 0
        status = msgspec.convert(await control.ask(self.control, "status"), _Status)
        return status.commits.durable_commits

    async def settle(self) -> None:
        """Wait until it has nothing left to do with what it acknowledged.

        Raises:
            TimeoutError: It did not come to an end.
        """
        for _ in range(_LOOKS):
            if not await self.count(self.unfiled):
                return
            await asyncio.sleep(_LOOK_EVERY)
        raise TimeoutError(f"{await self.count(self.unfiled)} events are still not filed")


class _Commits(msgspec.Struct):
    durable_commits: int = 0


class _Status(msgspec.Struct):
    commits: _Commits


Start = Callable[[Path, int], AbstractAsyncContextManager[Server]]
"""Starts a server whose files are in a folder and for whom X is at a port."""


def roost_of(checkout: Path) -> Start:
    """Give the start of the product as it is in another checkout."""

    @asynccontextmanager
    async def start(folder: Path, x_port: int) -> AsyncGenerator[Server]:
        async with _roost(folder, x_port, {"PYTHONPATH": str(checkout / "src")}) as server:
            yield server

    return start


def roost_on(databases: Databases) -> Start:
    """Give the start of the product on PostgreSQL, each time with a database of its own."""

    @asynccontextmanager
    async def start(folder: Path, x_port: int) -> AsyncGenerator[Server]:
        dsn = await asyncio.to_thread(databases.made)
        async with _roost(folder, x_port, {"ROOST_DATABASE": dsn}) as server:
            yield dataclasses.replace(server, database=dsn)

    return start


@contextmanager
def product(dsn: str | None) -> Generator[Start]:
    """Give the start of the product on SQLite, or on PostgreSQL.

    Args:
        dsn: `None` for SQLite, a server's DSN, or empty for a server that is started.
    """
    if dsn is None:
        yield roost
        return
    with postgresql.databases(dsn or None) as databases:
        yield roost_on(databases)


@asynccontextmanager
async def roost(folder: Path, x_port: int) -> AsyncGenerator[Server]:
    """Start the product: `roost serve`, with a bot in a process of its own."""
    async with _roost(folder, x_port, {}) as server:
        yield server


@asynccontextmanager
async def _roost(
    folder: Path, x_port: int, environment: Mapping[str, str]
) -> AsyncGenerator[Server]:
    port, data = _free_port(), folder / "data"
    environment = {
        **environment,
        "ROOST_DATA": str(data),
        "ROOST_PORT": str(port),
        "ROOST_X_BASE_URL": f"http://127.0.0.1:{x_port}",
        "ROOST_APPS__MAIN__APP_ID": "13090192",
        "ROOST_APPS__MAIN__CONSUMER_KEY": "key",
        "ROOST_APPS__MAIN__CONSUMER_SECRETS": SECRET,
        "ROOST_APPS__MAIN__WEBHOOK_PATH": "/x/main/bench",
        "ROOST_ACCOUNTS__MAIN__USER_ID": ANSWERED,
        "ROOST_ACCOUNTS__MAIN__ACCESS_TOKEN": f"{ANSWERED}-token",
        "ROOST_ACCOUNTS__MAIN__ACCESS_TOKEN_SECRET": "token-secret",
    }
    command = ["-m", "roost", "serve", "--quiet", "--bot", str(HERE / "bot.py")]
    async with _running(command, port, environment, folder) as pid:
        yield Server(
            pid,
            port,
            "/x/main/bench",
            database=data / "roost.db",
            stored="SELECT count(*) FROM events",
            unfiled="SELECT count(*) FROM events WHERE state = 'new'",
            control=data / "control.sock",
        )


@asynccontextmanager
async def flask_naive(folder: Path, x_port: int) -> AsyncGenerator[Server]:
    """Start the naive Flask webhook."""
    async with _gunicorn("flask_naive", folder, x_port) as (pid, port):
        yield _peer(pid, port, folder)


@asynccontextmanager
async def flask_bot(folder: Path, x_port: int) -> AsyncGenerator[Server]:
    """Start the naive Flask bot."""
    async with _gunicorn("flask_bot", folder, x_port) as (pid, port):
        yield Server(pid, port, "/webhook")


@asynccontextmanager
async def fastapi_wal(folder: Path, x_port: int) -> AsyncGenerator[Server]:
    """Start the FastAPI webhook."""
    port = _free_port()
    command = [str(PEERS / "fastapi_wal.py"), str(port)]
    async with _running(command, port, _environment(folder, x_port), folder) as pid:
        yield _peer(pid, port, folder)


@asynccontextmanager
async def echo(folder: Path, x_port: int) -> AsyncGenerator[Server]:
    """Start the bare server; `/sync` at the same port waits for the disk."""
    del x_port
    port = _free_port()
    command = [str(PEERS / "echo.py"), str(port), str(folder / "page")]
    async with _running(command, port, {}, folder) as pid:
        yield Server(pid, port, "/echo")


@asynccontextmanager
async def sse(folder: Path, x_port: int) -> AsyncGenerator[Server]:
    """Start the bare server that tells open streams of what is posted."""
    del x_port
    port = _free_port()
    async with _running([str(PEERS / "sse.py"), str(port)], port, {}, folder) as pid:
        yield Server(pid, port, "/webhook")


@asynccontextmanager
async def simulator(folder: Path, x_port: int) -> AsyncGenerator[Server]:
    """Start the simulator with the world in `world.json` of its folder."""
    del x_port
    port = _free_port()
    options = ["--port", str(port), "--world", str(folder / "world.json"), "--quiet"]
    async with _running(["-m", "roost", "simulate", *options], port, {}, folder) as pid:
        yield Server(pid, port, "/")


@asynccontextmanager
async def _gunicorn(module: str, folder: Path, x_port: int) -> AsyncGenerator[tuple[int, int]]:
    port = _free_port()
    options = ["--chdir", str(PEERS), "--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    command = ["-m", "gunicorn", *options, f"{module}:app"]
    async with _running(command, port, _environment(folder, x_port), folder) as pid:
        yield pid, port


def _environment(folder: Path, x_port: int) -> dict[str, str]:
    return {
        "BENCH_SECRET": SECRET,
        "BENCH_DATABASE": str(folder / "events.db"),
        "BENCH_X": f"http://127.0.0.1:{x_port}",
    }


def _peer(pid: int, port: int, folder: Path) -> Server:
    return Server(pid, port, "/webhook", folder / "events.db", stored="SELECT count(*) FROM events")


@asynccontextmanager
async def _running(
    command: Sequence[str], port: int, environment: Mapping[str, str], folder: Path
) -> AsyncGenerator[int]:
    """Run Python with a command until the block is left; what it says goes to a file."""
    with (folder / "log").open("wb") as log:
        with on_server_cpu():
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *command,
                env={**os.environ, **environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            await _answering(process, port, folder / "log")
            yield process.pid
        finally:
            await _stop(process)


async def _answering(process: asyncio.subprocess.Process, port: int, log: Path) -> None:
    async with asyncio.timeout(_STARTS_WITHIN):
        while process.returncode is None:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(_ASK_AGAIN)
                continue
            with closing(writer):
                writer.write(b"GET /x/ HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n")
                if await reader.read(12):
                    return
    said = await asyncio.to_thread(log.read_text, encoding="utf-8")
    raise RuntimeError(f"the server ended while it started: {said}")


async def _stop(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(_STOPS_WITHIN):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
