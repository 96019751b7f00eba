"""Where the product's time goes: stacks sampled from outside while it is under load.

Needs `py-spy` beside the Python that runs this; it is no dependency of the project.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import machine
import report
from measuring import Plan, measure
from servers import Server, Start, roost

SAMPLER = Path(sys.executable).with_name("py-spy")

PER_SECOND = 250
"""Samples a second."""

_TOP = 40


async def profile(name: str, plan: Plan) -> None:
    """Sample the product under one load, and print where its time went."""
    if not SAMPLER.exists():
        sys.exit(f"{SAMPLER} is not there; install py-spy beside this Python")
    folder = machine.RESULTS / f"profile-{name}"
    figure = await measure(_sampled(folder), plan, tries=1)
    report.tell(name, figure)
    print(_summary(folder))
    print(f"stacks are in {folder}; samples are of whoever held the interpreter's lock")


def _sampled(folder: Path) -> Start:
    folder.mkdir(parents=True, exist_ok=True)
    for earlier in folder.glob("*.stacks"):
        earlier.unlink()

    @asynccontextmanager
    async def start(scratch: Path, x_port: int) -> AsyncGenerator[Server]:
        async with roost(scratch, x_port) as server:
            samplers = [await _sampler(pid, folder) for pid in machine.family(server.pid)]
            try:
                yield server
            finally:
                for sampler in samplers:
                    await _finish(sampler)

    return start


def _summary(folder: Path) -> str:
    """Give the functions with most time, their own and with what they call, of each process."""
    parts: list[str] = []
    for path in sorted(folder.glob("*.stacks")):
        own, whole, total = Counter[str](), Counter[str](), 0
        for line in path.read_text(encoding="utf-8").splitlines():
            stack, _, count = line.rpartition(" ")
            frames = stack.split(";")
            total += int(count)
            own[frames[-1]] += int(count)
            whole.update(dict.fromkeys(frames, int(count)))
        for title, counts in (("own time", own), ("with callees", whole)):
            parts.append(f"{path.name}, {title}, of {total} samples")
            parts += [f"  {n / total:6.1%}  {frame}" for frame, n in counts.most_common(_TOP)]
    return "\n".join(parts)


async def _sampler(pid: int, folder: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        str(SAMPLER),
        "record",
        *(
            "--pid",
            str(pid),
            "--format",
            "raw",
            "--rate",
            str(PER_SECOND),
            "--gil",
            "--nonblocking",
            "--function",
        ),
        *("--output", str(folder / f"{pid}.stacks")),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


async def _finish(sampler: asyncio.subprocess.Process) -> None:
    # It writes what it has when it is interrupted, as by Ctrl-C.
    with contextlib.suppress(ProcessLookupError):
        sampler.send_signal(2)
    await sampler.wait()
