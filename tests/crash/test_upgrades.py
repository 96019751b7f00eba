"""A bot is upgraded while a dialog waits, and killed while that goes back to what still fits."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest
from tests.rig import WITHIN, Rig, rig, until

from roost.demo import world

pytestmark = pytest.mark.crash

FIRST = """
from roost import Bot, Chat, OnChanged

bot = Bot("upgraded", on_changed=OnChanged.ASK_AGAIN)


@bot.on_message()
async def order(chat: Chat) -> None:
    name = await chat.ask("Your name?")
    size = await chat.ask("Your size?")
    await chat.say(f"{name}: {size}")
"""

SECOND = FIRST.replace(
    '    size = await chat.ask("Your size?")\n',
    '    await chat.say("We have new sizes.")\n'
    "    await chat.step(len, name)\n"
    '    size = await chat.ask("Which size, please?")\n',
)

TOLD = [
    "Your name?",
    "Your size?",
    "We have new sizes.",
    "Which size, please?",
    "Ada: M",
]

PLACES = [
    *(("sqlite", place) for place in ("turn.decided:1", "turn.committed:1", "turn.committed:2")),
    *(("postgresql", place) for place in ("turn.decided:2", "turn.committed:1")),
]
"""The turn in which the dialog goes back commits twice: before the step, and at its end."""

SOON = {"ROOST_RECONCILE_AFTER_S": "1,2"}
"""What the first part of the turn said may have been on its way when the process died."""


@pytest.fixture(params=PLACES, ids="-".join)
def place(request: pytest.FixtureRequest) -> tuple[str | None, str]:
    """The database's DSN, `None` for SQLite; and where to die."""
    kind, step = request.param
    return (request.getfixturevalue("dsn") if kind == "postgresql" else None), step


async def says(line: Rig, text: str, n_answers: int) -> None:
    """Let the customer write, and wait for so many answers."""
    await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, text)
    await answered(line, n_answers)


async def answered(line: Rig, n_answers: int) -> None:
    async def is_answered() -> bool:
        return len(await line.answers(world.CUSTOMER_ID)) >= n_answers

    await until(is_answered)


async def test_killed_while_it_goes_back_it_keeps_what_was_answered(
    place: tuple[str | None, str], tmp_path: Path
) -> None:
    database, step = place
    bot = tmp_path / "upgraded.py"
    bot.write_text(FIRST, encoding="utf-8")
    async with rig(tmp_path, database=database) as line:
        async with line.application(bot=str(bot)):
            await says(line, "hello", 1)
            await says(line, "Ada", 2)
            await line.until_settled(n_answers=2)
        bot.write_text(SECOND, encoding="utf-8")
        async with line.application(
            bot=str(bot), environment={"ROOST_CRASH_AT": step, **SOON}
        ) as doomed:
            await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, "L")
            async with asyncio.timeout(WITHIN):
                assert await doomed.wait() == -signal.SIGKILL
        async with line.application(bot=str(bot), environment=SOON):
            await answered(line, 4)
            await says(line, "M", 5)
            await line.until_settled(n_answers=5)
        assert await line.answers(world.CUSTOMER_ID) == TOLD
        for table in ("dialogs", "points"):
            assert line.rows(f"SELECT count(*) FROM {table}") == [(0,)], table
