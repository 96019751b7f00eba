"""What customers do with each example, from the first word to the last."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from tests.crash.places import ROOT
from tests.crash.stage import Stage

from roost.demo import world as demo
from roost.errors import StoreError
from roost.model import ids
from roost.model.ids import UserId
from roost.store import control
from roost.testing import bot_tester_seen
from roost.testing.bot_tester_seen import Seen
from roost.testing.x_simulator import World


@dataclass(frozen=True, slots=True)
class Says:
    """Write a text."""

    text: str

    async def __call__(self, on: Stage, customer: str) -> None:
        """Do it."""
        on.x.act(customer, "send_dm", to=demo.ACCOUNT_ID, text=self.text)


@dataclass(frozen=True, slots=True)
class Taps:
    """Tap the quick reply of this label that was offered last."""

    label: str

    async def __call__(self, on: Stage, customer: str) -> None:
        """Do it.

        Raises:
            LookupError: No message offers it.
        """
        for one in reversed(seen(on.x, customer)):
            for option in one.quick_replies:
                if one.is_ours and option.label == self.label:
                    answer = {"message_id": one.message_id, "metadata": option.metadata}
                    fields = {"text": option.label, "quick_reply": answer}
                    on.x.act(customer, "send_dm", to=demo.ACCOUNT_ID, **fields)
                    return
        raise LookupError(f"nobody offers {self.label!r}: {transcript(on.x, customer)}")


@dataclass(frozen=True, slots=True)
class Waits:
    """Let time pass, until the bot has something to say."""

    how_long: timedelta

    async def __call__(self, on: Stage, customer: str) -> None:
        """Do it."""
        before = n_answers(on.x, customer)
        on.x.clock.advance(self.how_long)
        await on.until(lambda: n_answers(on.x, customer) > before, f"heard after {self.how_long}")


@dataclass(frozen=True, slots=True)
class HandsBack:
    """People give the conversation back to the bot, who says something then.

    They try as often as it takes to be heard.
    """

    async def __call__(self, on: Stage, customer: str) -> None:
        """Do it."""
        where = ids.conversation_between(UserId(customer), UserId(demo.ACCOUNT_ID))
        before = n_answers(on.x, customer)
        arguments = {"account_id": demo.ACCOUNT_ID, "conversation_id": where}
        async with asyncio.timeout(on.patience):
            while True:
                try:
                    await control.ask(on.data / control.SOCKET, "hand_back", **arguments)
                except StoreError:
                    await asyncio.sleep(0.05)  # killed, and not up again
                else:
                    break
        await on.until(lambda: n_answers(on.x, customer) > before, "the bot has it back")


Act = Says | Taps | Waits | HandsBack

STORIES: Mapping[str, Sequence[Act]] = MappingProxyType(
    {
        "echo": (Says("hello"), Says("are you there?")),
        "order_status": (
            Says("hello"),
            Taps("Track an order"),
            Says("I do not know it"),
            Says("A1234"),
            Taps("Yes"),
        ),
        "appointment": (
            Says("hello"),
            Taps("Book an appointment"),
            Says("the second one"),
            Says("Ada"),
            Waits(timedelta(hours=20)),
            Says("yes"),
        ),
        "typed_replies": (Says("hello"), Taps("Row 7"), Says("hello")),
        "snow_report": (
            Says("hello"),
            Taps("Snow report"),
            Says("map"),
            Taps("Snow photo"),
            Taps("Music for the lift"),
            Taps("Bring a friend"),
        ),
        "support_desk": (
            Says("hello"),
            Taps("Track an order"),
            Says("A1234"),
            Taps("Talk to a person"),
            HandsBack(),
            Taps("Yes"),
        ),
    }
)
"""By example."""

ASKING = "asking"
"""A bot of the tests, whose step leaves a trace outside."""

OF_ASKING: Sequence[Act] = (Says("hello"), Says("A12"), Says("the second one"))


def of(example: str) -> Sequence[Act]:
    """Give what customers do with an example."""
    return OF_ASKING if example == ASKING else STORIES[example]


def file_of(example: str) -> Path:
    """Give where an example is."""
    folder = Path(__file__).parent if example == ASKING else ROOT / "examples"
    return folder / f"{example}.py"


def seen(x: World, customer: str) -> Sequence[Seen]:
    """Give what has been said between a customer and the account."""
    world = x.simulation.world
    account = world.users[demo.ACCOUNT_ID]
    entries = world.conversation(customer, account.user_id)
    in_order = sorted(entries, key=lambda one: int(one.message_id))
    return [bot_tester_seen.message(world, one, account) for one in in_order]


def transcript(x: World, customer: str) -> Sequence[str]:
    """Write down what a customer sees: everything a message carries, the taps' data too.

    The customer's own name is left out, so that two customers' can be compared.
    """
    name = x.user(customer).name
    return [line.replace(name, "CUSTOMER") for one in seen(x, customer) for line in one.lines()]


def n_answers(x: World, customer: str) -> int:
    """Count what the account has said to a customer."""
    return sum(one.is_ours for one in seen(x, customer))
