"""What a question takes for an answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from roost.model import answers, folding
from roost.model.messages import Message, QuickReply

Option = TypeVar("Option", str, QuickReply)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often a question waits.

    Attributes:
        within: For each answer; `None` for ever.
        retries: How often it is asked again.
        on_invalid: What is said then.
    """

    within: timedelta | None
    retries: int
    on_invalid: str


Understands = Callable[[Message], T | None]
"""Gives what a message answers; `None` where it is no answer."""

OWN_METADATA = "~"
"""Begins the metadata that questions give their options."""

_YES = "yes y yeah yep sure ok okay ja si oui sim d accord vale claro"
_NO = "no n nope nah nein non nao nee"
_YES_WORDS, _NO_WORDS = frozenset(_YES.split()), frozenset(_NO.split())


def matching(pattern: re.Pattern[str] | None) -> Understands[str]:
    """Understand a text that matches as a whole, without the spaces around it."""

    def understands(message: Message) -> str | None:
        text = message.text.strip()
        return text if text and (pattern is None or pattern.fullmatch(text)) else None

    return understands


def offered(options: Sequence[str | QuickReply], point: str) -> tuple[QuickReply, ...]:
    """Give the quick replies of a choice, each with metadata that no other question has.

    Args:
        options: In order.
        point: Names the question, the same whenever its dialog is run again.
    """
    return tuple(
        QuickReply(
            one if isinstance(one, str) else one.label,
            f"{OWN_METADATA}{point}:{n}",
            None if isinstance(one, str) else one.description,
        )
        for n, one in enumerate(options)
    )


def among(options: Sequence[Option], taps: Sequence[QuickReply]) -> Understands[Option]:
    """Understand a tap, a label, a number, an ordinal or the beginning of one label."""
    labels = [tap.label for tap in taps]
    by_metadata = {tap.metadata: n for n, tap in enumerate(taps)}

    def understands(message: Message) -> Option | None:
        tapped = by_metadata.get(message.chosen)
        place = answers.chosen(message.text, labels) if tapped is None else tapped
        return None if place is None else options[place]

    return understands


def yes_or_no(labels: tuple[str, str], taps: Sequence[QuickReply]) -> Understands[bool]:
    """Understand what `among` does, and the usual words for yes and no."""
    choice = among(labels, taps)

    def understands(message: Message) -> bool | None:
        chosen = choice(message)
        if chosen is not None:
            return chosen == labels[0]
        words = set(folding.words_of(message.text).split())
        says = (bool(words & _YES_WORDS), bool(words & _NO_WORDS))
        return None if says[0] == says[1] else says[0]

    return understands
