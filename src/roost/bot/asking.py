"""Asking: a message that is said, and the waiting until somebody answers it."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import TypeVar

from roost.bot import menus, speaking
from roost.bot.questions import Patience, Understands
from roost.bot.running import Run
from roost.errors import BotError, Unanswered
from roost.model.decisions import Reply
from roost.model.events import MessageReceived
from roost.model.messages import OutboundMessage

T = TypeVar("T")

_LONGEST_STEP = 80


@dataclass(frozen=True, slots=True)
class Waiting:
    """How an answer is waited for.

    Attributes:
        offered: The metadata of the quick replies that answer.
        patience: How long and how often.
        hear: Told of each message that comes.
    """

    offered: Container[str | None]
    patience: Patience
    hear: Callable[[MessageReceived], None]


def say(run: Run, message: OutboundMessage) -> None:
    """Say something, and remember what it offers, so that it can be chosen by typing.

    Raises:
        BotError: The customer has never written.
    """
    if not run.may_write:
        raise BotError(
            "a message to somebody who has never written, which X forbids",
            place=run.place,
            remedy="Check `chat.may_write` before, or answer in public",
        )
    news = menus.news(message.quick_replies, run.remembered(*menus.OFFERED))
    run.decide("say", Reply(run.voice.spoken(message)), *news)


async def answer(
    run: Run, prompt: OutboundMessage, understands: Understands[T], waiting: Waiting
) -> T:
    """Ask, and give the answer once there is one that is understood.

    Raises:
        Unanswered: The time has passed, or no answer was understood.
        InvalidMessage: What is said when it is asked again breaks a limit of X.
    """
    patience = waiting.patience
    again = speaking.message(
        patience.on_invalid, prompt.quick_replies, custom_profile_id=prompt.custom_profile_id
    )
    say(run, prompt)
    for n_left in range(patience.retries, -1, -1):
        step = f"ask: {prompt.text}"[:_LONGEST_STEP]
        event = run.receive(step, within=patience.within, offered=waiting.offered)
        if event is None:
            raise Unanswered(prompt.text, is_late=True)
        waiting.hear(event)
        understood = understands(event.message)
        if understood is not None:
            return understood
        if n_left:
            say(run, again)
    raise Unanswered(prompt.text, is_late=False)
