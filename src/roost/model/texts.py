"""Text as it can be written down: half characters, of which no bytes can be made."""

from __future__ import annotations

import re

_HALF_PAIR = re.compile("[\ud800-\udfff]")


def whole(text: str) -> str:
    """Put U+FFFD in the place of each half of a surrogate pair; all else stays as it is.

    Such a half is what remains of an emoji where a program has cut a text in the middle of it.
    """
    return text if text.isascii() else _HALF_PAIR.sub("\ufffd", text)
