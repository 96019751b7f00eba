"""Asking: a message that is said, and the waiting until somebody answers it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import msgspec

from roost.bot import menus, speaking
from roost.bot.hearing import Hearing, Verdict
from roost.bot.questions import Patience, Question
from roost.bot.running import Done, Run
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

    async def made() -> Done:
        if not run.facts.may_write:
            raise BotError(
                "a message to somebody who has never written, which X forbids",
                place=run.place,
                remedy="Check `chat.may_write` before, or answer in public",
            )
        news = menus.news(said.message.quick_replies, run.remembered(*menus.OFFERED))
        message = run.voice.called(said.speaks_as).spoken(said.message)
        if not said.media:
            return [Reply(message), *news], b""
        media = await run.attach(said.media)
        return [Reply(replace(message, media=media)), *news], _named(media)

    await run.perform("say", made)


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
        message = replace(message, media=await run.attach(said.media))
    return [
        Reply(message),
        *menus.news(said.message.quick_replies, run.remembered(*menus.OFFERED)),
    ]


async def answer(run: Run, asked: Question, by: Hearing[T], waiting: Waiting) -> T:
    """Ask, and give the answer once there is one that is understood.

    What a message meant when it came, it means whenever the dialog is run again.

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
    step = f"ask: {prompt.text}"[:_LONGEST_STEP]
    for n_asked in itertools.count():
        is_last = n_asked >= patience.retries
        heard = run.receive(step, asked, by, within=patience.within, is_last=is_last)
        if heard is None:
            raise Unanswered(prompt.text, is_late=True)
        waiting.hear(heard.event)
        verdict = heard.verdict or Verdict()
        answered = None if verdict.answer is None else by.give(verdict.answer)
        if answered is not None:
            return answered
        if verdict.is_over:
            break
        await say(run, again)
    raise Unanswered(prompt.text, is_late=False)
