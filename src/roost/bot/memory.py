"""What a bot remembers: its limits, and how a value is packed."""

from __future__ import annotations

from roost.bot import results
from roost.bot.running import Run
from roost.errors import BotError
from roost.model.memories import LARGEST_VALUE_BYTES, LONGEST_NAME, MOST_MEMORIES, Scope


def packed(name: str, value: object, scope: Scope, run: Run) -> bytes:
    """Pack a value to be remembered; `b""` for `None`, which forgets.

    Raises:
        BotError: The name or the value breaks a limit, or there are too many.
    """
    if not 1 <= len(name) <= LONGEST_NAME:
        raise BotError(
            f"remember: the name has {len(name)} characters (limit {LONGEST_NAME})",
            place=run.place,
            remedy=f"Use 1 to {LONGEST_NAME} characters",
        )
    if value is None:
        return b""
    known = run.names_remembered(scope)
    if name not in known and len(known) >= MOST_MEMORIES:
        raise BotError(
            f"remember({name!r}): there are {len(known)} names (limit {MOST_MEMORIES})",
            place=run.place,
            remedy="Forget what is not needed, or keep several values under one name",
        )
    made = results.encode(value, of=f"remember({name!r})", place=run.place)
    if len(made) > LARGEST_VALUE_BYTES:
        raise BotError(
            f"remember({name!r}): {len(made):,} bytes (limit {LARGEST_VALUE_BYTES:,})",
            place=run.place,
            remedy="Remember a key to look it up by",
        )
    return made
