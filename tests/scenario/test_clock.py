"""An application that goes by its simulator's clock, as two real processes."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import msgspec
import pytest
from tests.rig import Rig, rig

from roost.demo import world

BOT = """
from datetime import timedelta
from roost import Bot, Chat, TimerFired
bot = Bot("patient")

@bot.on_message()
async def ask(chat: Chat) -> None:
    await chat.set_timer("nudge", after=timedelta(days=1), data=chat.message.text)
    await chat.say("later")

@bot.on_timer("nudge")
async def nudge(chat: Chat, timer: TimerFired) -> None:
    await chat.say(f"a day ago you said {timer.data}")
"""
FOLLOWING = {"ROOST_CLOCK": "simulator"}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def bot(tmp_path: Path) -> str:
    path = tmp_path / "patient_bot.py"
    path.write_text(BOT)
    return str(path)


async def advance(line: Rig, seconds: int) -> None:
    change = {"action": "advance", "seconds": seconds}
    await line.controls.raw("POST", "/_sim/clock", msgspec.json.encode(change))


async def test_a_day_on_the_simulator_s_clock_fires_a_timer_of_a_day(
    tmp_path: Path, bot: str
) -> None:
    async with (
        rig(tmp_path, is_clock_followed=True) as line,
        line.application(bot=bot, environment=FOLLOWING),
    ):
        await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, "hello")
        await line.until_settled(n_answers=1)
        await advance(line, 86_000)
        await line.controls.send_dm("2003", world.ACCOUNT_ID, "anybody?")
        await line.until_acknowledged()
        await line.until_settled(n_answers=1)
        assert await line.answers() == ["later"], "400 seconds early"
        await advance(line, 400)
        await line.until_settled(n_answers=2)
        assert await line.answers() == ["later", "a day ago you said hello"]


@pytest.mark.crash
async def test_a_timer_that_comes_due_while_the_application_is_dead_fires_once_it_is_back(
    tmp_path: Path, bot: str
) -> None:
    async with rig(tmp_path, is_clock_followed=True) as line:
        async with line.application(bot=bot, environment=FOLLOWING) as doomed:
            await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, "hello")
            await line.until_settled(n_answers=1)
            doomed.kill()
            assert await doomed.wait() == -signal.SIGKILL
        await advance(line, 86_400)
        async with line.application(bot=bot, environment=FOLLOWING):
            await line.until_settled(n_answers=2)
            await asyncio.sleep(0)
            assert await line.answers() == ["later", "a day ago you said hello"]
