"""One measurement: a fresh server, a load, and what came of it."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from events import Deliveries, Delivery
from load import Load, Make, Sample
from machine import Look, Usage, scratch
from matching import Verdict
from servers import Server, Start
from stub import StubX

STEAL_ALLOWED, OTHERS_ALLOWED = 0.10, 0.20
"""Shares of the machine beyond which a measurement is done again."""

TRIES = 2
_WARM_SECONDS = 0.5
_US = 1e6


@dataclass(frozen=True, slots=True)
class Plan:
    """How to load a server.

    Attributes:
        connections: How many deliveries are in flight at once.
        seconds: How long, after a warm-up.
        per_second: Pace; 0 for as fast as answers come.
        wants_turns: Whether a delivery is over only when its answer was sent.
        account_id: Whom deliveries are for.
        path: Where to, instead of the server's own path.
        change: Made with each delivery before it is sent.
        status: The only HTTP status that the server may answer.
    """

    connections: int
    seconds: float
    account_id: str
    per_second: float = 0.0
    wants_turns: bool = False
    path: str = ""
    change: Callable[[Delivery], Delivery] | None = None
    status: int = 200


@dataclass(frozen=True, slots=True)
class Figure:
    """What one measurement gave.

    Attributes:
        per_second: Deliveries, or turns where these were wanted.
        ack_us: Latencies of HTTP answers, microseconds: median and 99th of 100.
        turn_us: The same of turns; zeros where none were wanted.
        cpu_us: CPU of the server's processes for one delivery, with all it does afterwards.
        usage: Of the machine, meanwhile.
        load_share: How busy the load's CPU was with the load, 0 to 1: near 1 it is the limit.
        per_commit: The product's deliveries per durable commit; 0 for others.
        verdict: Answers against deliveries.
    """

    per_second: float
    ack_us: tuple[float, float]
    turn_us: tuple[float, float]
    cpu_us: float
    usage: Usage
    load_share: float
    per_commit: float
    verdict: Verdict

    @property
    def is_disturbed(self) -> bool:
        """Whether others took too much of the machine."""
        return self.usage.steal > STEAL_ALLOWED or self.usage.others > OTHERS_ALLOWED


class ConnectionsBroke(RuntimeError):
    """The server closed connections instead of answering."""


async def measure(start: Start, plan: Plan, *, tries: int = TRIES) -> Figure:
    """Measure one server, again where the machine was disturbed, `tries` times at most.

    A virtual machine that stands still for seconds makes servers close connections as idle, so
    that too is a disturbance, unless it happens every time.

    Raises:
        ConnectionsBroke: At the last try it closed connections instead of answering.
        RuntimeError: It stored something else than it acknowledged, or its answers had another
            status than planned.
    """
    for _ in range(1, tries):
        try:
            figure = await _measure_once(start, plan)
        except* ConnectionsBroke as error:
            print(f"  measured again: {error.exceptions[0]}")
        else:
            if not figure.is_disturbed:
                return figure
    return await _measure_once(start, plan)


async def _measure_once(start: Start, plan: Plan) -> Figure:
    loads: list[Load] = []

    def answered(customer_id: int, message_id: int) -> None:
        for load in loads:
            load.answered(customer_id, message_id)

    with scratch() as folder:
        async with (
            StubX(answered).serving() as x_port,
            start(folder, x_port) as server,
            asyncio.TaskGroup() as tasks,
        ):
            load = Load(
                tasks,
                port=server.port,
                path=plan.path or server.path,
                make=_maker(plan),
                wants_turns=plan.wants_turns,
            )
            loads.append(load)
            await load.connect(plan.connections)
            return await _observe(load, server, plan)


def _maker(plan: Plan) -> Make:
    make, change = Deliveries(account_id=plan.account_id).make, plan.change
    return make if change is None else lambda: change(make())


async def _observe(load: Load, server: Server, plan: Plan) -> Figure:
    commits = await server.durable_commits()
    before = Look.now(server.pid)
    begin = before.at + _WARM_SECONDS
    await _run(load, plan)
    loaded = before.until(Look.now(server.pid))
    load.close()
    await server.settle()
    usage = before.until(Look.now(server.pid))
    verdict = await _checked(server, load.sample, plan)
    commits = await server.durable_commits() - commits
    answers = _within(load.sample.answers, begin, plan.seconds)
    turns = _within(load.sample.turns, begin, plan.seconds)
    return Figure(
        per_second=len(turns if plan.wants_turns else answers) / plan.seconds,
        ack_us=_spread(answers),
        turn_us=_spread(turns),
        cpu_us=usage.server / len(load.sample.answers) * _US,
        usage=usage,
        load_share=loaded.load / loaded.elapsed,
        per_commit=verdict.delivered / commits if commits else 0.0,
        verdict=verdict,
    )


async def _run(load: Load, plan: Plan) -> None:
    seconds = _WARM_SECONDS + plan.seconds
    if plan.per_second:
        await load.paced(plan.per_second, seconds)
    else:
        await load.closed(seconds)


async def _checked(server: Server, sample: Sample, plan: Plan) -> Verdict:
    verdict = sample.ledger.verdict()
    stored = await server.count(server.stored)
    if sample.statuses[0]:
        raise ConnectionsBroke(f"{sample.statuses[0]} connections broke")
    if set(sample.statuses) != {plan.status}:
        raise RuntimeError(f"answers by status: {dict(sample.statuses)}")
    if server.stored and stored != verdict.delivered:
        raise RuntimeError(f"{verdict.delivered} acknowledged, {stored} stored")
    return verdict


def _within(seen: Sequence[tuple[float, float]], begin: float, seconds: float) -> Sequence[float]:
    return [latency for when, latency in seen if begin <= when < begin + seconds]


def _spread(latencies: Sequence[float]) -> tuple[float, float]:
    """Give the median and the 99th of 100, in microseconds."""
    if len(latencies) < 2:
        return 0.0, 0.0
    parts = statistics.quantiles(latencies, n=100)
    return parts[49] * _US, parts[98] * _US
