"""What a question hears: what a message meant is written down with it, and holds from then on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

import msgspec

from roost.bot.questions import Option, Understands
from roost.model import folding
from roost.model.events import MessageReceived
from roost.model.messages import Message

T = TypeVar("T")

Kept = str | bool
"""What journals hold of an answer: what was typed, the label that was chosen, or yes and no."""


@dataclass(frozen=True, slots=True)
class Hearing(Generic[T]):
    """How answers to a question are understood and written down.

    Attributes:
        verb: Whose question it is; another verb's answers are none to it.
        understands: Gives what a message answers.
        keep: Gives what is written down of an answer.
        give: Gives the answer back; `None` where it is none any more.
    """

    verb: str
    understands: Understands[T]
    keep: Callable[[T], Kept]
    give: Callable[[Kept], T | None]

    def judge(self, message: Message, *, is_last: bool) -> Verdict:
        """Say what a message means; `is_last` where the question is not asked again after it."""
        understood = self.understands(message)
        if understood is None:
            return Verdict(is_over=is_last)
        return Verdict(answer=self.keep(understood))


class Verdict(msgspec.Struct, frozen=True, array_like=True):
    """What a message meant to a question.

    Attributes:
        answer: What is kept of the answer; `None` where it was none.
        is_over: Whether it was not asked again then.
    """

    answer: Kept | None = None
    is_over: bool = False


class Heard(msgspec.Struct, frozen=True, array_like=True):
    """A message, and what it meant.

    Attributes:
        event: The message.
        verdict: What it meant; `None` in journals of before it was written down.
    """

    event: MessageReceived
    verdict: Verdict | None = None


def packed(heard: Heard) -> bytes:
    """Pack what was heard for the journal."""
    return msgspec.msgpack.encode(heard)


def unpacked(known: bytes) -> Heard:
    """Give back what was packed; older journals hold the message only."""
    found = msgspec.msgpack.decode(known, type=MessageReceived | Heard)
    return found if isinstance(found, Heard) else Heard(found)


def typed(understands: Understands[str]) -> Hearing[str]:
    """Hear what is typed."""
    return Hearing("ask", understands, keep=str, give=str)


def chosen(understands: Understands[Option], options: Sequence[Option]) -> Hearing[Option]:
    """Hear which option is chosen: what was chosen is a label, not a place."""
    labels = [one if isinstance(one, str) else one.label for one in options]

    def keep(option: Option) -> Kept:
        return labels[options.index(option)]

    def give(kept: Kept) -> Option | None:
        folded = [folding.folded(one) for one in labels]
        for known, wanted in ((labels, kept), (folded, folding.folded(str(kept)))):
            if wanted in known:
                return options[known.index(cast("str", wanted))]
        return None

    return Hearing("choose", understands, keep, give)


def confirmed(understands: Understands[bool]) -> Hearing[bool]:
    """Hear yes or no."""
    return Hearing("confirm", understands, keep=bool, give=bool)
