"""From the webhook's 200 to the agents' open pages, beside a bare hop of the same kind (goal 12).

The load posts signed deliveries at a fixed pace; open pages are event streams held by the load's
process, so that one clock sees both the 200 and the change. A change may come before the 200 does:
such a one counts as 0.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from contextlib import closing
from dataclasses import asdict, dataclass, field

import machine
import msgspec
import report
import servers
import uvloop
from events import ANSWERED, Deliveries, Delivery
from load import Load
from report import Bound, Options, Ratio
from servers import Server, Start
from stub import StubX

from roost.store import control

PAGES, PER_SECOND, CONNECTIONS = 20, 50.0, 8
MOST_MS = 200.0
"""By then a change is to be on all but one of twenty pages' screens."""

_OPEN_WITHIN, _LOOK_EVERY, _LOOKS = 30.0, 0.05, 600


class _Key(msgspec.Struct):
    secret: str


class _Change(msgspec.Struct):
    kind: str = ""
    ref: str = ""


@dataclass(slots=True)
class Watch:
    """When each message was acknowledged, and when each page was told of it.

    Attributes:
        acknowledged: Moments by message id.
        told: Moments by message id, one for each page.
    """

    acknowledged: dict[str, float] = field(default_factory=dict[str, float])
    told: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    def accept(self, delivery: Delivery) -> None:
        """Take note of a 200."""
        self.acknowledged[str(delivery.message_id)] = time.perf_counter()

    def tell(self, message_id: str) -> None:
        """Take note of a change on one page."""
        self.told.setdefault(message_id, []).append(time.perf_counter())

    def delays_ms(self) -> list[float]:
        """Give how long after its 200 each message was on each page."""
        return [
            max(0.0, at - self.acknowledged[message]) * 1_000
            for message, told in self.told.items()
            if message in self.acknowledged
            for at in told
        ]

    def missing(self, pages: int) -> int:
        """Count what was acknowledged and has not been told to so many pages, once each."""
        return sum(abs(pages - len(self.told.get(message, ()))) for message in self.acknowledged)


@dataclass(frozen=True, slots=True)
class Figure:
    """What one measurement gave.

    Attributes:
        p50_ms: Between the 200 and a page, half of the time.
        p95_ms: In 95 of 100 cases.
        messages: How many were acknowledged.
        missing: Of these on 20 pages each: not told, or told twice.
    """

    p50_ms: float
    p95_ms: float
    messages: int
    missing: int


async def measure(start: Start, seconds: float) -> Figure:
    """Measure one server.

    Raises:
        RuntimeError: It refused a delivery, or a page.
    """
    answered: list[int] = []
    with machine.scratch() as folder:
        async with (
            StubX(lambda _customer, message: answered.append(message)).serving() as x_port,
            start(folder, x_port) as server,
        ):
            return await _observe(server, await _key(server), seconds)


async def _observe(server: Server, key: str, seconds: float) -> Figure:
    watch, opened = Watch(), asyncio.Semaphore(0)
    async with asyncio.TaskGroup() as tasks:
        pages = [tasks.create_task(_page(server.port, key, watch, opened)) for _ in range(PAGES)]
        async with asyncio.timeout(_OPEN_WITHIN):
            for _ in pages:
                await opened.acquire()
        load = Load(
            tasks,
            port=server.port,
            path=server.path,
            make=Deliveries(account_id=ANSWERED).make,
            accepted=watch.accept,
        )
        await load.connect(CONNECTIONS)
        await load.paced(PER_SECOND, seconds)
        await _arrived(watch)
        load.close()
        for page in pages:
            page.cancel()
    if set(load.sample.statuses) != {200}:
        raise RuntimeError(f"answers by status: {dict(load.sample.statuses)}")
    percentiles = statistics.quantiles(watch.delays_ms(), n=100)
    return Figure(percentiles[49], percentiles[94], len(watch.acknowledged), watch.missing(PAGES))


async def _arrived(watch: Watch) -> None:
    """Wait until every page has been told of everything; what never comes shows as missing."""
    for _ in range(_LOOKS):
        if not watch.missing(PAGES):
            return
        await asyncio.sleep(_LOOK_EVERY)


async def _key(server: Server) -> str:
    """Make an API key in the product; another server wants none."""
    if server.control is None:
        return ""
    await control.ask(
        server.control, "invite", login="bench", name="Bench", role=None, accounts=None
    )
    made = await control.ask(server.control, "key_new", name="b", login="bench", scope="read")
    return msgspec.convert(made, _Key).secret


async def _page(port: int, key: str, watch: Watch, opened: asyncio.Semaphore) -> None:
    """Follow the changes as a page does, until cancelled."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with closing(writer):
        head = f"GET /api/changes HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {key}\r\n"
        writer.write(f"{head}accept: text/event-stream\r\n\r\n".encode())
        status = await reader.readline()
        if b" 200 " not in status:
            raise RuntimeError(f"a page was answered {status!r}")
        async for line in reader:
            if line.startswith(b"event: ready"):
                opened.release()
            elif line.startswith(b"data: "):
                change = msgspec.json.decode(line[6:], type=_Change)
                if change.kind == "message_received":
                    watch.tell(change.ref)


async def run(options: Options) -> None:
    """Measure the bare hop and the product in turn."""
    rounds: list[dict[str, Figure]] = []
    starts = {"bare hop": servers.sse, "roost": options.product}
    seconds = options.seconds * 5
    for _ in range(options.rounds):
        figures: dict[str, Figure] = {}
        for name, start in starts.items():
            figure = figures[name] = await measure(start, seconds)
            print(
                f"  {name:10} p50 {figure.p50_ms:7.2f} p95 {figure.p95_ms:7.2f} ms"
                f"  {figure.messages} messages on {PAGES} pages, {figure.missing} missing or twice",
                flush=True,
            )
        rounds.append(figures)
    products = [one["roost"] for one in rounds]
    over = [one["roost"].p95_ms - one["bare hop"].p95_ms for one in rounds]
    print(f"  p95 beyond the bare hop's: {statistics.median(over):.2f} ms")
    within = [one.p95_ms / MOST_MS for one in products]
    missing = [one.missing for one in products]
    ratios = [
        Ratio(12, f"p95 from 200 to an open page ÷ {MOST_MS:.0f} ms", within, Bound.AT_MOST, 1),
        Ratio(12, "changes missing or told twice", missing, Bound.AT_MOST, 0),
    ]
    told = [{name: asdict(figure) for name, figure in one.items()} for one in rounds]
    report.conclude("desk", ratios, told)


def main() -> None:
    """Parse options and measure."""
    arguments = report.parser(__doc__, takes_dsn=True).parse_args()
    machine.pin(machine.LOAD_CPU)
    report.begin("Live pages")
    with servers.product(arguments.dsn) as product:
        uvloop.run(run(report.options_of(arguments, product)))


if __name__ == "__main__":
    main()
