"""Which parts of a text X makes links of.

Source: https://developer.x.com/en/docs/x-api/v1/data-dictionary/object-model/entities (archived).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode

ORIGIN = "https://x.com"
"""Where links lead that open X."""

LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
"""An address and what is written behind it without a space."""

_TRAILING = ".,:;!?'\")]}…"


def places(text: str) -> Iterator[tuple[int, int]]:
    """Give where links begin and end, without the punctuation behind them."""
    for found in LINK.finditer(text):
        link = found.group().rstrip(_TRAILING)
        if not link.endswith("//"):
            yield found.start(), found.start() + len(link)


def without(text: str) -> tuple[str, int]:
    """Take out what X would make links of, and count it.

    Example:
        >>> without("See https://acme.example/a, or ask.")
        ('See , or ask.', 1)
    """
    found = list(places(text))
    ends = [0, *(end for _, end in found)]
    starts = [*(start for start, _ in found), len(text)]
    return "".join(text[end:start] for end, start in zip(ends, starts, strict=True)), len(found)


def opening_conversation(recipient_id: str, *, welcome_message_id: str = "", text: str = "") -> str:
    """Give the deep link that opens a conversation with an account.

    At the end of a Post, or attached to one, X shows it as a *Send a private message* button.

    Args:
        recipient_id: X's id of the account; its name does not do.
        welcome_message_id: Greets instead of the default one; `""` for the usual rules.
        text: Stands ready to be sent.

    Example:
        >>> opening_conversation("1001", welcome_message_id="7001")
        'https://x.com/messages/compose?recipient_id=1001&welcome_message_id=7001'

    Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/welcome-messages/guides
    /deeplinking-to-welcome-message (archived).
    """
    fields = {"recipient_id": recipient_id, "welcome_message_id": welcome_message_id, "text": text}
    given = {name: value for name, value in fields.items() if value}
    return f"{ORIGIN}/messages/compose?{urlencode(given, quote_via=quote, safe='')}"
