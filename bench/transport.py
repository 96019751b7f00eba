"""HTTP clients for sending: the product's transport against httpx2, with many sends waiting.

Each sends signed messages to the stub of X, which has a CPU of its own, and waits for the answers.
Needs `httpx2` beside the Python that runs this; it is no dependency of the project.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import machine
import report
import uvloop
from report import Bound, Options, Ratio
from stub import StubX

from roost.xapi import oauth1
from roost.xapi.oauth1 import Credentials
from roost.xapi.transport import Request, aiohttp_transport

WAITING = (1, 8, 64, 256)
"""Sends in flight at once."""

CONNECTIONS = 100
"""Most connections a client may have, as in the product."""

Send = Callable[[Request], Awaitable[int]]
"""Sends a request; gives the answer's status when all of it has been read."""

Client = Callable[[], AbstractAsyncContextManager[Send]]


@asynccontextmanager
async def with_aiohttp() -> AsyncGenerator[Send]:
    """Open the product's own transport, which also tells whether a byte was written."""
    async with aiohttp_transport(connections=CONNECTIONS) as transport:

        async def send(request: Request) -> int:
            return (await transport.send(request)).status

        yield send


@asynccontextmanager
async def with_httpx2() -> AsyncGenerator[Send]:
    """Open httpx2's client, with as many connections."""
    httpx2 = importlib.import_module("httpx2")
    limits = httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    async with httpx2.AsyncClient(limits=limits, timeout=30, trust_env=False) as client:

        async def send(request: Request) -> int:
            answer = await client.request(
                request.method, request.url, headers=request.headers, content=request.body
            )
            return answer.status_code

        yield send


CLIENTS: dict[str, Client] = {"aiohttp": with_aiohttp, "httpx2": with_httpx2}


def signed_request(port: int) -> Request:
    """Make a message as the product sends it; signed once, so that signing is not measured."""
    url = f"http://127.0.0.1:{port}/1.1/direct_messages/events/new.json"
    credentials = Credentials("key", "secret", "1001-token", "token-secret")
    authorization = oauth1.authorization(
        "POST", url, credentials, now=datetime(2026, 1, 1, tzinfo=UTC)
    )
    message = {
        "target": {"recipient_id": "2002"},
        "message_data": {"text": "[1] It is on its way and will be with you on Thursday."},
    }
    body = {"event": {"type": "message_create", "message_create": message}}
    headers = {"Authorization": authorization, "Content-Type": "application/json"}
    return Request("POST", url, headers, json.dumps(body).encode())


async def measure(client: Client, port: int, waiting: int, seconds: float) -> dict[str, float]:
    """Keep so many sends in flight; how many a second, their median in ms, CPU of each in us."""
    request = signed_request(port)
    taken: list[float] = []
    async with client() as send:
        begin, cpu = time.perf_counter(), time.process_time()

        async def keep_sending() -> None:
            while (at := time.perf_counter()) < begin + seconds:
                status = await send(request)
                if status != 200:
                    raise RuntimeError(f"the stub answered {status}")
                taken.append(time.perf_counter() - at)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(waiting):
                tasks.create_task(keep_sending())
        elapsed, cpu = time.perf_counter() - begin, time.process_time() - cpu
    taken.sort()
    return {
        "per_second": len(taken) / elapsed,
        "p50_ms": taken[len(taken) // 2] * 1e3,
        "p99_ms": taken[len(taken) * 99 // 100] * 1e3,
        "cpu_us": cpu / len(taken) * 1e6,
    }


async def run(options: Options) -> None:
    """Measure both clients in turn at each number of waiting sends."""
    found: dict[str, list[dict[str, float]]] = {}
    async with _stub() as port:
        for n in range(options.rounds):
            print(f"round {n + 1} of {options.rounds}")
            for waiting in WAITING:
                for name, client in CLIENTS.items():
                    await measure(client, port, waiting, 0.3)
                    figure = await measure(client, port, waiting, options.seconds)
                    found.setdefault(f"{name} {waiting}", []).append(figure)
                    shown = "  ".join(f"{key} {value:9.2f}" for key, value in figure.items())
                    print(f"  {name:8} {waiting:4} waiting  {shown}", flush=True)
    ratios = [
        Ratio(
            6,
            f"posts/s with {waiting} waiting, aiohttp ÷ httpx2",
            [
                ours["per_second"] / theirs["per_second"]
                for ours, theirs in zip(
                    found[f"aiohttp {waiting}"], found[f"httpx2 {waiting}"], strict=True
                )
            ],
            Bound.AT_LEAST,
            1,
        )
        for waiting in WAITING
    ]
    report.conclude("transport", ratios, found)


@asynccontextmanager
async def _stub() -> AsyncGenerator[int]:
    """Run the stub of X in a process of its own."""
    async with StubX(lambda _customer_id, _message_id: None).serving() as free:
        port = free
    machine.pin(machine.LOAD_CPU)
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(Path(__file__).with_name("stub.py")), str(port)
    )
    machine.pin(machine.SERVER_CPU)
    try:
        await _answering(port)
        yield port
    finally:
        process.kill()
        await process.wait()


async def _answering(port: int) -> None:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise TimeoutError("the stub did not start")


def main() -> None:
    """Parse options and measure."""
    options = report.options_of(report.parser(__doc__).parse_args())
    if importlib.util.find_spec("httpx2") is None:
        sys.exit("httpx2 is not installed; it is needed for this comparison only")
    report.begin(f"HTTP clients, process {os.getpid()}")
    uvloop.run(run(options))


if __name__ == "__main__":
    main()
