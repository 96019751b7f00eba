"""How long X takes a Post to be.

Source: https://docs.x.com/resources/fundamentals/counting-characters (docs of 2026-08-22).
"""

from __future__ import annotations

import re
import unicodedata

from roost.model import links

LONGEST = 280
"""The greatest weight of a Post."""

LINK = 23
"""The weight of every link."""

_LIGHT = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
"""What counts once; everything else counts twice."""

_SKIN = "\U0001f3fb-\U0001f3ff"
_PICTURE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf"
    "\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_ONE = f"{_PICTURE}\ufe0f?[{_SKIN}]?"
_EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"  # a flag: two letters
    "|[0-9#*]\ufe0f?\u20e3"  # a key
    f"|{_ONE}(?:\u200d{_ONE})+"  # several joined into one
    "|\U0001f3f4[\U000e0061-\U000e007a]+\U000e007f"  # a flag of a part of a country
    f"|[\u2600-\u27bf\U0001f000-\U0001faff]\ufe0f?[{_SKIN}]?"
    f"|{_PICTURE}\ufe0f"
)
_TWICE = 2


def weight(text: str) -> int:
    """Weigh a text: links 23, an emoji 2 however many code points it has, Latin letters 1."""
    rest, n_links = links.without(unicodedata.normalize("NFC", text))
    plain, emoji = _EMOJI.subn("", rest)
    return n_links * LINK + emoji * _TWICE + sum(map(_weigh, plain))


def _weigh(character: str) -> int:
    point = ord(character)
    return 1 if any(first <= point <= last for first, last in _LIGHT) else _TWICE
