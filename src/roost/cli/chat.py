"""`roost chat`: write with a bot in the terminal, offline, and move the time."""

from __future__ import annotations

import asyncio
import io
import re
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated, Literal, cast

import msgspec
from cyclopts import Parameter

from roost.bot import loading
from roost.errors import HandlerFailed, RoostError
from roost.model import answers, texts
from roost.service import logs
from roost.simulator.actions import InvalidAction
from roost.testing.bot_tester import BotTester, OnFailure
from roost.testing.bot_tester_customer import Customer
from roost.testing.bot_tester_seen import Seen

HELP = """\
Whatever you type is what the customer writes. The number or the label of an offered answer taps it;
answers that hold numbers themselves have none in front, and what you type is understood as at X.
/wait 1h       let time pass: 30s, 5m, 1h, 2d
/tap LABEL     tap an answer or a button of an earlier message
/say TEXT      write a text that would otherwise tap or begins with a slash
/restart       kill the application and start it again
/transcript    show everything from the beginning
/quit          end"""

BOT = "the bot"
_DURATION = re.compile(r"(\d{1,6})([smhd])")
_UNITS: dict[str, Literal["seconds", "minutes", "hours", "days"]] = {
    "s": "seconds",
    "m": "minutes",
    "h": "hours",
    "d": "days",
}


class NotUnderstood(RoostError):
    """A line that begins with a slash is no command, or is no text at all."""


async def run(
    bot: str,
    /,
    *,
    customer: str = "ada",
    as_json: Annotated[bool, Parameter("--json", negative=(), show_default=False)] = False,
) -> int:
    """Write with a bot in the terminal. Nothing is sent anywhere; `/help` tells what can be done.

    Examples: `roost chat my_bot.py`, `echo hello | roost chat my_bot.py --json`

    Args:
        bot: As `my_bot.py` or `package.module:bot`.
        customer: Who you are: a screen name.
        as_json: Print each message of the bot as a line of JSON, and nothing else.

    Returns:
        The exit code: 0, or 1 where a handler of the bot has raised.
    """
    loaded = loading.load(bot)
    with logs.silent(), BotTester(loaded, on_failure=OnFailure.HAND_OFF) as tester:
        _let_odd_bytes_pass()
        chat = Chatting(tester, tester.customer(customer), as_json=as_json)
        await chat.run(_lines(is_prompting=sys.stdin.isatty() and not as_json))
        return 1 if chat.n_failures else 0


@dataclass
class Chatting:
    """One person at a terminal.

    Attributes:
        tester: Runs the bot.
        customer: Whom the person plays.
        as_json: Whether lines are for machines.
        n_failures: How often a handler has raised.
    """

    tester: BotTester
    customer: Customer
    as_json: bool = False
    n_failures: int = 0
    _n_shown: int = 0
    _n_told: int = 0
    _reason: str = ""
    _control: str = "bot"

    async def run(self, lines: AsyncGenerator[str]) -> None:
        """Do what each line says, and show what comes of it, until `/quit` or the end."""
        await self.customer.opens_conversation()
        self._show()
        async for line in lines:
            if line.strip() == "/quit":
                return
            try:
                await self._do(line)
            except (RoostError, InvalidAction) as error:
                self._tell(f"error: {error}")
            self._show()

    async def _do(self, line: str) -> None:
        if texts.whole(line) != line:
            raise NotUnderstood(
                f"the line is not {sys.stdin.encoding or 'UTF-8'}, so nothing was written"
            )
        verb, _, rest = line.strip().partition(" ")
        if verb in _COMMANDS:
            await _COMMANDS[verb](self, rest.strip())
        elif verb.startswith("/"):
            raise NotUnderstood(f"there is no {verb}; /help tells what there is")
        elif verb:
            await self.write(line.strip())

    async def wait(self, text: str) -> None:
        """Let time pass."""
        await self.tester.advance(duration(text))
        self._tell(f"it is {self.tester.now:%Y-%m-%d %H:%M:%S}")

    async def restart(self, _: str) -> None:
        """Kill the application and start it again."""
        await self.tester.restart()
        self._n_told = 0
        self._tell("the application was killed and started again")

    async def tap(self, label: str) -> None:
        """Tap what some message offers."""
        await self.customer.taps(label)

    async def say(self, text: str) -> None:
        """Write a text as it is."""
        await self.customer.says(text)

    async def look_back(self, _: str) -> None:
        """Show everything from the beginning."""
        self._tell(self.customer.transcript())

    async def explain(self, _: str) -> None:
        """Show what can be done."""
        self._tell(HELP)

    async def write(self, text: str) -> None:
        """Tap the answer that a text names, or write it."""
        label = tapped(text, self.customer.sees)
        if label is None:
            await self.customer.says(text)
        else:
            await self.customer.taps(label)

    def _show(self) -> None:
        for message in self.customer.sees[self._n_shown :]:
            self._n_shown += 1
            if self.as_json:
                print(msgspec.json.encode(message).decode(), flush=True)
            else:
                print("\n".join(_numbered(message)), flush=True)
        for error in self.tester.failures[self._n_told :]:
            self._n_told += 1
            self.n_failures += 1
            told = (
                error if isinstance(error, HandlerFailed) else loading.failure(error, default=BOT)
            )
            self._reason = str(told)
            print(f"error: {told}", file=sys.stderr)
        self._show_control()

    def _show_control(self) -> None:
        try:
            found = self.tester.conversation(self.customer)
        except LookupError:
            return
        if found.control != self._control:
            self._control = found.control
            is_told = found.reason == self._reason
            why = f": {found.reason}" if found.reason and not is_told else ""
            self._tell(f"the conversation is with {found.control}{why}")

    def _tell(self, text: str) -> None:
        if not self.as_json:
            print("\n".join(f"  · {line}" for line in text.splitlines()), flush=True)
        elif text.startswith("error:"):
            print(text, file=sys.stderr)


