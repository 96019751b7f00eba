r"""JSON as X writes it in webhooks: in ASCII alone, with slashes and angle brackets escaped.

A receiver that parses a body and signs what it writes again, instead of the bytes that came,
fails at X. It has to fail here too.

Source: captured webhook bodies (a sent message, 2018-05: `http:\/\/`; a Post, 2021-08: `\uff12`,
`\u003ca href=\"https:\/\/`), read 2026-11.
"""

from __future__ import annotations

import re

_TO_ESCAPE = re.compile(r"\\.|[/<>\x7f-\U0010ffff]")
_SLASH = {"/": r"\/"}
_BEYOND_ONE_UNIT = 0xFFFF


def escaped(body: bytes) -> bytes:
    r"""Write JSON as X does. What it says stays the same.

    `/` becomes `\/`; `<`, `>` and whatever is not ASCII become `\uXXXX` in small letters, what
    lies beyond U+FFFF two of them. What is escaped already stays as it is.

    Args:
        body: JSON in UTF-8.
    """
    return _TO_ESCAPE.sub(_escape, body.decode()).encode("ascii")


def _escape(found: re.Match[str]) -> str:
    text = found[0]
    if text[0] == "\\":
        return text
    return _SLASH.get(text) or _units(ord(text))


def _units(point: int) -> str:
    if point <= _BEYOND_ONE_UNIT:
        return f"\\u{point:04x}"
    high, low = divmod(point - _BEYOND_ONE_UNIT - 1, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
