"""Why a handler is run, and what it is told of the world around it."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from roost.bot.facts import Facts
from roost.bot.shelf import Shelf
from roost.bot.speaking import Voice
from roost.model.events import TurnEvent
from roost.model.memories import Scope

Known = Mapping[tuple[Scope, str], bytes]
"""What is remembered, by scope and name."""

TIMER_PREFIX = "dialog:"
"""Begins the names of the timers that dialogs set for themselves."""

RESTART, CANCEL = "restart", "cancel"
"""What people order a dialog to do, by a timer that is due at once."""


def order_for(dialog_id: str, what: str) -> str:
    """Name the timer that orders a dialog to restart or to end."""
    return f"{TIMER_PREFIX}{dialog_id}:{what}"


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a handler is run.

    Attributes:
        key: Of the event that is handled.
        facts: What is known now.
        event: What a waiting dialog may go on with; `None` where it begins, or is redone.
        is_word: Whether it is a built-in word; then it is taken only where it is the label of an
            option that is offered.
        known: What was remembered before this run.
        voice: Under whose name it speaks.
        shelf: Where the files are that it names.
        timers: Names of the timers that have a handler.
    """

    key: str
    facts: Facts
    event: TurnEvent | None = None
    is_word: bool = False
    known: Known = field(default_factory=dict[tuple[Scope, str], bytes])
    voice: Voice = field(default_factory=Voice)
    shelf: Shelf = field(default_factory=Shelf)
    timers: Container[str] = ()
