"""A bot that does to its process what bots do, and how it is asked to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from roost.bot import decider as decider_module
from roost.bot.decider import BotDecider
from roost.errors import DeciderLost, HandlerFailed
from roost.model.decisions import Decision, Reply
from roost.model.events import MessageReceived
from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import Message, Profile
from roost.model.turns import Turn
from roost.testing.clocks import NOON

SOURCE = """
import asyncio, os, re, time
from pathlib import Path
from roost import Bot, Button, Chat, QuickReply, text
bot = Bot("tried")

@bot.on_message(text.equals("die"))
async def die(chat: Chat) -> None:
    os._exit(1)

@bot.on_message(text.equals("spin"))
async def spin(chat: Chat) -> None:
    while True:
        pass

async def spinning():
    while 1: ...

@bot.on_message(text.equals("spin beside"))
async def spin_beside(chat: Chat) -> None:
    await asyncio.gather(spinning())

@bot.on_message(text.equals("block"))
async def block(chat: Chat) -> None:
    time.sleep(8)
    await chat.say("sorry")

@bot.on_message(text.equals("match"))
async def match(chat: Chat) -> None:
    await chat.say(str(re.match("(a+)+$", "a" * 64 + "b")))

def look_up():
    time.sleep(60)

@bot.on_message(text.equals("hang"))
async def hang(chat: Chat) -> None:
    await chat.step(look_up)

@bot.on_message(text.equals("add"))
async def add(chat: Chat) -> None:
    await chat.say(f"sum: {await chat.step(sum, [3, 4])}")

@bot.on_message(text.equals("find"))
async def find(chat: Chat) -> None:
    look_up()

async def fetch():
    await asyncio.sleep(60)

@bot.on_message(text.equals("fetch"))
async def fetching(chat: Chat) -> None:
    await chat.step(fetch)

@bot.on_message(text.equals("wait"))
async def wait(chat: Chat) -> None:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        Path(__file__).with_suffix(".cancelled").touch()
        raise

@bot.on_message(text.equals("raise"))
async def fail(chat: Chat) -> None:
    await chat.say("never seen")
    raise ValueError("on purpose")

LEFT = []

@bot.on_message(text.equals("leave"))
async def leave_behind(chat: Chat) -> None:
    async def later() -> None:
        await asyncio.sleep(0.1)
        await chat.say("later")
    LEFT.append(asyncio.ensure_future(later()))
    await chat.say("now")

@bot.on_message(text.equals("exit"))
async def leave(chat: Chat) -> None:
    raise SystemExit(3)

@bot.on_message(text.equals("forget"))
async def forget(chat: Chat) -> None:
    chat.say("forgotten")

@bot.on_message(text.equals("slow"))
async def slow(chat: Chat) -> None:
    await asyncio.sleep(1)
    await chat.say("slow but sure")

class Unspeakable(Exception):
    def __str__(self) -> str:
        raise ValueError("no text")

async def gone() -> None:
    task = asyncio.ensure_future(asyncio.sleep(60))
    task.cancel()
    await task

@bot.on_message(text.equals("gone"))
async def await_gone(chat: Chat) -> None:
    await gone()

@bot.on_message(text.equals("interrupt"))
async def interrupt(chat: Chat) -> None:
    raise KeyboardInterrupt

@bot.on_message(text.equals("unspeakable"))
async def unspeakable(chat: Chat) -> None:
    raise Unspeakable

@bot.on_message(text.equals("half raised"))
async def half_raised(chat: Chat) -> None:
    raise ValueError("half \\ud83d" + "x" * 5_000)

@bot.on_message(text.equals("talk"))
async def talk(chat: Chat) -> None:
    for _ in range(9):
        await chat.say("ö" * 9_000)

@bot.on_message(text.equals("bytes"))
async def give_bytes(chat: Chat) -> None:
    await chat.typing()
    await chat.note(b"at this place")

@bot.on_message(text.equals("person"))
async def person(chat: Chat) -> None:
    await chat.say("one moment", quick_replies=[QuickReply("ü", "m" * 1000, "d")],
                   buttons=[Button("b", "https://a.example")])
    await chat.hand_off("asked")

@bot.on_message()
async def echo(chat: Chat) -> None:
    await chat.say(f"VERSION {chat.message.text}")
"""


def turn(words: str, *, attempt: int = 1) -> Turn:
    customer = Profile("2002", "ada", "Ada")
    conversation = ConversationId("1001-2002")
    message = Message(MessageId("1"), words)
    event = MessageReceived(UserId("1001"), "1", 1, conversation, customer, message, NOON)
    return Turn("tried", UserId("1001"), conversation, customer, (event,), attempt, NOON)


async def decide(decider: BotDecider, words: str, *, attempt: int = 1) -> tuple[Decision, ...]:
    decisions: list[Decision] = []
    async with aclosing(decider.decide(turn(words, attempt=attempt))) as steps:
        async for progress in steps:
            decisions += progress.decisions
    return tuple(decisions)


async def text_of(decider: BotDecider, words: str, *, attempt: int = 1) -> str:
    (decision,) = await decide(decider, words, attempt=attempt)
    assert isinstance(decision, Reply)
    return decision.message.text


def save(file: Path, source: str) -> None:
    file.write_text(source, encoding="utf-8")


@asynccontextmanager
async def running(
    file: Path,
    report: Callable[[object], None] = lambda error: None,
    *,
    is_reloading: bool = False,
    deadline: float = 30.0,
) -> AsyncGenerator[BotDecider]:
    """Run a bot; how fast a process of it starts is not what is tried."""
    decider = BotDecider(str(file), report=report, deadline=deadline)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decider_module, "_PATIENCE_S", 60.0)
        await decider.start()
        async with asyncio.TaskGroup() as tasks:
            keeping = tasks.create_task(decider.run(is_reloading=is_reloading))
            yield decider
            keeping.cancel()


def line_of(file: Path, code: str) -> str:
    """Give `file:line` of a line of the bot's that is there once."""
    (number,) = (n for n, line in enumerate(SOURCE.split("\n"), 1) if line.strip() == code)
    return f"{file}:{number}"


async def failure_of(decider: BotDecider, words: str, *, attempt: int = 1) -> HandlerFailed:
    with pytest.raises(HandlerFailed) as caught:
        await decide(decider, words, attempt=attempt)
    return caught.value


async def lost(decider: BotDecider, words: str) -> bool:
    with pytest.raises(DeciderLost):
        await decide(decider, words)
    return True
