"""A message that a bot fails at: set aside, shown, and requeued, with real processes."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest
from tests.rig import Rig, rig

from roost.demo import world

BOT = """
from pathlib import Path
from roost import Bot, Chat
bot = Bot("fragile")

@bot.on_message()
async def answer(chat: Chat) -> None:
    if not Path(__file__).with_name("mended").exists():
        raise ValueError("not mended yet")
    await chat.say(f"at last: {chat.message.text}")
"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def roost(line: Rig, *arguments: str) -> tuple[int | None, str, str]:
    """Run a verb as a person would; give exit code and both outputs."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "roost", *arguments),
        env={**os.environ, "ROOST_DATA": str(line.data)},
        cwd=line.data,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await process.communicate()
    return process.returncode, said.decode(), complained.decode()


async def test_what_a_bot_failed_at_is_done_after_one_command(tmp_path: Path) -> None:
    bot = tmp_path / "fragile_bot.py"
    bot.write_text(BOT)
    async with rig(tmp_path) as line, line.application(bot=str(bot)):
        await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, "hello")
        await line.until_acknowledged()
        await line.until_settled(n_answers=0)

        code, said, _ = await roost(line, "events", "quarantined", "--json")
        (event,) = json.loads(said)
        assert (code, event["kind"], event["attempts"]) == (0, "message_received", 1)
        assert "ValueError: not mended yet" in event["reason"]

        (tmp_path / "mended").touch()
        code, said, _ = await roost(line, "events", "requeue", event["event_key"])
        assert (code, said) == (0, f"{event['event_key']} requeued in 1001-2002\n")
        await line.until_settled(n_answers=1)
        assert await line.answers() == ["at last: hello"]

        code, said, _ = await roost(line, "status")
        balance = json.loads(said)["conservation"]
        assert (code, balance["is_kept"], balance["faults"]) == (0, True, [])
        assert balance["accepted"] == balance["done"] + balance["ignored"]

        code, _, complained = await roost(line, "events", "requeue", event["event_key"])
        assert (code, "nothing is quarantined under this key" in complained) == (1, True)
