"""Why a handler is run, and what is known then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from roost.bot.shelf import Shelf
from roost.bot.speaking import Voice
from roost.model.events import TurnEvent
from roost.model.memories import Scope

Known = Mapping[tuple[Scope, str], bytes]
"""What is remembered, by scope and name."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a handler is run.

    Attributes:
        key: Of the event that is handled.
        event: What a waiting dialog may go on with; `None` where it begins, or is redone.
        is_word: Whether it is a built-in word; then it is taken only where it is the label of an
            option that is offered.
        known: What was remembered before this run.
        may_write: Whether the customer has written before, so that the bot may.
        voice: Under whose name it speaks.
        shelf: Where the files are that it names.
    """

    key: str
    event: TurnEvent | None = None
    is_word: bool = False
    known: Known = field(default_factory=dict[tuple[Scope, str], bytes])
    may_write: bool = True
    voice: Voice = field(default_factory=Voice)
    shelf: Shelf = field(default_factory=Shelf)
