"""What an account has at X under a name: welcome messages that a bot declares, custom profiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class XKind(StrEnum):
    """What is kept at X under a name."""

    WELCOME = "welcome"
    """A welcome message that a bot declares."""
    PROFILE = "profile"
    """A custom profile, whoever made it."""


@dataclass(frozen=True, slots=True)
class XObject:
    """Something an account has at X, as X was last seen to have it.

    Attributes:
        kind: What it is.
        name: As the bot calls it; unique among the account's objects of its kind.
        x_id: X's id of it.
        is_default: Whether it is the welcome message that everybody is shown.
    """

    kind: XKind
    name: str
    x_id: str
    is_default: bool = False


def x_id_of(objects: Sequence[XObject], kind: XKind, name: str) -> str:
    """Give X's id of what has a name; `""` where X has nothing of that name.

    Example:
        >>> x_id_of([XObject(XKind.PROFILE, "Acme Assistant", "5001")], XKind.PROFILE, "Acme")
        ''
    """
    found = (one.x_id for one in objects if (one.kind, one.name) == (kind, name))
    return next(found, "")
