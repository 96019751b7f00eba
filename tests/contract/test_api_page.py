"""The commands on the API's page do what the page says."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path

import pytest
from tests.contract.conftest import NOON, WITHOUT_BOT
from tests.contract.desk_api import desk_over
from tests.contract.live_cuts import served

from roost.desk import keys
from roost.model.people import PersonId
from roost.ports.api_keys import Scope
from roost.testing.clocks import FrozenClock

PAGE = Path(__file__).parents[2] / "docs/reference/api.md"
SHOWN = re.compile(r"```console\n(.*?)```", re.DOTALL)


def commands(text: str) -> list[tuple[str, str]]:
    """Give every command of a page, and what it prints."""
    found = []
    for block in SHOWN.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = part.partition("\n")
            found.append((command, printed))
    return found


@pytest.mark.timeout(180)
async def test_the_commands_print_what_the_page_shows(store, world, tmp_path):
    for customer in ("22", "33"):
        await world.receive(store, world.received(customer=customer, account=WITHOUT_BOT))
    async with (
        desk_over(store, FrozenClock(NOON)) as desk,
        served(desk.application) as port,
    ):
        await desk.entered("sam", accounts=frozenset({WITHOUT_BOT}))
        _, secret = await keys.make(store, desk.clock, PersonId("p-sam"), "page", scope=Scope.WRITE)
        environment = {**os.environ, "ROOST": f"http://127.0.0.1:{port}", "KEY": secret}
        shown = commands(PAGE.read_text(encoding="utf-8"))

        printed = []
        for command, _ in shown:
            process = await asyncio.create_subprocess_shell(
                command,
                cwd=tmp_path,
                env=environment,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            out, _ = await process.communicate()
            printed.append((command, out.decode().strip()))

    assert len(shown) >= 8
    assert printed == [(command, wanted.strip()) for command, wanted in shown]
