"""What authors give to verbs and declarations, checked by kind, so that mistakes have a name.

A type checker finds these too; who uses none finds them here, and not in an `AttributeError` of a
line they have not written.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from datetime import timedelta
from typing import cast

from roost.errors import WrongKind
from roost.model.messages import Button, QuickReply


def a_text(value: object, field: str) -> None:
    """Refuse what is no text.

    Raises:
        WrongKind: It is something else.
    """
    if not isinstance(value, str):
        raise WrongKind(field, wanted="a text", found=value)


def a_text_or(kind: type, value: object, field: str) -> None:
    """Refuse what is neither a text nor of the kind.

    Raises:
        WrongKind: It is something else.
    """
    if not isinstance(value, (str, kind)):
        raise WrongKind(field, wanted=f"a text or a {kind.__name__}", found=value)


def one_of(kinds: tuple[type, ...], value: object, field: str) -> None:
    """Refuse what is of none of the kinds.

    Raises:
        WrongKind: It is something else.
    """
    if not isinstance(value, kinds):
        names = " or ".join(one.__name__ for one in kinds)
        raise WrongKind(field, wanted=f"of class {names}", found=value)


def a_duration(value: object, field: str) -> None:
    """Refuse what is no `timedelta`, `None` apart: a bare number has no unit.

    Raises:
        WrongKind: It is something else.
    """
    if value is not None and not isinstance(value, timedelta):
        raise WrongKind(field, wanted="a timedelta, as in `timedelta(minutes=5)`", found=value)


def a_function(value: object, field: str, written: str) -> None:
    """Refuse what cannot be called, such as what a function gave.

    Args:
        value: What was given.
        field: For the error.
        written: The call, as it is written well.

    Raises:
        WrongKind: It is something else.
    """
    if inspect.iscoroutine(value):
        value.close()  # that it is not awaited is said in other words
    if not callable(value):
        wanted = f"a function that is not called yet, as in `{written}`"
        raise WrongKind(field, wanted=wanted, found=value)


def several(values: object, kinds: tuple[type, ...], field: str) -> None:
    """Refuse what is no list of such values; a text is none, though it has letters.

    Args:
        values: What was given.
        kinds: What each may be; the first is the one that is named.
        field: For the error.

    Raises:
        WrongKind: It, or one of it, is something else.
    """
    name = "text" if kinds[0] is str else kinds[0].__name__
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise WrongKind(field, wanted=f"a list, each a {name}", found=values)
    for n, one in enumerate(cast("Sequence[object]", values)):
        if not isinstance(one, kinds):
            raise WrongKind(f"{field}[{n}]", wanted=f"a {name}", found=one)


def parts(text: object, quick_replies: object, buttons: object) -> None:
    """Refuse what cannot be put together to a message.

    Raises:
        WrongKind: A part is of another kind than its field takes.
    """
    a_text(text, "text")
    several(quick_replies, (QuickReply,), "quick_replies")
    several(buttons, (Button,), "buttons")
