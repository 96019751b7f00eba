"""How long the command line and the service take to answer (goal 10).

Everything starts as often as a yardstick beside it: Python that does nothing, or Python that only
imports what the service takes from elsewhere. Each is a process of its own, its bytecode cached.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import machine
import report
import uvloop
from machine import on_server_cpu
from report import Bound, Options, Ratio

RUNS = 9
"""Of each process in one round; the quickest counts, as whoever else works only slows them."""

_NOBODY = 9  # a port where no X is: nothing is sent
_LISTED = """
import json, sys
before = set(sys.modules)
import roost.cli.serve, roost.service.process, roost.service.databases
ours = ("roost", "__main__", "__mp_main__")
print(json.dumps([
    name for name, module in sys.modules.items()
    if name not in before and name.partition(".")[0] not in ours
    and getattr(module, "__spec__", None) is not None and module.__spec__.name == name
]))
"""
"""Names the modules, not Roost's, that `roost serve` loads, in the order in which it does."""


def commands(rounds: int) -> list[Ratio]:
    """Compare `roost --version` and `roost --help` with Python that does nothing."""
    roost = str(Path(sys.executable).with_name("roost"))
    version: list[float] = []
    helped: list[float] = []
    for _ in range(rounds):
        nothing, told, listed = quickest(
            [sys.executable, "-c", "pass"], [roost, "--version"], [roost, "--help"]
        )
        print(
            f"  python {nothing * 1000:.0f} ms, --version {told * 1000:.0f} ms,"
            f" --help {listed * 1000:.0f} ms",
            flush=True,
        )
        version.append(told / nothing)
        helped.append(listed / nothing)
    return [
        Ratio(10, "roost --version ÷ python -c pass", version, Bound.AT_MOST, 3),
        Ratio(10, "roost --help ÷ python -c pass", helped, Bound.AT_MOST, 20),
    ]


async def serving(options: Options) -> list[Ratio]:
    """Compare `roost serve`, until it answers, with importing what it uses of others."""
    names = await asyncio.to_thread(foreign_modules)
    imports = f"import importlib\nfor name in {names!r}: importlib.import_module(name)"
    ratios: list[float] = []
    for _ in range(options.rounds):
        with machine.scratch() as folder:
            async with options.product(folder, _NOBODY):
                pass  # which makes the database; what counts is a restart
            (bare,) = await asyncio.to_thread(quickest, [sys.executable, "-c", imports])
            whole = min([await _answers_after(options, folder) for _ in range(3)])
        print(f"  imports {bare * 1000:.0f} ms, serve answers {whole * 1000:.0f} ms", flush=True)
        ratios.append(whole / bare)
    return [
        Ratio(10, "serve until it answers ÷ importing what it uses", ratios, Bound.AT_MOST, 1.4)
    ]


def foreign_modules() -> Sequence[str]:
    """Name the modules, not Roost's, that the service loads, in the order in which it does."""
    command = [sys.executable, "-c", _LISTED]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def quickest(*commands: Sequence[str]) -> list[float]:
    """Run commands in turn, `RUNS` times; give the seconds of each one's quickest run."""
    best = [float("inf")] * len(commands)
    with on_server_cpu():
        for _ in range(RUNS):
            for n, command in enumerate(commands):
                best[n] = min(best[n], _took(lambda command=command: _run(command)))
    return best


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _took(work: Callable[[], None]) -> float:
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


async def _answers_after(options: Options, folder: Path) -> float:
    before = time.perf_counter()
    async with options.product(folder, _NOBODY):
        return time.perf_counter() - before


async def run(options: Options) -> None:
    """Measure both."""
    ratios = await asyncio.to_thread(commands, options.rounds)
    report.conclude("start", ratios + await serving(options), [])


def main() -> None:
    """Parse options and measure."""
    arguments = report.parser(__doc__).parse_args()
    machine.pin(machine.LOAD_CPU)
    report.begin("Start")
    uvloop.run(run(report.options_of(arguments)))


if __name__ == "__main__":
    main()
