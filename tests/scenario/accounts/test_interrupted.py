"""Whoever presses Ctrl-C at a question has the shell back, and what was answered is kept."""

from __future__ import annotations

import asyncio
import os
import pty
import signal
import sys
from pathlib import Path

import pytest

WITHIN = 60
PROMPT = b"\n> "


def is_waiting(pid: int) -> bool:
    """Tell whether a process waits, as for a line, and is not just on its way there."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    return stat.rpartition(") ")[2].startswith("S")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize(
    ("answers", "asked"), [((), b"App ID"), (("13090192", "consumer-key"), b"API Key Secret")]
)
async def test_setup_ends_at_once(tmp_path: Path, answers: tuple[str, ...], asked: bytes) -> None:
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "roost", "setup", "--settings", str(tmp_path / "roost.toml")),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "ROOST_X_BASE_URL": "http://127.0.0.1:9"},
    )
    os.close(theirs)
    shown = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(shown), os.fdopen(ours, "rb", buffering=0)
    )
    try:
        async with asyncio.timeout(WITHIN):
            for answer in answers:
                await shown.readuntil(PROMPT)
                os.write(ours, answer.encode() + b"\n")
            await shown.readuntil(asked)
            await shown.readuntil(PROMPT)
            # A person's Ctrl-C never meets the microsecond between the prompt and the reading.
            while True:
                if is_waiting(process.pid):
                    break
                await asyncio.sleep(0.01)
            process.send_signal(signal.SIGINT)
            code = await process.wait()
    finally:
        transport.close()
        if process.returncode is None:
            process.kill()
            await process.wait()

    assert code == 130
