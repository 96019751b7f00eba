"""The simulator: calls and deliveries a second beside a bare server, and memory over messages.

The bare server reads a body and answers 200, with the same server and event loop on the same CPU.
On top of that the simulator checks a signature, keeps a message, writes down what happened and,
where somebody is subscribed, signs and posts a delivery.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import machine
import report
import servers
import uvloop
from report import Bound, Options, Ratio

from roost.simulator.clock import SystemClock, milliseconds
from roost.xapi import oauth1
from roost.xapi.oauth1 import Credentials

CONNECTIONS = 32
MESSAGES = 100_000
STEP = 10_000
"""Messages between two looks at the memory."""
_PATH = "/1.1/direct_messages/events/new.json"
_WHO = Credentials(
    "consumer-key-13090192",
    "consumer-secret-13090192",
    "1001-token-13090192",
    "token-secret-1001-13090192",
)
_ACCEPTED = b"HTTP/1.1 200"
_WARM = 0.5
_MOST = 5_000  # signed ahead, for each second


@dataclass(frozen=True, slots=True)
class Rates:
    """What one round gave, each a second.

    Attributes:
        bare: Answers of the bare server to the same requests.
        calls: Messages sent with a right signature, nobody subscribed.
        told: Messages sent and delivered, their sender subscribed.
    """

    bare: float
    calls: float
    told: float


class Sink:
    """A webhook that takes everything."""

    def __init__(self) -> None:
        self.taken = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer 200 to each POST of a connection."""
        while head := await _head(reader):
            await reader.readexactly(_length(head))
            self.taken += 1
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        writer.close()


@dataclass(frozen=True, slots=True)
class Rate:
    """A second's answers, and what the sink took meanwhile."""

    answered: float
    taken: float


