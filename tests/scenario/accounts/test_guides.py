"""The guides to connecting run as they are written, and the playbook's table tells the truth."""

from __future__ import annotations

import functools
import importlib.util
import io
import re
import shlex
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import anyio.to_thread
import pytest
from msgspec.structs import replace
from tests import samples
from tests.scenario.accounts.stage import ACME, ADA, APP_ID, SECRETS, TOKENS, Stage, staged
from tests.scenario.accounts.ways import Ways, served

from roost.bot import loading
from roost.cli import app, verbs
from roost.simulator.world import World
from roost.testing.clocks import FrozenClock
from roost.xapi import Credentials, XClient

ROOT = Path(__file__).parents[3]
PLAYBOOK = (ROOT / "docs/tutorial/playbook.md").read_text(encoding="utf-8")
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[tuple[Stage, Ways]]:
    """An X, and a webhook at which everything is right."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cat.png").write_bytes(samples.png())
    (tmp_path / "tokens.txt").write_text(f"{TOKENS[ACME]}\n{SECRETS[ACME]}\n")
    async with staged(tmp_path) as running:
        world = running.simulator.simulation.world
        users = world.users
        users[ACME] = replace(users[ACME], verified=True, custom_profiles_allowed=True)
        async with served(Ways(world.apps[APP_ID].consumer_secret)) as ways:
            yield running, ways


def guide(name: str) -> str:
    return (ROOT / "docs/howto" / f"{name}.md").read_text(encoding="utf-8")


class Terminal:
    """Types what a guide shows, and compares what comes; `…` is anything."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch = monkeypatch
        self._capsys = capsys

    async def follow(self, text: str) -> int:
        """Type everything; give how many commands that were."""
        last_id, n_commands = "", 0
        for block in CONSOLE.findall(text):
            for command, expected in COMMAND.findall(block):
                out = await self._typed(command.replace("LAST_ID", last_id))
                pattern = ".*".join(map(re.escape, expected.split("…")))
                assert re.fullmatch(pattern, out, re.DOTALL), (command, out)
                found = re.search(r"^(?:sent as )?(\d+)(?:  |$)", out)
                last_id = found[1] if found else last_id
                n_commands += 1
        return n_commands

    async def _typed(self, command: str) -> str:
        line, _, file = command.partition(" < ")
        typed = await anyio.Path(file).read_text() if file else ""
        self.monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        code = await anyio.to_thread.run_sync(app.main, shlex.split(line)[1:])
        shown = self._capsys.readouterr()
        assert (code, shown.err) == (0, ""), (command, shown)
        return shown.out


