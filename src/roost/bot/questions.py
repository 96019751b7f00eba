"""What a question takes for an answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from roost.bot import given
from roost.errors import BotError, InvalidMessage
from roost.model import agreement, answers, folding
from roost.model.messages import Message, QuickReply

Option = TypeVar("Option", str, QuickReply)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often a question waits.

    Attributes:
        within: For each answer; `None` for ever.
        retries: How often it is asked again; 0 or more.
        on_invalid: What is said then.

    Raises:
        WrongKind: `within` is no `timedelta`.
        InvalidMessage: `retries` is less than 0.
    """

    within: timedelta | None
    retries: int
    on_invalid: str

    def __post_init__(self) -> None:
        """Check what would only show when the question is asked again."""
        given.a_duration(self.within, "within")
        if self.retries < 0:
            raise InvalidMessage("retries", "must be 0 or more", limit=0, value=self.retries)


Understands = Callable[[Message], T | None]
"""Gives what a message answers; `None` where it is no answer."""

OWN_METADATA = "~"
"""Begins the metadata that questions give their options."""


def matching(wanted: str | None, *, place: str) -> Understands[str]:
    """Understand a text that matches as a whole, without the spaces around it.

    Args:
        wanted: A regular expression; `None` for any text.
        place: For errors.

    Raises:
        BotError: It is none.
    """
    try:
        pattern = re.compile(wanted) if wanted else None
    except re.error as error:
        raise BotError(
            f"ask: matching={wanted!r} is no regular expression: {error}",
            place=place,
            remedy="Mend it, or put a backslash before what is meant as it stands",
        ) from error

    def understands(message: Message) -> str | None:
        text = message.text.strip()
        return text if text and (pattern is None or pattern.fullmatch(text)) else None

    return understands


def offered(options: Sequence[str | QuickReply], point: str) -> tuple[QuickReply, ...]:
    """Give the quick replies of a choice, each with metadata that no other question has.

    Args:
        options: In order.
        point: Names the question, the same whenever its dialog is run again.

    Raises:
        WrongKind: One is neither a label nor a quick reply.
        InvalidMessage: There are none, or two have the same label.
    """
    given.several(options, (str, QuickReply), "options")
    labels = [one if isinstance(one, str) else one.label for one in options]
    n_different = len(set(labels))
    if not options or n_different < len(options):
        problem = "must have labels that differ" if options else "must not be empty"
        raise InvalidMessage("options", problem, limit=n_different, value=len(options))
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
        if tapped is None:
            place = answers.chosen(message.text, labels)
        else:
            place = _where(message.text, labels, tapped)
        return None if place is None else options[place]

    return understands


def _where(label: str, labels: Sequence[str], tapped: int) -> int | None:
    """Give the place of an option that was tapped; options may have moved since, as code changes.

    `None` where the label that was tapped is there no more.
    """
    known = [folding.folded(one) for one in labels]
    wanted = folding.folded(label)
    if known[tapped] == wanted:
        return tapped
    return known.index(wanted) if wanted in known else None


def yes_or_no(labels: tuple[str, str], taps: Sequence[QuickReply]) -> Understands[bool]:
    """Understand what `among` does, and the usual words for yes and no."""
    choice = among(labels, taps)

    def understands(message: Message) -> bool | None:
        chosen = choice(message)
        return agreement.meant(message.text) if chosen is None else chosen == labels[0]

    return understands
