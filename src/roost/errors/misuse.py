"""What is wrong with how a verb of a bot was used."""

from __future__ import annotations

from roost.errors.roots import RoostError


class WrongKind(RoostError, TypeError):
    """A verb or a declaration was given a value of a kind it does not take. Nothing was done.

    Attributes:
        field: What was given, for example `quick_replies[0]`.
        wanted: What belongs there, in words.
        found: The kind of what was found, never the value itself.
    """

    def __init__(self, field: str, *, wanted: str, found: object) -> None:
        self.field = field
        self.wanted = wanted
        self.found = type(found).__name__
        super().__init__(f"{field}: must be {wanted}; found {self.found}")


class FrameTooLarge(RoostError):
    """What a turn brings to its bot, or the bot hands over at once, is too much. Nothing was sent.

    Attributes:
        size: Bytes of it.
        limit: Most bytes.
    """

    def __init__(self, size: int, *, limit: int) -> None:
        super().__init__(
            f"the turn has {size:,} bytes (limit {limit:,}), most of them results of steps of the"
            " dialogs that wait. Return keys from steps, and look up what they stand for"
        )
        self.size = size
        self.limit = limit
