"""Asking: a message that is said, and the waiting until somebody answers it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container
from dataclasses import dataclass, replace
from typing import TypeVar

import msgspec

from roost.bot import menus, speaking
from roost.bot.questions import Patience, Understands
from roost.bot.running import Run
from roost.bot.speaking import Said
from roost.errors import BotError, Unanswered
from roost.model.decisions import Reply
from roost.model.events import MessageReceived
from roost.model.media import MediaFile
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


async def say(run: Run, said: Said) -> None:
    """Say something, and remember what it offers, so that it can be chosen by typing.

    Raises:
        BotError: The customer has never written.
        InvalidMessage: Its file cannot be sent, or it has no room for who speaks.
    """
    if not run.may_write:
        raise BotError(
            "a message to somebody who has never written, which X forbids",
            place=run.place,
            remedy="Check `chat.may_write` before, or answer in public",
        )
    news = menus.news(said.message.quick_replies, run.remembered(*menus.OFFERED))
    message = run.voice.called(said.speaks_as).spoken(said.message)
    if not said.media or run.is_replaying:
        run.decide("say", Reply(message), *news)
        return
    media = await run.attach("say", said.media)
    run.decide("say", Reply(replace(message, media=media)), *news, result=_named(media))


def _words_of(prompt: OutboundMessage) -> bytes:
    """Give what stands for a question's words and options."""
    words = (prompt.text, *(one.label for one in prompt.quick_replies))
    return hashlib.sha256("\0".join(words).encode()).digest()[:8]


def _named(media: MediaFile) -> bytes:
    """Give what the journal holds of a file: which it was, not its bytes."""
    return msgspec.msgpack.encode((media.path, media.digest))


async def answer(run: Run, asked: Said, understands: Understands[T], waiting: Waiting) -> T:
    """Ask, and give the answer once there is one that is understood.

    Raises:
        Unanswered: The time has passed, or no answer was understood.
        InvalidMessage: What is said when it is asked again breaks a limit of X.
    """
    patience, prompt = waiting.patience, asked.message
    again = speaking.message(
        patience.on_invalid,
        prompt.quick_replies,
        custom_profile_id=prompt.custom_profile_id,
        speaks_as=asked.speaks_as,
    )
    await say(run, asked)
    for n_left in range(patience.retries, -1, -1):
        step = f"ask: {prompt.text}"[:_LONGEST_STEP]
        event = run.receive(
            step, within=patience.within, offered=waiting.offered, asked=_words_of(prompt)
        )
        if event is None:
            raise Unanswered(prompt.text, is_late=True)
        waiting.hear(event)
        understood = understands(event.message)
        if understood is not None:
            return understood
        if n_left:
            await say(run, again)
    raise Unanswered(prompt.text, is_late=False)
