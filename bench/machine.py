"""The machine under the benchmark: its two cores, who else is using them, and where files go."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
"""Reports, and the databases while they are measured: so these lie on the checkout's disk."""

SERVER_CPU, LOAD_CPU = 0, 1
_TICKS = os.sysconf("SC_CLK_TCK")
_USER_NICE_SYSTEM = slice(0, 3)
_IRQ_SOFTIRQ = slice(5, 7)
_STEAL = 7


@contextmanager
def on_server_cpu() -> Generator[None]:
    """Pin what is started inside to the server's CPU; this process has the other one after."""
    pin(SERVER_CPU)
    try:
        yield
    finally:
        pin(LOAD_CPU)


def pin(cpu: int) -> None:
    """Keep this thread, and children it starts from now on, on one CPU, where there are two."""
    if (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {cpu})


@contextmanager
def scratch() -> Generator[Path]:
    """Give a folder for one measurement, gone afterwards."""
    RESULTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=RESULTS, prefix="run-") as folder:
        yield Path(folder)


def description() -> dict[str, str | int]:
    """Say what the figures were measured on."""
    return {
        "cpus": os.cpu_count() or 1,
        "kernel": platform.release(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "date": time.strftime("%Y-%m-%d %H:%M:%S%z"),
        "load average": " ".join(f"{one:.2f}" for one in os.getloadavg()),
        "command": " ".join(sys.argv),
    }


@dataclass(frozen=True, slots=True)
class Usage:
    """What CPUs did between two looks.

    Attributes:
        server: Seconds of CPU the server's processes used.
        load: Seconds this process used.
        elapsed: Seconds of the clock.
        steal: Share of all CPUs' time the hypervisor gave to others, 0 to 1.
        others: Share of all CPUs' time that processes used which are neither server nor load.
    """

    server: float
    load: float
    elapsed: float
    steal: float
    others: float


@dataclass(frozen=True, slots=True)
class Look:
    """Clocks of one moment."""

    at: float
    server: float
    load: float
    busy: float
    steal: float

    @classmethod
    def now(cls, server_pid: int) -> Look:
        """Read every clock."""
        with Path("/proc/stat").open(encoding="ascii") as file:
            ticks = [int(one) / _TICKS for one in file.readline().split()[1:]]
        own = os.times()
        return cls(
            at=time.perf_counter(),
            server=sum(map(cpu_of, family(server_pid))),
            load=own.user + own.system,
            busy=sum(ticks[_USER_NICE_SYSTEM]) + sum(ticks[_IRQ_SOFTIRQ]),
            steal=ticks[_STEAL],
        )

    def until(self, later: Look) -> Usage:
        """Give what was used from this look to a later one."""
        elapsed = later.at - self.at
        capacity = elapsed * (os.cpu_count() or 1)
        server, load = later.server - self.server, later.load - self.load
        others = max(0.0, later.busy - self.busy - server - load)
        return Usage(
            server, load, elapsed, (later.steal - self.steal) / capacity, others / capacity
        )


def family(pid: int) -> list[int]:
    """Give a process and all its descendants."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            found += map(int, task.read_text(encoding="ascii").split())
    return found


def cpu_of(pid: int) -> float:
    """Give the seconds of CPU a process and its dead children have used; 0 if it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    utime_to_cstime = slice(11, 15)
    return sum(map(int, fields[utime_to_cstime])) / _TICKS


def resident(pid: int) -> float:
    """Give the megabytes of memory a process has."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
