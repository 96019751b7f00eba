"""The real demo with a bot that hands off, and people in its desk."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.browser.conftest import WITHIN_MS, RunningDemo, running_demo

ACCOUNT, ADA, ALAN, GRACE = "1001", "2002", "2003", "2004"
WITHIN_S = WITHIN_MS / 1_000

BOT = """
from roost import Bot, Button, Chat, QuickReply
bot = Bot("helper")

@bot.on_quick_reply("track")
async def track(chat: Chat) -> None:
    await chat.say("It left today.", buttons=[Button("Track it", "https://example.com/a?b=1&c=2")])

@bot.on_quick_reply("person")
async def person(chat: Chat) -> None:
    await chat.say("I will get somebody.")
    await chat.hand_off("asked for a person")

@bot.on_message()
async def menu(chat: Chat) -> None:
    options = [QuickReply("Track an order", "track"), QuickReply("A person", "person")]
    await chat.say("What can I do?", quick_replies=options)
"""


@dataclass(frozen=True)
class DeskDemo:
    """The demo, its customers and its people's links."""

    x: str
    sam: str
    robin: str

    @classmethod
    def of(cls, running: RunningDemo) -> Self:
        """Read from a demo's output who may enter its desk."""
        sam, robin = (running.line_with("/desk/enter#").split()[1] for _ in range(2))
        return cls(running.phone.partition("/_sim")[0], sam, robin)

    def control(self, method: str, path: str, **body: object) -> None:
        """Use one of the simulator's controls."""
        request = urllib.request.Request(
            f"{self.x}/_sim/{path}",
            data=json.dumps(body).encode(),
            headers={"content-type": "application/json"},
            method=method,
        )
        urllib.request.urlopen(request, timeout=WITHIN_S).close()

    def let_time_pass(self) -> None:
        """Move on to the next of the 15 minutes in which X answers 15 times."""
        self.control("POST", "clock", action="advance", seconds=901)

    def misbehave(self, *rules: dict[str, object]) -> None:
        """Let X misbehave in these ways instead of those before."""
        self.control("PUT", "faults", faults=rules)

    @contextmanager
    def misbehaving(self, *rules: dict[str, object]) -> Generator[None]:
        """Let X misbehave until the block is left."""
        self.misbehave(*rules)
        try:
            yield
        finally:
            self.misbehave()

    def act(self, user: str, **action: object) -> Any:
        """Play a user."""
        request = urllib.request.Request(
            f"{self.x}/_sim/users/{user}/actions",
            data=json.dumps(action).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=WITHIN_S) as answer:
            return json.load(answer)

    def writes(self, text: str, user: str = ADA) -> None:
        """Let a customer write to the account."""
        self.act(user, action="send_dm", to=ACCOUNT, text=text)


@contextmanager
def desk_demo(folder: Path) -> Generator[DeskDemo]:
    """Run the demo until the block is left."""
    file = folder / "helper_bot.py"
    file.write_text(BOT)
    with running_demo(folder, ["--bot", str(file)]) as demo:
        yield DeskDemo.of(demo)
