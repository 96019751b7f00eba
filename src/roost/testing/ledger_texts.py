"""Texts of messages as X's ledger has them, read back into what was written."""

from __future__ import annotations

import html
import re

from roost.model.messages import OutboundMessage

_LINK_OF_MEDIA = re.compile(r"\s?https://t\.co/\w+$")


def as_written(text: str, ours: OutboundMessage) -> str:
    """Undo what X does to a text: its entities, and the link for what hangs on the message.

    Args:
        text: As X has it.
        ours: What was sent.
    """
    bare = _LINK_OF_MEDIA.sub("", text) if ours.attached == "media" else text
    return html.unescape(bare).strip()
