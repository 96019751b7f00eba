"""What costs a bot's process nothing: odd texts, tasks left behind, too much for a frame."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from tests.scenario.test_bot_process import failure_of, running, text_of

from roost.bot import frames, process
from roost.errors import BotError

SOURCE = """
import asyncio
from roost import Bot, Chat, text
bot = Bot("tried")

@bot.on_message(text.equals("half"))
async def half(chat: Chat) -> None:
    await chat.note("half an emoji: \\ud83d")

@bot.on_message(text.equals("half raised"))
async def half_raised(chat: Chat) -> None:
    raise ValueError("half an emoji: \\ud83d")

@bot.on_message(text.equals("cancelled"))
async def cancelled(chat: Chat) -> None:
    never = asyncio.ensure_future(asyncio.Event().wait())
    never.cancel()
    await never

LEFT = []

@bot.on_message(text.equals("leave"))
async def leave_behind(chat: Chat) -> None:
    async def later() -> None:
        await asyncio.sleep(0.1)
        await chat.say("later")
    LEFT.append(asyncio.ensure_future(later()))
    await chat.say("now")

@bot.on_message(text.equals("slow"))
async def slow(chat: Chat) -> None:
    await asyncio.sleep(1)
    await chat.say("slow but sure")

@bot.on_message()
async def echo(chat: Chat) -> None:
    await chat.say(f"one: {chat.message.text}")
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tried_bot.py"
    path.write_text(SOURCE)
    return path


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("half", r".*UnicodeEncodeError: .*surrogates not allowed"),
        ("half raised", r".*ValueError: half an emoji: \\ud83d"),
        ("cancelled", r".*CancelledError: "),
    ],
)
async def test_whatever_a_handler_raises_or_notes_costs_no_process(
    file: Path, words: str, problem: str
) -> None:
    async with running(file) as decider, asyncio.TaskGroup() as tasks:
        slow = tasks.create_task(text_of(decider, "slow"))
        failed = await failure_of(decider, words)
        assert await slow == "slow but sure"
    assert re.match(problem, failed.problem), failed.problem


async def test_what_a_task_says_that_its_handler_has_left_behind_is_told(file: Path) -> None:
    told: asyncio.Queue[object] = asyncio.Queue()
    async with running(file, told.put_nowait) as decider:
        assert await text_of(decider, "leave") == "now"
        async with asyncio.timeout(10):
            error = await told.get()
        assert await text_of(decider, "hello") == "one: hello"
    line = SOURCE.split("\n").index('        await chat.say("later")') + 1
    assert isinstance(error, BotError)
    assert error.place == f"{file}:{line}"
    assert "tried_bot.leave_behind" in error.problem
    assert "set_timer" in error.remedy


async def test_a_turn_that_is_too_much_for_a_frame_fails_and_no_process_ends(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(file) as decider, asyncio.TaskGroup() as tasks:
        slow = tasks.create_task(text_of(decider, "slow"))
        await asyncio.sleep(0.3)
        monkeypatch.setattr(frames, "MAX_FRAME_BYTES", 5_000)
        failed = await failure_of(decider, "x" * 5_000)
        monkeypatch.undo()
        assert await slow == "slow but sure"
    assert "(limit 5,000)" in failed.problem


async def test_nothing_is_written_to_a_process_that_is_gone(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = await process.BotProcess.start(str(file))
    await gone.stop()
    written: list[object] = []
    monkeypatch.setattr(frames, "write", lambda writer, frame: written.append(frame))
    gone._turns[0] = asyncio.Queue()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(2 * process._PULSE):
            await gone.until_blocked(60)
    assert written == [], "where a transport is closed, writing raises"
