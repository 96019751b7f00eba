"""Small values of X's JSON, read with the care that foreign input needs."""

from __future__ import annotations

import html
from collections.abc import Iterable
from datetime import UTC, datetime

from roost.xapi.wire_dm import Url

_MAX_ID_DIGITS = 19

_WRITTEN = "%a %b %d %H:%M:%S %z %Y"
"""`Wed Oct 10 20:19:24 +0000 2018`."""


def id_of(value: object) -> str:
    """Give an id of X.

    Raises:
        ValueError: It is not 1 to 19 decimal digits in a string.
    """
    if (
        isinstance(value, str)
        and value.isascii()
        and value.isdigit()
        and len(value) <= _MAX_ID_DIGITS
    ):
        return value
    raise ValueError("not an id of X")


def time_of(milliseconds: object) -> datetime:
    """Give the time that so many milliseconds since 1970 stand for, be they a number or digits.

    Raises:
        ValueError: They are no number, or out of range.
    """
    try:
        return datetime.fromtimestamp(int(str(milliseconds)) / 1000, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("a time out of range") from error


def time_written(milliseconds: object, written: str) -> datetime:
    """Give a time told in milliseconds or, where they are missing, as X writes dates.

    Raises:
        ValueError: It is told in neither way, or out of range.
    """
    if milliseconds != "":
        return time_of(milliseconds)
    try:
        return datetime.strptime(written, _WRITTEN).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a time out of range") from error


def readable(text: str, links: Iterable[Url]) -> str:
    """Give a text as a person reads it: entities undone, short links replaced."""
    for link in links:
        if link.expanded_url:
            text = text.replace(link.url, html.escape(link.expanded_url, quote=False))
    return html.unescape(text) if "&" in text else text