_COMMANDS: Mapping[str, Callable[[Chatting, str], Awaitable[None]]] = MappingProxyType(
    {
        "/wait": Chatting.wait,
        "/restart": Chatting.restart,
        "/tap": Chatting.tap,
        "/say": Chatting.say,
        "/transcript": Chatting.look_back,
        "/help": Chatting.explain,
    }
)


def duration(text: str) -> timedelta:
    """Read a duration such as `30s`, `5m`, `1h`, `2d` or `1h30m`.

    Raises:
        NotUnderstood: It is none.
    """
    parts = _DURATION.findall(text)
    if not parts or "".join(f"{n}{unit}" for n, unit in parts) != text:
        raise NotUnderstood(f"`/wait {text}`: write a duration such as 30s, 5m, 1h or 2d")
    return sum((timedelta(**{_UNITS[unit]: int(n)}) for n, unit in parts), timedelta())


def tapped(text: str, sees: Sequence[Seen]) -> str | None:
    """Give the label that a text taps in the last message; `None` where it is just a text.

    So it is where labels hold numbers, whose meaning is for the bot to say, as at X.
    """
    labels = [one.label for one in sees[-1].quick_replies] if sees else []
    if text in labels:
        return text
    place = answers.picked(text, labels) if text.isdecimal() else None
    return None if place is None else labels[place]


def _numbered(message: Seen) -> list[str]:
    shown = f" ({message.attached})" if message.attached else ""
    lines = [f"{message.speaks}: {message.text}{shown}"]
    labels = [one.label for one in message.quick_replies]
    numbers = [str(n) for n in range(1, len(labels) + 1)]
    is_clear = [answers.chosen(number, labels) for number in numbers] == [*range(len(labels))]
    lines += [
        f"  {f'{number}.' if is_clear else '-'} {label}"
        for number, label in zip(numbers, labels, strict=True)
    ]
    return lines + [f"  <{one.label}> {one.url}" for one in message.buttons]


def _let_odd_bytes_pass() -> None:
    """Have a line that is no text told of, instead of ending it all; likewise what is no ASCII."""
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "replace")):
        odd = cast("object", stream)
        if isinstance(odd, io.TextIOWrapper):
            cast("io.TextIOWrapper[io.BytesIO]", odd).reconfigure(errors=errors)


async def _lines(*, is_prompting: bool) -> AsyncGenerator[str]:
    if is_prompting:
        print("/help tells what can be done besides writing", flush=True)
    while True:
        if is_prompting:
            print("> ", end="", flush=True)
        line = await asyncio.to_thread(sys.stdin.readline)
        if not line:
            return
        yield line
