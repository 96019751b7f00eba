"""Notices: what a supervising process, such as the demo, is told; one JSON object a line."""

from __future__ import annotations

import os
from dataclasses import dataclass

import msgspec

from roost.errors import BotError, HandlerFailed


class Notice(msgspec.Struct, frozen=True, omit_defaults=True):
    """One notice.

    Attributes:
        kind: `ready`, `connected`, `not_connected`, `bot_error` or `bot_well`.
        text: What a person should read.
        file: Where, for a mistake in a bot.
        line: Where, counted from 1; 0 where it is not known.
        remedy: What to do.
        address: Of the application, with `ready`.
        waiting: With `ready`: how many events and messages an earlier process left unfinished.
    """

    kind: str
    text: str = ""
    file: str = ""
    line: int = 0
    remedy: str = ""
    address: str = ""
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Notices:
    """Writes notices to a file descriptor, or nowhere.

    Attributes:
        descriptor: Where to; `None` for nowhere.
    """

    descriptor: int | None = None

    @property
    def are_read(self) -> bool:
        """Whether somebody else tells people what happens."""
        return self.descriptor is not None

    def tell(self, notice: Notice) -> None:
        """Write one notice. A supervisor that has hung up is none of our business."""
        if self.descriptor is None:
            return
        try:
            os.write(self.descriptor, msgspec.json.encode(notice) + b"\n")
        except BrokenPipeError:
            return


def of_bot(error: BotError | HandlerFailed | None) -> Notice:
    """Put a mistake in a bot, or its end, into a notice."""
    if error is None:
        return Notice("bot_well")
    file, _, line = error.place.rpartition(":")
    is_place = bool(file) and line.isdigit()
    remedy = error.remedy or "Mend it and save"
    return Notice(
        "bot_error",
        error.problem,
        file=file if is_place else error.place,
        line=int(line) if is_place else 0,
        remedy=remedy,
    )
