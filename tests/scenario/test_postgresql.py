"""Real applications on one PostgreSQL database, and a simulator, with real HTTP between them."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest
from tests.rig import WITHIN, rig

from roost.demo import world
from roost.demo.parent import free_port
from roost.store import control

HELLO = "Hello Ada Lovelace! What can I do for you?"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_a_message_is_answered_and_all_of_it_is_in_the_database(
    tmp_path: Path, dsn: str
) -> None:
    async with rig(tmp_path, database=dsn) as line, line.application():
        await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, "hello")
        await line.until_settled(n_answers=1)

        assert await line.answers() == [HELLO]
        status = await control.ask(tmp_path / control.SOCKET, "status")
        assert "'sent': 1" in str(status)
        assert databases_in(tmp_path) == []
        assert line.rows("SELECT state, count(*) FROM outbox GROUP BY state") == [("sent", 1)]


def databases_in(folder: Path) -> list[Path]:
    return list(folder.glob("*.db*"))


@pytest.mark.crash
@pytest.mark.parametrize("probe", ["turn.claimed", "turn.committed", "outbox.sending"])
async def test_what_a_killed_process_leaves_is_finished_by_another_that_runs(
    tmp_path: Path, dsn: str, probe: str
) -> None:
    """The lease is a minute long; the other one need not wait for its end."""
    async with (
        rig(tmp_path, database=dsn) as line,
        line.application(environment={"ROOST_CRASH_AT": probe}) as doomed,
    ):
        await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, "hello")
        second = {
            "ROOST_DATA": str(tmp_path / "second"),
            "ROOST_PORT": str(free_port(30_000)),
            "ROOST_PUBLIC_URL": line.application_url,
            "ROOST_RECONCILE_AFTER_S": "1,2",
        }
        async with asyncio.timeout(WITHIN):
            assert await doomed.wait() == -signal.SIGKILL
        async with line.application(environment=second):
            await line.until_settled(n_answers=1)

            assert await line.answers() == [HELLO]
            assert await line.sends() == [200]


async def test_settings_show_the_database_without_its_password(tmp_path: Path) -> None:
    shown = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "roost", "settings", "--json"),
        env={"ROOST_DATABASE": "postgresql://roost:hush@db/roost"},
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await shown.communicate()

    assert "hush" not in said.decode()
    assert "postgresql://roost:****@db/roost" in json.dumps(json.loads(said))
