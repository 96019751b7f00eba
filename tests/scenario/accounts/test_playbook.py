"""The playbook, run in order, in a fresh home."""

from __future__ import annotations

import re
import shlex
from collections.abc import AsyncGenerator
from pathlib import Path

import anyio.to_thread
import msgspec
import pytest
from msgspec.structs import replace
from tests import samples
from tests.scenario.accounts.stage import ACME, APP_ID, Stage, staged

from roost.cli import app
from roost.demo.child import Child
from roost.service.notices import Notice

PAGE = (Path(__file__).parents[3] / "docs/tutorial/playbook.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```(console|sh)\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncGenerator[Stage]:
    async with staged(tmp_path) as running:
        users = running.simulator.simulation.world.users
        users[ACME] = replace(users[ACME], verified=True, custom_profiles_allowed=True)
        yield running


def pattern(expected: str) -> str:
    """Make a pattern of what the page shows, in which `…` is anything."""
    return ".*".join(map(re.escape, expected.split("…")))


async def run(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    _, *arguments = shlex.split(command)
    code = await anyio.to_thread.run_sync(app.main, arguments)
    shown = capsys.readouterr()
    assert (code, shown.err) == (0, ""), command
    return shown.out


async def served(stage: Stage, environment: dict[str, str]) -> Child:
    """Run the application as the page does, but for the port and a bot that is always there."""
    arguments = ["serve", "--quiet", "--bot", "roost.demo.hello:bot"]
    child = await Child.start(arguments, pipe_option="--notices-fd", environment=environment)
    async for line in child.reports():
        if msgspec.json.decode(line, type=Notice).kind == "connected":
            break
    return child


async def test_the_page_runs_as_it_is_written(
    stage: Stage,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cat.png").write_bytes(samples.png())
    own = {
        "ROOST_X_BASE_URL": stage.url,
        "ROOST_PUBLIC_URL": stage.application_url,
        "ROOST_PORT": stage.application_url.rpartition(":")[2],
        "ROOST_RATE_LIMITS": "off",
    }
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    n_commands, last_id, child = 0, "", None
    try:
        for kind, text in BLOCK.findall(PAGE):
            if kind == "sh":
                if "serve" in text:
                    settings = {"ROOST_SETTINGS": str(tmp_path / "roost.toml")}
                    child = await served(stage, {**own, **settings, "ROOST_DATA": "data"})
                continue
            for command, expected in COMMAND.findall(text):
                out = await run(command.replace("LAST_ID", last_id), capsys)
                found = re.search(r"^(\d+)  ", out)
                last_id = found[1] if found else last_id
                assert re.fullmatch(pattern(expected), out, re.DOTALL), (command, out)
                n_commands += 1
    finally:
        if child is not None:
            await child.stop()

    assert n_commands == 16
    world = stage.simulator.simulation.world
    last = list(world.messages.values())[-1]
    assert (last.sender_id, bool(last.custom_profile_id)) == (ACME, True)
    assert [one.env_name for one in world.webhooks.values()] == ["prod"]
    assert world.subscriptions.users_in(APP_ID, "prod") == [ACME]
