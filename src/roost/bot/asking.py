"""Asking: a message that is said, and the waiting until somebody answers it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import msgspec

from roost.bot import menus, speaking
from roost.bot.questions import Patience, Question, Understands
from roost.bot.running import Run
from roost.bot.speaking import Said
from roost.errors import BotError, Unanswered
from roost.model.decisions import Decision, Reply
from roost.model.events import MessageReceived
from roost.model.media import MediaFile

T = TypeVar("T")

_LONGEST_STEP = 80


@dataclass(frozen=True, slots=True)
class Waiting:
    """How an answer is waited for.

    Attributes:
        patience: How long and how often.
        hear: Told of each message that comes.
    """

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


def _named(media: MediaFile) -> bytes:
    """Give what the journal holds of a file: which it was, not its bytes."""
    return msgspec.msgpack.encode((media.path, media.digest))


async def once_more(run: Run, asked: Question) -> Sequence[Decision]:
    """Give what says a question again that waits, in its own words; nobody waits anew.

    Raises:
        InvalidMessage: Its file cannot be sent any more, or it has no room for who speaks.
    """
    said = asked.said
    message = run.voice.called(said.speaks_as).spoken(said.message)
    if said.media:
        message = replace(message, media=await run.attach("say", said.media))
    return [
        Reply(message),
        *menus.news(said.message.quick_replies, run.remembered(*menus.OFFERED)),
    ]


async def answer(run: Run, asked: Question, understands: Understands[T], waiting: Waiting) -> T:
    """Ask, and give the answer once there is one that is understood.

    Raises:
        Unanswered: The time has passed, or no answer was understood.
        InvalidMessage: What is said when it is asked again breaks a limit of X.
    """
    patience, prompt = waiting.patience, asked.said.message
    again = speaking.message(
        patience.on_invalid,
        prompt.quick_replies,
        custom_profile_id=prompt.custom_profile_id,
        speaks_as=asked.said.speaks_as,
    )
    await say(run, asked.said)
    for n_left in range(patience.retries, -1, -1):
        step = f"ask: {prompt.text}"[:_LONGEST_STEP]
        event = run.receive(step, within=patience.within, asked=asked)
        if event is None:
            raise Unanswered(prompt.text, is_late=True)
        waiting.hear(event)
        understood = understands(event.message)
        if understood is not None:
            return understood
        if n_left:
            await say(run, again)
    raise Unanswered(prompt.text, is_late=False)