@pytest.fixture
def terminal(
    stage: tuple[Stage, Ways], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    running, ways = stage
    for name, value in running.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ROOST_PUBLIC_URL", ways.url)
    monkeypatch.setenv("ROOST_APPS__MAIN__WEBHOOK_PATH", "/x/main/hook")
    return Terminal(monkeypatch, capsys)


def speaker(stage: Stage) -> tuple[Credentials, str]:
    known = stage.simulator.simulation.world.apps[APP_ID]
    tokens = TOKENS[ACME], SECRETS[ACME]
    return Credentials(known.consumer_key, known.consumer_secret, *tokens), stage.url


async def test_tokens_and_subscriptions(stage: tuple[Stage, Ways], terminal: Terminal):
    running, ways = stage
    who, url = speaker(running)
    async with XClient(who, base_url=url) as x:
        await x.webhooks.create("prod", f"{ways.url}/x/main/hook")

    assert await terminal.follow(guide("connect-accounts")) == 7


async def test_the_enterprise_tier(stage: tuple[Stage, Ways], terminal: Terminal):
    running, ways = stage
    terminal.monkeypatch.setenv("ROOST_APPS__MAIN__ACTIVITY_TIER", "enterprise")
    who, url = speaker(running)
    async with served(Ways(ways.secret)) as others, XClient(who, base_url=url) as x:
        other = await x.enterprise.create_webhook(f"{others.url}/x/theirs")
        text = guide("enterprise-tier").replace("WEBHOOK_ID", other.id)

        assert await terminal.follow(text) == 13
        left = await x.enterprise.list_webhooks()
        for method in re.findall(r"`x\.enterprise\.(\w+)`", text):
            assert callable(getattr(x.enterprise, method))

    assert [one.url for one in left] == [f"{ways.url}/x/main/hook"]


async def test_a_webhook_id_is_refused_where_there_are_environments(
    stage: tuple[Stage, Ways], terminal: Terminal, capsys: pytest.CaptureFixture[str]
):
    await stage[0].add(ACME)
    words = ("subscriptions", "list", "--webhook-id", "7")
    code = await anyio.to_thread.run_sync(app.main, words)

    assert code == 2
    assert "--webhook-id: prod has one webhook alone; leave it out" in capsys.readouterr().err


async def test_a_webhook_that_is_secured(stage: tuple[Stage, Ways], terminal: Terminal):
    running, _ = stage
    await running.add(ACME)
    assert await terminal.follow("```console\n$ roost webhook connect\n…\n```") == 1

    assert await terminal.follow(guide("secure-a-webhook")) == 2


def test_a_webhook_of_ones_own(capsys: pytest.CaptureFixture[str]):
    (code,) = re.findall(r"```python\n(.*?)```", guide("secure-a-webhook"), re.DOTALL)

    exec(compile(code, "guide", "exec"), {})

    assert capsys.readouterr().out == "refused\n"


async def test_button_picture_and_profile_in_five_commands(
    stage: tuple[Stage, Ways], terminal: Terminal, tmp_path: Path
):
    running, _ = stage
    for name in running.environment:
        terminal.monkeypatch.delenv(name)
    terminal.monkeypatch.delenv("ROOST_APPS__MAIN__WEBHOOK_PATH")
    terminal.monkeypatch.setenv("ROOST_X_BASE_URL", running.url)
    text = guide("buttons-and-profiles")
    first = text.partition("## Buttons that stay")[0]
    n_of_the_application = len(re.findall(r"```sh\nroost simulate\n```", first))

    assert await terminal.follow(text) == 7
    assert n_of_the_application + len(re.findall(r"^\$ ", first, re.MULTILINE)) == 5
    world: World = running.simulator.simulation.world
    (message,) = world.messages.values()
    assert (message.sender_id, message.recipient_id) == (ACME, ADA)
    assert message.custom_profile_id
    assert message.data.ctas[0].url == "https://shop.example"
    assert message.data.attachment is not None

    greeting, handler = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (tmp_path / "my_bot.py").write_text(greeting)
    assert loading.load("my_bot.py").welcomes["greeting"].speaker.name == "Jo, Support"
    (tmp_path / "handler.py").write_text(handler)
    assert loading.load("handler.py").name == "shop"


async def test_the_page_of_payloads_is_what_the_simulator_delivers():
    path = ROOT / "docs/payloads/make.py"
    spec = importlib.util.spec_from_file_location("make_payloads", path)
    make = importlib.util.module_from_spec(spec)
    sys.modules["make_payloads"] = make  # dataclasses look themselves up there
    spec.loader.exec_module(make)

    page = await make.page()

    assert page == make.PAGE.read_text(encoding="utf-8"), f"run: python {path.relative_to(ROOT)}"
    assert page.count("```json") == len(make.KINDS) == 18


TABLE = PLAYBOOK.partition("| of the playbook |")[2].partition("\n\n")[0].splitlines()[2:]
ROWS = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in TABLE]


def test_the_playbooks_table_is_whole():
    assert [len(row) for row in ROWS] == [4] * 28


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_each_row_of_the_playbooks_table_is_so(row: list[str]):
    _, verb, method, test = row
    file, _, test = test.partition("::")
    if verb:
        _, name, *inner = verb.split(" ")
        module, _, function = verbs.function_of(name).partition(":")
        found = getattr(importlib.import_module(module), function)
        for one in inner:
            found = found[one]
        assert callable(found)
    if method:
        x = XClient(Credentials("k", "s"), clock=FrozenClock())
        assert callable(functools.reduce(getattr, method.split(".")[1:], x))
    text = (ROOT / "tests/scenario" / file).read_text(encoding="utf-8")
    assert re.search(rf"^(async )?def {test}\(", text, re.MULTILINE)
