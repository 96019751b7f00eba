"""Web and worker processes on one PostgreSQL database, as somebody runs them on one machine."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest
from tests.rig import Rig, rig

from roost.demo import world
from roost.store import control

HELLO = "Hello Ada Lovelace! What can I do for you?"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def ask_status(line: Rig) -> list[dict[str, object]]:
    """Run `roost status` beside the processes."""
    asked = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "roost", "status"),
        env={"ROOST_DATA": str(line.data), "ROOST_DATABASE": str(line.database)},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await asked.communicate()
    return json.loads(said)


async def test_what_a_web_process_takes_is_answered_by_a_worker(tmp_path: Path, dsn: str) -> None:
    async with (
        rig(tmp_path, database=dsn) as line,
        line.application(role="worker") as worker,
        line.application(role="web") as web,
        line.application(role="web") as other_web,
    ):
        await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, "hello")
        await line.until_settled(n_answers=1)

        assert await line.answers() == [HELLO]
        shown = {one["pid"]: (one["role"], one["problem"]) for one in await ask_status(line)}
        assert shown == {
            worker.pid: ("worker", ""),
            web.pid: ("web", ""),
            other_web.pid: ("web", ""),
        }


async def test_a_verb_reaches_whichever_process_is_left(tmp_path: Path, dsn: str) -> None:
    async with (
        rig(tmp_path, database=dsn) as line,
        line.application(role="worker") as first,
        line.application(role="worker") as second,
    ):
        await first.stop()
        status = await control.ask(tmp_path / control.SOCKET, "status")

        assert isinstance(status, dict)
        assert status["pid"] == second.pid
