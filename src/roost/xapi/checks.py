"""Arguments of calls, checked before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from roost.errors import InvalidCall

LARGEST_PAGE = 50
"""Rows of a page of messages, welcome messages, rules or custom profiles.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/sending-and-receiving
/api-reference/list-events (archived).
"""

LONGEST_NAME = 100
"""Characters of a part of a path that is no id."""

LONGEST_SCREEN_NAME = 20
"""Characters. New ones have up to 15; a few older ones are longer."""

_SCREEN_NAME = re.compile(r"[A-Za-z0-9_]+")
_ID = re.compile(r"[0-9]{1,19}")


def within(argument: str, value: int, least: int, most: int) -> None:
    """Refuse a number out of its range.

    Raises:
        InvalidCall: Names the argument, the bound broken and the value.
    """
    if value < least:
        raise InvalidCall(argument, f"must be at least {least}", limit=least, value=value)
    if value > most:
        raise InvalidCall(argument, f"must be at most {most}", limit=most, value=value)


def length(argument: str, text: str, most: int) -> None:
    """Refuse a text that is empty or longer than `most` characters.

    Raises:
        InvalidCall: Names the argument, the limit and the length.
    """
    if not text.strip():
        raise InvalidCall(argument, "must not be empty", limit=most, value=0)
    if len(text) > most:
        raise InvalidCall(argument, "too many characters", limit=most, value=len(text))


def x_id(argument: str, text: str) -> str:
    """Give an id back, if it is one.

    Raises:
        InvalidCall: It is not 1 to 19 digits.
    """
    if not _ID.fullmatch(text):
        raise InvalidCall(argument, f"{text[:40]!r} is no id of X: 1 to 19 digits")
    return text


def ids(argument: str, texts: Sequence[str], most: int) -> str:
    """Join ids as X lists them.

    Raises:
        InvalidCall: One is no id, or there are too many.
    """
    within(argument, len(texts), 0, most)
    return ",".join(x_id(f"{argument}[{n}]", text) for n, text in enumerate(texts))


def segment(argument: str, text: str) -> str:
    """Give a part of a path back, if it can be one.

    Raises:
        InvalidCall: It is empty, longer than any name of X, or leads elsewhere.
    """
    length(argument, text, LONGEST_NAME)
    if text in {".", ".."} or "/" in text or not text.isprintable():
        raise InvalidCall(argument, f"{text!r} is no name")
    return text


def webhook_url(url: str, *, is_x: bool) -> str:
    """Give a webhook's address back, if X would call it.

    Args:
        url: The address.
        is_x: Whether it is X itself that is asked; a simulator takes http and ports, too.

    Raises:
        InvalidCall: It is not https, or names a port.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InvalidCall("url", f"is no address: {error}") from error
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise InvalidCall("url", f"{url[:80]!r} is no http(s) address")
    if is_x and (parts.scheme != "https" or port is not None):
        raise InvalidCall(
            "url", f"X calls https, without a port; found {parts.scheme}, port {port}"
        )
    return url


def user(user_id: str, screen_name: str, *, prefix: str = "") -> tuple[str, str]:
    """Give the parameter that names a user.

    Args:
        user_id: An id; `""` where the name is given.
        screen_name: With or without `@`; `""` where the id is given.
        prefix: `source_` or `target_`, where X calls them `source_id` and `source_screen_name`.

    Raises:
        InvalidCall: Neither or both are given, or what is given is none.
    """
    if bool(user_id) == bool(screen_name):
        raise InvalidCall(f"{prefix}user_id", "give either the id or the screen name of a user")
    if user_id:
        name = f"{prefix}id" if prefix else "user_id"
        return name, x_id(f"{prefix}user_id", user_id)
    return f"{prefix}screen_name", named(f"{prefix}screen_name", screen_name)


def named(argument: str, text: str) -> str:
    """Give a screen name without its `@`.

    Raises:
        InvalidCall: It is none.
    """
    name = text.removeprefix("@")
    if len(name) > LONGEST_SCREEN_NAME:
        raise InvalidCall(
            argument, "too many characters", limit=LONGEST_SCREEN_NAME, value=len(name)
        )
    if not _SCREEN_NAME.fullmatch(name):
        raise InvalidCall(argument, f"{text[:40]!r} is no screen name: letters, digits and _")
    return name
