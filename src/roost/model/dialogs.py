"""A durable dialog: a handler that waits between two messages, and the journal it goes on from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from roost.model.events import TurnEvent


@dataclass(frozen=True, slots=True)
class Point:
    """One awaited verb of a dialog, passed.

    Attributes:
        kind: The verb, for example `say` or `step`; with ` raised` behind it where it raised.
        fingerprint: What must be the same when the dialog is run again: the name of a step's
            function, with a digest of its arguments behind `#`, or of a nested dialog; `""` where
            the kind says all. Never a text, so that texts can be changed while dialogs wait.
        result: What the verb gave or raised, encoded; `b""` where it gives nothing.
    """

    kind: str
    fingerprint: str
    result: bytes


class DialogPhase(StrEnum):
    """Where a dialog is."""

    RUNNING = "running"
    """In the middle of the events of a turn that is to be redone if it was interrupted."""
    ASKING = "asking"
    """Waits for the customer, and perhaps for a time. Several may, as one that has slept may ask
    while another waits: what is typed goes to the one that asked last, a tap where it belongs."""
    SLEEPING = "sleeping"
    """Waits for a time."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Dialog:
    """A dialog that has begun and not ended.

    Attributes:
        dialog_id: Unique in its conversation: the key of the event that began it.
        name: Of the handler, as in `orders.track_order`.
        begun_by: The event the handler was given.
        points: Its journal, in order.
        phase: Where it was left; never `ENDED`.
        taking: Key of the event it is in the middle of; `""` where it waits.
        is_rewound: Whether its journal was longer, and what is gone of it is still stored.
    """

    dialog_id: str
    name: str
    begun_by: TurnEvent
    points: tuple[Point, ...]
    phase: DialogPhase
    taking: str
    is_rewound: bool = False


@dataclass(frozen=True, slots=True)
class DialogState:
    """What one `Progress` says of a dialog.

    Attributes:
        dialog_id: Which one.
        name: Of its handler.
        begun_by: The event the handler was given.
        first: How many points the journal had before.
        points: Those added.
        phase: Where the dialog is after them.
        taking: As in `Dialog`.
        step: For people: what it waits for, or is doing; for example `ask: Which order?`.
        is_rewound: Whether points beyond `first` may have been there, and are gone; they are too
            where it is 0.
    """

    dialog_id: str
    name: str
    begun_by: TurnEvent
    first: int
    points: tuple[Point, ...]
    phase: DialogPhase
    taking: str
    step: str
    is_rewound: bool = False
