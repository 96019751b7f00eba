"""What a built-in word does, before any dialog or handler gets the message."""

from __future__ import annotations

from dataclasses import dataclass

from roost.bot import speaking
from roost.bot.words import Meaning, Words
from roost.model.decisions import Decision, HandOff, Remember, Reply
from roost.model.opting import STOPPED, YES

ASKED_FOR_A_PERSON = "asked for a person"
"""Why a conversation is handed off then."""


@dataclass(frozen=True, slots=True)
class Heeded:
    """What follows from a word.

    Attributes:
        decisions: What is said and done.
        is_done: Whether nobody else gets the message.
        ends_asking: Whether what is being asked is left: the dialog that asked last, or all that
            wait for an answer where a handler is still to get the message.
        ends_all: Whether every dialog of the conversation ends.
    """

    decisions: tuple[Decision, ...] = ()
    is_done: bool = False
    ends_asking: bool = False
    ends_all: bool = False


def heed(meaning: Meaning | None, words: Words, *, is_stopped: bool, is_asking: bool) -> Heeded:
    """Tell what follows from an event.

    Args:
        meaning: Of the message; `None` where it is no built-in word, or a timer.
        words: What the bot says then.
        is_stopped: Whether the customer has written `stop` before.
        is_asking: Whether a dialog waits for an answer.
    """
    if is_stopped:
        begins = meaning is Meaning.START
        decided = (Remember(*STOPPED, b""), _says(words.started)) if begins else ()
        return Heeded(decided, is_done=True)
    return _heed(meaning, words, is_asking=is_asking)


def _heed(meaning: Meaning | None, words: Words, *, is_asking: bool) -> Heeded:
    match meaning:
        case Meaning.STOP:
            decided = (Remember(*STOPPED, YES), _says(words.stopped))
            return Heeded(decided, is_done=True, ends_all=True)
        case Meaning.PERSON:
            decided = (_says(words.handing_over), HandOff(ASKED_FOR_A_PERSON))
            return Heeded(decided, is_done=True, ends_all=True)
        case Meaning.CANCEL if is_asking:
            return Heeded((_says(words.cancelled),), is_done=True, ends_asking=True)
        case Meaning.MENU if is_asking:
            return Heeded(ends_asking=True)
        case _:
            return Heeded()


def _says(text: str) -> Reply:
    return Reply(speaking.message(text).message)
