"""The application is killed around a step that raised, and whose handler went on from that."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest
from tests.rig import WITHIN, Rig, rig, until

from roost.demo import world

pytestmark = pytest.mark.crash

BOT = """
from pathlib import Path
from roost import Bot, Chat

bot = Bot("shops")
ASKED = Path(__file__).with_suffix(".asked")


class Down(Exception):
    pass


def stock(shop: str, step_key: str) -> int:
    with ASKED.open("a") as file:
        file.write(f"{shop} {step_key}\\n")
    if shop == "north":
        raise Down(shop, 503)
    return 5


@bot.on_message()
async def reserve(chat: Chat) -> None:
    await chat.say("I look.")
    for shop in ("north", "south"):
        try:
            found = await chat.step(stock, shop)
        except Down as error:
            await chat.say(f"{error.args[0]}: {error.args[1]}")
            continue
        break
    if await chat.confirm(f"{shop} has {found}. Reserve one?"):
        await chat.say(f"One is reserved in the {shop}.")
"""

TOLD = ["I look.", "north: 503", "south has 5. Reserve one?", "One is reserved in the south."]

PLACES = [
    *(("sqlite", f"turn.{place}") for place in ("committed:1", "decided:2", "committed:2")),
    *(("postgresql", f"turn.{place}") for place in ("decided:2", "committed:3")),
]
"""The turn commits before either step, and at its end: the second holds what the first raised."""

SOON = {"ROOST_RECONCILE_AFTER_S": "1,2"}
"""What the turn said before it died may have been on its way."""


@pytest.fixture(params=PLACES, ids="-".join)
def place(request: pytest.FixtureRequest) -> tuple[str | None, str]:
    """The database's DSN, `None` for SQLite; and where to die."""
    kind, step = request.param
    return (request.getfixturevalue("dsn") if kind == "postgresql" else None), step


async def test_killed_around_it_it_raises_again_and_the_right_shop_is_asked(
    place: tuple[str | None, str], tmp_path: Path
) -> None:
    database, step = place
    bot = tmp_path / "shops.py"
    bot.write_text(BOT, encoding="utf-8")
    async with rig(tmp_path, database=database) as line:
        async with line.application(
            bot=str(bot), environment={"ROOST_CRASH_AT": step, **SOON}
        ) as doomed:
            await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, "hello")
            async with asyncio.timeout(WITHIN):
                assert await doomed.wait() == -signal.SIGKILL
        async with line.application(bot=str(bot), environment=SOON):
            await answered(line, 3)
        async with line.application(bot=str(bot), environment=SOON):
            await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, "yes")
            await answered(line, 4)
            await line.until_settled(n_answers=4)
        assert await line.answers(world.CUSTOMER_ID) == TOLD
    asked = bot.with_suffix(".asked").read_text(encoding="utf-8").splitlines()
    assert len({*asked}) == 2, "a step that is done again is given the same key"


async def answered(line: Rig, n_answers: int) -> None:
    async def is_answered() -> bool:
        return len(await line.answers(world.CUSTOMER_ID)) >= n_answers

    await until(is_answered)
