"""How a turn comes to nothing in a bot's process."""

from __future__ import annotations

from enum import Enum

from roost.bot.whereabouts import Stand
from roost.errors import DeciderLost


class Overdue(TimeoutError):
    """The handlers of a turn took longer than they may. It was cancelled, or its process ended.

    Attributes:
        stand: Where they stood.
        has_blocked: Whether they kept the process from answering.
    """

    def __init__(self, stand: Stand, *, has_blocked: bool) -> None:
        super().__init__("deadline passed")
        self.stand = stand
        self.has_blocked = has_blocked


class LetsNotGo(Exception):
    """The handlers of a turn kept the process from answering until it was ended for it.

    Attributes:
        stand: Where they stood.
    """

    def __init__(self, stand: Stand) -> None:
        super().__init__("process ended")
        self.stand = stand


class HeldUp(DeciderLost):
    """Another turn has kept the process from answering; this one is not to blame."""


class Loss(Enum):
    """Why a turn hears no more of its process."""

    GONE = "gone"
    HELD_UP = "held up"
    """It was not begun, as another one keeps the process from answering."""