class Seen:
    """Counts answers, and what the sink took, between the first and the last one it notes."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._answers = self._taken = 0
        self._begun = self._last = 0.0

    def note(self, begin: float) -> None:
        """Take note of an answer, if it came after the warm-up."""
        now = time.perf_counter()
        if now < begin:
            return
        if not self._begun:
            self._begun, self._taken = now, self._sink.taken
        self._answers += 1
        self._last = now

    def rate(self) -> Rate:
        """Give what was counted, a second."""
        seconds = self._last - self._begun
        return Rate(self._answers / seconds, (self._sink.taken - self._taken) / seconds)


async def rate(port: int, requests: Iterator[bytes], seconds: float, sink: Sink) -> Rate:
    """Keep a request in flight on every connection until the time is over."""
    begin = time.perf_counter() + _WARM
    seen = Seen(sink)

    async def ask() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in requests:
            await _exchange(reader, writer, request)
            seen.note(begin)
            if time.perf_counter() > begin + seconds:
                break
        writer.close()

    async with asyncio.TaskGroup() as tasks:
        for _ in range(CONNECTIONS):
            tasks.create_task(ask())
    return seen.rate()


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
) -> bytes:
    writer.write(request)
    head = await _head(reader)
    body = await reader.readexactly(_length(head))
    if not head.startswith(_ACCEPTED):
        raise RuntimeError(f"refused: {head.splitlines()[0]!r} {body[:200]!r}")
    return body


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"content-length":
            return int(value)
    return 0


def signed(port: int, count: int) -> list[bytes]:
    """Make messages that are signed, ahead of the measurement."""
    url, now = f"http://127.0.0.1:{port}{_PATH}", SystemClock().now()
    return [
        post(_PATH, port, _message(n), oauth1.authorization("POST", url, _WHO, now=now))
        for n in range(count)
    ]


def post(path: str, port: int, value: Mapping[str, object], authorization: str = "") -> bytes:
    """Make a request."""
    body = json.dumps(value).encode()
    head = f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
    if authorization:
        head += f"authorization: {authorization}\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


def _message(n: int) -> Mapping[str, object]:
    data = {"text": f"[{n}] Your parcel is on its way."}
    create = {"target": {"recipient_id": "2002"}, "message_data": data}
    return {"event": {"type": "message_create", "message_create": create}}


def world(hook_port: int, *, is_told: bool) -> Mapping[str, object]:
    """Give a world without limits, its account subscribed or not."""
    webhook = {"webhook_id": "9", "app_id": "13090192", "env_name": "prod"}
    now = str(milliseconds(SystemClock().now()))
    webhook |= {"url": f"http://127.0.0.1:{hook_port}/", "created_at": now, "passed_at": now}
    user = {"user_id": "1001", "screen_name": "acme", "tokens": [{"app_id": "13090192"}]}
    subscription = {"app_id": "13090192", "env_name": "prod", "user_id": "1001"}
    return {
        "format": 1,
        "apps": [{"app_id": "13090192", "owner_id": "1001"}],
        "users": [user, {"user_id": "2002", "screen_name": "ada"}],
        "rules": {"limits": "off"},
        "webhooks": [webhook],
        "subscriptions": [subscription] if is_told else [],
    }


async def measure(options: Options) -> Rates:
    """Measure the bare server and the simulator, one after the other."""
    sink = Sink()
    async with await asyncio.start_server(sink.serve, "127.0.0.1", 0) as hook:
        with machine.scratch() as folder:
            async with servers.echo(folder, 0) as server:
                request = post("/echo", server.port, _message(0))
                bare = await rate(server.port, itertools.repeat(request), options.seconds, sink)
        found: list[Rate] = []
        for is_told in (False, True):
            with machine.scratch() as folder:
                _write(folder, world(hook.sockets[0].getsockname()[1], is_told=is_told))
                async with servers.simulator(folder, 0) as server:
                    requests = signed(server.port, int(_MOST * (options.seconds + _WARM)))
                    found.append(await rate(server.port, iter(requests), options.seconds, sink))
    return Rates(bare.answered, found[0].answered, min(found[1].answered, found[1].taken))


async def memory(count: int) -> Sequence[float]:
    """Let the account answer so many times, each delivered; megabytes in memory at each step.

    Every message is a signed call over HTTP to a `roost simulate` of its own, is kept, written
    down and posted to a webhook, so that all that grows with use is seen to grow.
    """
    found: list[float] = []
    sink = Sink()
    async with await asyncio.start_server(sink.serve, "127.0.0.1", 0) as hook:
        with machine.scratch() as folder:
            _write(folder, world(hook.sockets[0].getsockname()[1], is_told=True))
            async with servers.simulator(folder, 0) as simulator:
                found.append(machine.resident(simulator.pid))
                for sent in range(0, count, STEP):
                    await _send_all(simulator.port, signed(simulator.port, STEP))
                    found.append(machine.resident(simulator.pid))
                    print(f"memory after {sent + STEP:7} messages: {found[-1]:6.1f} MB", flush=True)
    print(f"delivered: {sink.taken}", flush=True)
    return found


async def _send_all(port: int, requests: Sequence[bytes]) -> None:
    left = iter(requests)

    async def ask() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for one in left:
            await _exchange(reader, writer, one)
        writer.close()

    async with asyncio.TaskGroup() as tasks:
        for _ in range(8):
            tasks.create_task(ask())


def _write(folder: Path, value: Mapping[str, object]) -> None:
    (folder / "world.json").write_text(json.dumps(value), encoding="utf-8")


async def run(options: Options, messages: int) -> None:
    """Measure in rounds, then memory, and print ratios."""
    rounds: list[Rates] = []
    for n in range(options.rounds):
        rounds.append(await measure(options))
        one = rounds[-1]
        print(
            f"round {n + 1}: bare {one.bare:.0f}/s, calls {one.calls:.0f}/s, "
            f"calls that are delivered {one.told:.0f}/s",
            flush=True,
        )
    found = await memory(messages)
    half, end = found[len(found) // 2], found[-1]
    calls = [one.calls / one.bare for one in rounds]
    told = [one.told / one.bare for one in rounds]
    ratios = [
        Ratio(0, "calls/s ÷ bare server", calls, Bound.AT_LEAST, 0.04),
        Ratio(0, "delivered/s ÷ bare server", told, Bound.AT_LEAST, 0.02),
        Ratio(0, "memory at the end ÷ half-way", [end / half], Bound.AT_MOST, 1.05),
    ]
    report.conclude("simulator", ratios, {"memory": found})


def main() -> None:
    """Parse options and measure."""
    parser = report.parser(__doc__)
    parser.add_argument("--messages", type=int, default=MESSAGES, help=f"{MESSAGES} by default")
    arguments = parser.parse_args()
    machine.pin(machine.LOAD_CPU)
    report.begin("The simulator")
    uvloop.run(run(report.options_of(arguments), arguments.messages))


if __name__ == "__main__":
    main()
