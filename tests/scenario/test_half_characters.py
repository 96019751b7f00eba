"""Half a character, as of an emoji that was cut in two: the same in tests as in the service."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.rig import Rig, rig, until

from roost.bot import loading
from roost.demo import world
from roost.testing.bot_tester import BotTester

BOT = """
from roost import Bot, Chat, QuickReply, text

bot = Bot("halves")
HALF = "\\ud83d"


@bot.on_message(text.equals("say"))
async def say(chat: Chat) -> None:
    await chat.say(f"said {HALF}", quick_replies=[QuickReply(f"label {HALF}")])


@bot.on_message(text.equals("mark"))
async def mark(chat: Chat) -> None:
    await chat.note(f"note {HALF}")
    await chat.tag(f"tag {HALF}")
    answer = await chat.choose(f"Which {HALF}?", [f"this {HALF}", "that"])
    await chat.tag(answer)
    await chat.hand_off(f"reason {HALF}", team=f"team {HALF}")


@bot.on_message(text.equals("raise"))
async def fail(chat: Chat) -> None:
    raise ValueError(f"raised {HALF}")
"""

SAID = ["said \ufffd", "Which \ufffd?"]
SAYS, RAISES = world.CUSTOMER_ID, "2003"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "halves.py"
    path.write_text(BOT, encoding="utf-8")
    return path


async def test_in_a_test_they_are_replaced(file: Path) -> None:
    with BotTester(loading.load(str(file))) as tester:
        ada = tester.customer("ada")
        await ada.says("say")
        await ada.says("mark")
        await ada.says("2")
        assert [one.text for one in ada.sees] == SAID
        assert ada.sees[0].quick_replies[0].label == "label \ufffd"
        seen = tester.conversation(ada)
        assert seen.notes == ("note \ufffd",)
        assert set(seen.tags) == {"tag \ufffd", "that", "team \ufffd"}
        assert seen.reason == "reason \ufffd"


async def test_in_the_service_likewise_and_no_process_is_lost(tmp_path: Path, file: Path) -> None:
    async with rig(tmp_path) as line, line.application(bot=str(file)):
        for n, words in enumerate(["say", "mark", "2"]):
            await line.controls.send_dm(SAYS, world.ACCOUNT_ID, words)
            await line.until_answered(min(n + 1, len(SAID)), [SAYS])
        await line.controls.send_dm(RAISES, world.ACCOUNT_ID, "raise")

        async def are_with_people() -> bool:
            return len(reasons(line)) == 2

        await until(are_with_people)
        assert await line.answers(SAYS) == SAID
        assert reasons(line)[0] == "reason \ufffd"
        assert reasons(line)[1].endswith("handler fail: ValueError: raised \ufffd")
        tags = {row[0] for row in line.rows("SELECT name FROM tags")}
        assert tags == {"tag \ufffd", "that", "team \ufffd"}
        assert line.rows("SELECT max(attempts) FROM events") == [(1,)]


def reasons(line: Rig) -> Sequence[str]:
    found = line.rows(
        "SELECT control_reason FROM conversations WHERE control = 'queue' ORDER BY customer_id"
    )
    return [str(reason) for (reason,) in found]
