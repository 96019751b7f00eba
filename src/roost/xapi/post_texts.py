"""How long a Post is at least, as X counts it.

Source: https://docs.x.com/resources/fundamentals/counting-characters (docs of 2026-08-22).
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 280
"""The greatest weight of a Post."""

_LINK = 23
_LIGHT = re.compile("[\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037\U0001f1e6-\U0001f1ff]")
# What joins, varies or encloses what stands before it: an emoji counts two, whatever it is made of.
_JOINED = re.compile("\u200d.|[\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]", re.DOTALL)


def least_weight(text: str) -> int:
    """Weigh a text, leaving in doubt what X alone knows: what it takes for a link.

    Most scripts count one, others and emoji two, a link 23. X may find more in a text, never less.
    """
    plain = _JOINED.sub("", unicodedata.normalize("NFC", text.strip()))
    words = re.split(r"(\s+)", plain)
    return sum(min(_LINK, _weight(one)) if "." in one else _weight(one) for one in words)


def _weight(text: str) -> int:
    return 2 * len(text) - len(_LIGHT.findall(text))
