"""What a question takes for an answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from roost.bot import given
from roost.bot.speaking import Said
from roost.errors import BotError, InvalidMessage
from roost.model import agreement, answers, folding
from roost.model.dialogs import Dialog
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


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is asked: each of its options has a mark that no other question's has.

    Attributes:
        said: With the marks.
        point: Names it, the same whenever its dialog is run again.
        words: Stands for the words and options it was asked with, which may have been mended
            since; at its place another may have stood before its dialog was rewound.
    """

    said: Said
    point: str
    words: bytes

    @property
    def labels(self) -> Sequence[str]:
        """The labels of its options, in order."""
        return [one.label for one in self.said.message.quick_replies]

    def is_meant_by(self, message: Message) -> bool:
        """Tell whether a message can be an answer to this question; a tap on another's cannot.

        A tap without metadata tells nothing of where it belongs; it counts as typed.
        """
        if not message.is_quick_reply or message.chosen is None:
            return True
        if not is_marked(message):
            return message.chosen in {one.metadata for one in self.said.message.quick_replies}
        _, _, words = self._option_of(message).partition(":")
        return self._is_tapped_by(message) and words in {"", self.words.hex()}

    def tapped(self, message: Message) -> int | None:
        """Give the place of the option that was tapped; `None` where none of its marks came."""
        if not self._is_tapped_by(message):
            return None
        n, _, _ = self._option_of(message).partition(":")
        return int(n) if n.isdecimal() else None

    def _is_tapped_by(self, message: Message) -> bool:
        return (message.chosen or "").startswith(f"{OWN_METADATA}{self.point}:")

    def _option_of(self, message: Message) -> str:
        return (message.chosen or "").removeprefix(f"{OWN_METADATA}{self.point}:")


def is_marked(message: Message) -> bool:
    """Tell whether a message is a tap on an option of some question."""
    return message.is_quick_reply and (message.chosen or "").startswith(OWN_METADATA)


def is_of(dialog: Dialog, message: Message) -> bool:
    """Tell whether a message is a tap on an option of one of a dialog's questions."""
    return is_marked(message) and (message.chosen or "").startswith(
        f"{OWN_METADATA}{dialog.dialog_id}:"
    )


def question(said: Said, point: str) -> Question:
    """Give a question, its options marked; those that have metadata of the author's keep it."""
    made = said.message
    texts = (made.text, *(one.label for one in made.quick_replies))
    words = hashlib.sha256("\0".join(texts).encode()).digest()[:8]
    marked = tuple(
        one
        if one.metadata is not None
        else replace(one, metadata=f"{OWN_METADATA}{point}:{n}:{words.hex()}")
        for n, one in enumerate(made.quick_replies)
    )
    return Question(replace(said, message=replace(made, quick_replies=marked)), point, words)


def pattern(wanted: str | None, *, place: str) -> re.Pattern[str] | None:
    """Compile what a whole answer must match; `None` for any text.

    Args:
        wanted: A regular expression, or `None`.
        place: For errors.

    Raises:
        BotError: It is none.
    """
    try:
        return re.compile(wanted) if wanted else None
    except re.error as error:
        raise BotError(
            f"ask: matching={wanted!r} is no regular expression: {error}",
            place=place,
            remedy="Mend it, or put a backslash before what is meant as it stands",
        ) from error


def text_or_label(wanted: re.Pattern[str] | None, asked: Question) -> Understands[str]:
    """Understand a text that matches as a whole, without the spaces around it.

    What means an option that is offered with the question gives its label, as a tap does; but a
    number is one where the pattern wants it, and where labels hold numbers.
    """

    def understands(message: Message) -> str | None:
        text = message.text.strip()
        label = _label(answers.named(text, asked.labels), asked)
        picked = _label(answers.picked(text, asked.labels), asked)
        wished = [label, text, picked] if wanted else [picked, text]
        return next((one for one in wished if one and _is_wanted(one, wanted)), None)

    return understands


def _label(place: int | None, asked: Question) -> str:
    return "" if place is None else asked.labels[place]


def _is_wanted(text: str, wanted: re.Pattern[str] | None) -> bool:
    return wanted is None or wanted.fullmatch(text) is not None


def offered(options: Sequence[str | QuickReply]) -> tuple[QuickReply, ...]:
    """Give the quick replies of a choice, still without marks.

    Args:
        options: In order; their metadata is not used.

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
        QuickReply(one) if isinstance(one, str) else replace(one, metadata=None) for one in options
    )


def among(options: Sequence[Option], asked: Question) -> Understands[Option]:
    """Understand a tap, a label, a number, an ordinal or the beginning of one label."""
    labels = asked.labels

    def understands(message: Message) -> Option | None:
        tapped = asked.tapped(message)
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
    if known[tapped : tapped + 1] == [wanted]:
        return tapped
    return known.index(wanted) if wanted in known else None


def yes_or_no(labels: tuple[str, str], asked: Question) -> Understands[bool]:
    """Understand what `among` does, and the usual words for yes and no."""
    choice = among(labels, asked)

    def understands(message: Message) -> bool | None:
        chosen = choice(message)
        return agreement.meant(message.text) if chosen is None else chosen == labels[0]

    return understands
