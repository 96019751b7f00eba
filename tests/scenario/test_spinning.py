"""A handler that never lets go: nobody else notices, and people get its customer."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from tests.rig import Rig, rig, until

from roost.bot import whereabouts
from roost.demo import world

BOT = """
from roost import Bot, Chat, text

bot = Bot("spinning")


@bot.on_message(text.equals("spin"))
async def spin(chat: Chat) -> None:
    while True:
        pass


@bot.on_message()
async def echo(chat: Chat) -> None:
    await chat.say(f"You said: {chat.message.text}")
"""

DEADLINE, SPARE = 30.0, 2.0
"""Seconds of a turn, as the settings have it, and what may pass until people have it."""

SPINS, OTHER, FIRST = world.CUSTOMER_ID, "2003", "2004"

GIVEN_UP_AFTER = 5.0
"""Seconds that a handler may hold up the others of its process."""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str | None:
    """The application's database: its DSN, `None` for SQLite."""
    return request.getfixturevalue("dsn") if request.param == "postgresql" else None


async def control(line: Rig, customer: str) -> object:
    found = line.rows(f"SELECT control FROM conversations WHERE customer_id = '{customer}'")
    return found[0][0] if found else None


async def test_a_handler_that_spins_holds_up_nobody_and_people_get_its_conversation(
    tmp_path: Path, database: str | None
) -> None:
    bot = tmp_path / "spinning.py"
    bot.write_text(BOT, encoding="utf-8")
    async with rig(tmp_path, database=database) as line, line.application(bot=str(bot)):

        async def is_answered(customer: str) -> bool:
            return await line.answers(customer) == ["You said: hello"]

        since = time.monotonic()
        await line.controls.send_dm(FIRST, world.ACCOUNT_ID, "hello")
        await until(lambda: is_answered(FIRST))
        usually = time.monotonic() - since

        await line.controls.send_dm(SPINS, world.ACCOUNT_ID, "spin")
        since = time.monotonic()
        await line.controls.send_dm(OTHER, world.ACCOUNT_ID, "hello")
        await line.until_acknowledged()
        await until(lambda: is_answered(OTHER))
        who, answered_in = await control(line, SPINS), time.monotonic() - since
        assert who == "bot" or answered_in > GIVEN_UP_AFTER, "the others are answered before"
        assert answered_in < GIVEN_UP_AFTER + 10 * usually

        async def is_with_people() -> bool:
            return await control(line, SPINS) == "queue"

        async with asyncio.timeout(DEADLINE + SPARE - (time.monotonic() - since)):
            await until(is_with_people)
        ((set_aside,),) = line.rows("SELECT reason FROM events WHERE state = 'quarantined'")
        ((reason,),) = line.rows(
            f"SELECT control_reason FROM conversations WHERE customer_id = '{SPINS}'"
        )
        lines = [BOT.split("\n").index(code) + 1 for code in ("    while True:", "        pass")]
        said = f"handler spin has not let go for 5 s. {whereabouts.AWAIT}"
        assert reason in {f"{bot}:{number}: {said}" for number in lines}
        assert reason == set_aside
        assert await line.answers(SPINS) == []
