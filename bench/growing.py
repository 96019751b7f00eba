"""Operations of a database with little stored beside those of one with very much (goal 7)."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

import machine
import postgresql
import report
import uvloop
from postgresql import Databases
from report import Bound, Options, Ratio

S = TypeVar("S")
_US = 1e6


@dataclass(frozen=True, slots=True)
class Growth(Generic[S]):
    """What is measured.

    Attributes:
        name: Of the file of results.
        few: How many messages the small database has.
        times: How often an operation is done for one figure, which is their median.
        warm_up: How often before that.
        operations: What does each, and how many times its cost in the small database it may cost
            in the large one. The number it gets says how often it was done before; it is
            negative while warming up.
        filled: Makes a database of so many messages and opens it, on PostgreSQL if it is given.
    """

    name: str
    few: int
    times: int
    warm_up: int
    operations: Mapping[str, tuple[Callable[[S, int], Awaitable[object]], float]]
    filled: Callable[[int, Databases | None], AbstractAsyncContextManager[S]]

    async def run(self, options: Options, many: int, databases: Databases | None) -> None:
        """Measure each operation on both databases in turn, and say how they compare."""
        rounds: list[dict[str, dict[str, float]]] = []
        async with AsyncExitStack() as stack:
            small = await stack.enter_async_context(self.filled(self.few, databases))
            large = await stack.enter_async_context(self.filled(many, databases))
            for _ in range(options.rounds):
                figures: dict[str, dict[str, float]] = {}
                for name, (operation, _) in self.operations.items():
                    few, lots = (
                        await self._cost(small, operation),
                        await self._cost(large, operation),
                    )
                    figures[name] = {"few": few, "many": lots}
                    print(f"  {name:34} {self.few:>9,}: {few:6.0f} us  {many:>9,}: {lots:6.0f} us")
                rounds.append(figures)
        report.conclude(self.name, self._ratios(many, rounds), rounds)

    async def _cost(self, stored: S, operation: Callable[[S, int], Awaitable[object]]) -> float:
        """Give an operation's median, in microseconds."""
        took: list[float] = []
        for n in range(-self.warm_up, self.times):
            begun = time.perf_counter()
            await operation(stored, n)
            took.append(time.perf_counter() - begun)
        return statistics.median(took[self.warm_up :]) * _US

    def _ratios(self, many: int, rounds: list[dict[str, dict[str, float]]]) -> list[Ratio]:
        return [
            Ratio(
                7,
                f"{name}, {many:,} messages ÷ {self.few:,}",
                [one[name]["many"] / one[name]["few"] for one in rounds],
                Bound.AT_MOST,
                most,
            )
            for name, (_, most) in self.operations.items()
        ]


@asynccontextmanager
async def filled_file(fill: Callable[[Path, int], None], messages: int) -> AsyncGenerator[Path]:
    """Make a SQLite file with so many messages; it is removed on leaving."""
    with machine.scratch() as folder:
        path = folder / "roost.db"
        begun = time.perf_counter()
        await asyncio.to_thread(fill, path, messages)
        _say(messages, begun)
        yield path


async def filled_database(
    fill: Callable[[str, int], Awaitable[None]], messages: int, databases: Databases
) -> str:
    """Make a PostgreSQL database with so many messages, and give its DSN."""
    dsn = await asyncio.to_thread(databases.made)
    begun = time.perf_counter()
    await fill(dsn, messages)
    _say(messages, begun)
    return dsn


def _say(messages: int, begun: float) -> None:
    print(f"  {messages:,} messages made in {time.perf_counter() - begun:.1f} s", flush=True)


def measure(growth: Growth[S], arguments: argparse.Namespace, many: int, *, title: str) -> None:
    """Measure on SQLite, or on PostgreSQL where the options say so."""
    run = partial(growth.run, report.options_of(arguments), many)
    report.begin(title)
    if arguments.dsn is None:
        uvloop.run(run(None))
        return
    with postgresql.databases(arguments.dsn or None) as databases:
        uvloop.run(run(databases))
