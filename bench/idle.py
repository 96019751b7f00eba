"""What the product costs while nothing happens, and how much memory it holds (goal 9)."""

from __future__ import annotations

import asyncio

import machine
import report
import seeding
import servers
import uvloop
from events import UNANSWERED, Deliveries
from load import Load
from report import Bound, Options, Ratio
from servers import Server, Start

FEW, MANY = 10_000, 1_000_000
"""Messages stored; a tenth as many conversations."""

CONNECTIONS = 64
_NOBODY = 9  # a port where no X is: nothing is sent
_SETTLES = 5.0
_PIECE = 1.0


async def idle(options: Options, messages: int, seconds: float) -> list[Ratio]:
    """Watch the product with few and with many messages stored."""
    shares: list[float] = []
    growth: list[float] = []
    for _ in range(options.rounds):
        held: dict[int, float] = {}
        for stored in (FEW, messages):
            with machine.scratch() as folder:
                path = folder / "data" / "roost.db"
                await asyncio.to_thread(seeding.seed_sqlite, path, stored)
                async with servers.roost(folder, _NOBODY) as server:
                    await asyncio.sleep(_SETTLES)
                    held[stored] = machine.resident(server.pid)
                    if stored == messages:
                        shares.append(await _cpu_per_cent(server, seconds))
        growth.append(held[messages] - held[FEW])
        print(f"  idle {shares[-1]:.2f} % of a CPU; resident {held}", flush=True)
    return [
        Ratio(
            9, f"per cent of a CPU while idle, {messages:,} messages", shares, Bound.AT_MOST, 0.5
        ),
        Ratio(9, f"MB more with {messages:,} than {FEW:,}", growth, Bound.AT_MOST, 16),
    ]


async def _cpu_per_cent(server: Server, seconds: float) -> float:
    before = machine.Look.now(server.pid)
    await asyncio.sleep(seconds)
    usage = before.until(machine.Look.now(server.pid))
    return usage.server / usage.elapsed * 100


async def after_events(options: Options, events: int) -> list[Ratio]:
    """Compare memory with the bare server's, both after so many events."""
    ratios: list[float] = []
    for _ in range(options.rounds):
        bare = await _resident_after(servers.echo, events)
        product = await _resident_after(servers.roost, events)
        ratios.append(product / bare)
        print(
            f"  after {events:,} events: bare {bare:.0f} MB, product {product:.0f} MB", flush=True
        )
    return [Ratio(9, f"resident after {events:,} events ÷ bare", ratios, Bound.AT_MOST, 2.5)]


async def _resident_after(start: Start, events: int) -> float:
    with machine.scratch() as folder:
        async with start(folder, _NOBODY) as server, asyncio.TaskGroup() as tasks:
            make = Deliveries(account_id=UNANSWERED).make
            load = Load(tasks, port=server.port, path=server.path, make=make, wants_turns=False)
            await load.connect(CONNECTIONS)
            while len(load.sample.answers) < events:
                await load.closed(_PIECE)
            load.close()
            await server.settle()
            return machine.resident(server.pid)


async def run(options: Options, *, is_quick: bool) -> None:
    """Measure both."""
    ratios = await idle(options, FEW * 10 if is_quick else MANY, 10.0 if is_quick else 60.0)
    ratios += await after_events(options, 6_000 if is_quick else 60_000)
    report.conclude("idle", ratios, [])


def main() -> None:
    """Parse options and measure."""
    arguments = report.parser(__doc__).parse_args()
    machine.pin(machine.LOAD_CPU)
    report.begin("Idle")
    uvloop.run(run(report.options_of(arguments), is_quick=arguments.quick))


if __name__ == "__main__":
    main()
