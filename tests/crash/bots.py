"""What answers while the application is being killed: the answer names its question."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator

from roost import Bot, Chat, Post
from roost.bot import loading
from roost.bot.decider import TURN_DEADLINE, BotDecider, Report
from roost.model.opting import BUILT_IN
from roost.model.turns import Progress, Turn

bot = Bot("echo")

REFERENCE = "tests.crash.bots:bot"


def answer_to(text: str) -> str:
    """Give the one answer a message gets."""
    return f"re: {text}"


@bot.on_message()
async def echo(chat: Chat) -> None:
    """Answer each message once, so that a second answer shows."""
    await chat.say(answer_to(chat.message.text))


@bot.on_mention
async def answer_in_public(chat: Chat, post: Post) -> None:
    """Answer each mention once, under it, without the name it begins with."""
    _, _, said = post.text.partition(" ")
    await chat.reply_publicly(answer_to(said))


class WithinProcess:
    """A bot that decides in the application's own process: a life need not wait for another.

    Stands in for `roost.bot.decider.BotDecider`, whose process `test_every_step` starts and kills.
    """

    kinds: frozenset[str] = frozenset()
    opt_out = BUILT_IN

    def __init__(self, reference: str, *, report: Report, deadline: float = TURN_DEADLINE) -> None:
        self._reference = reference
        self._deadline = deadline
        self.name = ""

    async def start(self, *, is_patient: bool = False) -> None:
        self._bot = loading.load(self._reference)
        self.name, self.kinds = self._bot.name, self._bot.kinds
        self.opt_out = self._bot.words.opt_out

    async def run(self, *, is_reloading: bool = False) -> None:
        await asyncio.Event().wait()

    async def decide(self, turn: Turn) -> AsyncGenerator[Progress]:
        async with asyncio.timeout(self._deadline):
            decided = await self._bot.decide(turn, _at_once)
        yield decided


async def _at_once(progress: Progress) -> None:
    raise AssertionError(f"the echo hands nothing over before its turn's end: {progress}")


def decide_within_this_process() -> None:
    """Let whatever part of the application starts bots start them here.

    Raises:
        LookupError: Nothing here starts bots.
    """
    _use(WithinProcess, instead_of=BotDecider)


def decide_in_processes() -> None:
    """Take that back: bots have processes again.

    Raises:
        LookupError: They have them already.
    """
    _use(BotDecider, instead_of=WithinProcess)


def _use(one: type, *, instead_of: type) -> None:
    users = [
        module
        for name, module in sys.modules.items()
        if name.startswith("roost.service") and vars(module).get("BotDecider") is instead_of
    ]
    if not users:
        raise LookupError(f"no module of roost.service uses {instead_of.__name__}")
    for module in users:
        vars(module)["BotDecider"] = one
