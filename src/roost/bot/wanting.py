"""Who wants which messages, and whether each handler can ever be reached."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from roost.bot import handlers
from roost.bot.filters import Filter
from roost.bot.handlers import Registered
from roost.errors import BotError
from roost.model.capabilities import X_V1
from roost.model.messages import Message


@dataclass(frozen=True, slots=True)
class Wanting:
    """A handler and the messages it wants.

    Attributes:
        wants: Whether it wants a message.
        handler: Who gets it.
        of_tap: The metadata, or the class of it, where it wants taps on quick replies of the bot's
            own; else `None`.
        is_choosy: Whether it wants certain messages, and not just any.
    """

    wants: Callable[[Message], bool]
    handler: Registered
    of_tap: str | type | None = None
    is_choosy: bool = True

    @property
    def is_tap(self) -> bool:
        """Whether it wants taps on quick replies of the bot's own."""
        return self.of_tap is not None

    def hides(self, later: Wanting) -> bool:
        """Whether everything a handler registered later wants is taken by this one."""
        return not self.is_choosy or (self.is_tap and self.of_tap == later.of_tap)


def check_filter(wanted: object, *, place: str) -> None:
    """Refuse what is no filter, `None` apart.

    Raises:
        BotError: It is something else.
    """
    if wanted is not None and not isinstance(wanted, Filter):
        shown = repr(wanted) if isinstance(wanted, str) else handlers.kind_of(wanted)
        raise BotError(
            f"on_message: {shown} is no filter",
            place=place,
            remedy='Write `text.equals("…")`, `text.contains("…")` or `text.matches("…")`',
        )


def check_metadata(data: object, *, place: str) -> None:
    """Refuse what no quick reply can carry.

    Raises:
        BotError: It is no text, or too long or too short a one.
    """
    if not isinstance(data, str):
        raise BotError(
            f"on_quick_reply: {handlers.kind_of(data)} is no metadata",
            place=place,
            remedy="Give the text that `QuickReply` was given, or a frozen dataclass",
        )
    if not 1 <= len(data) <= X_V1.quick_reply_metadata:
        raise BotError(
            f"on_quick_reply: metadata has {len(data)} characters",
            place=place,
            remedy=f"Use 1 to {X_V1.quick_reply_metadata} characters",
        )


def check_reached(registered: Sequence[Wanting], added: Sequence[Wanting]) -> None:
    """Refuse a handler that gets nothing, since one registered before it takes all it wants.

    Args:
        registered: In their order; they were checked among themselves when they were.
        added: What comes behind them, likewise.

    Raises:
        BotError: There is one.
    """
    for later in added:
        for earlier in registered:
            if earlier.hides(later) and earlier.handler.function is not later.handler.function:
                raise BotError(
                    f"handler {later.handler.name.rpartition('.')[2]} is never reached",
                    place=later.handler.place,
                    remedy=f"Register it before the one at {earlier.handler.place}, which takes"
                    f" {'the same taps' if earlier.is_tap else 'every message'}",
                )
