"""What the benchmarks say: figures as they come, then ratios against goals, and a JSON file."""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import Enum

import machine
from measuring import Figure
from servers import Start, roost


class Bound(Enum):
    """Which side of a goal is right."""

    AT_LEAST = "≥"
    AT_MOST = "≤"


@dataclass(frozen=True, slots=True)
class Ratio:
    """One ratio, once per round, and what it ought to be.

    Attributes:
        goal: Number of the goal in `docs/explanation/performance.md`.
        what: Of what to what.
        values: One for each round; product and yardstick were measured next to each other.
        bound: Which side of `wanted` is right.
        wanted: The goal.
    """

    goal: int
    what: str
    values: Sequence[float]
    bound: Bound
    wanted: float

    @property
    def median(self) -> float:
        """The ratio that is judged."""
        return statistics.median(self.values)

    @property
    def is_met(self) -> bool:
        """Whether the median is on the right side."""
        if self.bound is Bound.AT_LEAST:
            return self.median >= self.wanted
        return self.median <= self.wanted

    def line(self) -> str:
        """Give it as a line of the report."""
        low, high = min(self.values), max(self.values)
        spread = f"{self.median:8.2f}  ({low:.2f} to {high:.2f})"
        wanted = f"{self.bound.value} {self.wanted:g}"
        verdict = "met" if self.is_met else "MISSED"
        return f"goal {self.goal:2}  {self.what:62} {spread:28} {wanted:9} {verdict}"


@dataclass(frozen=True, slots=True)
class Options:
    """What every benchmark takes.

    Attributes:
        rounds: How often product and yardstick alternate.
        seconds: How long each is measured, after its warm-up.
        product: Starts the product.
    """

    rounds: int
    seconds: float
    product: Start = roost


def parser(about: str | None, *, takes_dsn: bool = False) -> argparse.ArgumentParser:
    """Make a parser with the options that every benchmark takes.

    Args:
        about: What is measured.
        takes_dsn: Whether it can be measured on PostgreSQL.
    """
    made = argparse.ArgumentParser(description=about)
    made.add_argument("--rounds", type=int, default=5, help="5 by default")
    if takes_dsn:
        made.add_argument(
            "--dsn",
            nargs="?",
            const="",
            help="the product on PostgreSQL: this server, or without a value one that is started",
        )
    made.add_argument("--quick", action="store_true", help="2 short rounds, to see that it runs")
    return made


def options_of(arguments: argparse.Namespace, product: Start = roost) -> Options:
    """Read the options that every benchmark takes."""
    rounds, seconds = (2, 1.0) if arguments.quick else (arguments.rounds, 2.0)
    return Options(rounds, seconds, product)


def begin(title: str) -> None:
    """Say what is measured, on what, and who else is using the machine."""
    about = machine.description()
    print(f"{title}\n  " + ", ".join(f"{name} {value}" for name, value in about.items()))
    print(f"  files in {machine.RESULTS}", flush=True)


def tell(name: str, figure: Figure) -> None:
    """Print one measurement."""
    turn = f"  turn {_latency(figure.turn_us)}" if any(figure.turn_us) else ""
    print(
        f"  {name:22} {figure.per_second:8.0f}/s  ack {_latency(figure.ack_us)}{turn}"
        f"  CPU {figure.cpu_us:6.0f} us  load {figure.load_share:3.0%}"
        f"  steal {figure.usage.steal:3.0%}  others {figure.usage.others:3.0%}",
        flush=True,
    )


async def measure(
    name: str,
    parts: Mapping[str, Callable[[Options], Awaitable[tuple[Sequence[Ratio], object]]]],
    chosen: Mapping[str, bool],
    options: Options,
) -> None:
    """Measure the parts that were chosen, or all where none was, and conclude.

    Args:
        name: Of the benchmark.
        parts: What can be measured, by name.
        chosen: Which of them.
        options: For each.
    """
    ratios: list[Ratio] = []
    figures: dict[str, object] = {}
    for part, measured in parts.items():
        if chosen[part] or not any(chosen.values()):
            print(f"\n{(measured.__doc__ or '').splitlines()[0]}")
            found, figures[part] = await measured(options)
            ratios += found
    conclude(name, ratios, figures)


def conclude(name: str, ratios: Sequence[Ratio], figures: object) -> None:
    """Print the ratios and write everything to `bench/results/<name>.json`."""
    print()
    for ratio in ratios:
        print(ratio.line())
    report = {
        "machine": machine.description(),
        "ratios": [
            {
                **asdict(ratio),
                "bound": ratio.bound.value,
                "median": ratio.median,
                "is_met": ratio.is_met,
            }
            for ratio in ratios
        ],
        "figures": figures,
    }
    machine.RESULTS.mkdir(exist_ok=True)
    path = machine.RESULTS / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}.json"
    path.write_text(json.dumps(report, indent=2, default=vars_of), encoding="utf-8")
    print(f"written to {path}\n")


def vars_of(value: object) -> object:
    """Give a figure as JSON can carry it.

    Raises:
        TypeError: It is no figure.
    """
    if isinstance(value, Figure):
        return asdict(value)
    raise TypeError(type(value).__name__)


def _latency(of: tuple[float, float]) -> str:
    return f"p50 {of[0] / 1000:7.2f} p99 {of[1] / 1000:7.2f} ms"
