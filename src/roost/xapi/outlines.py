"""What can still be told of a listed message whose whole cannot be read."""

from __future__ import annotations

from datetime import datetime

import msgspec

from roost.model import ids

_MESSAGE = "message_create"


class _Sender(msgspec.Struct):
    sender_id: str = ""


class _Outline(msgspec.Struct):
    type: str
    id: str = ""
    message_create: _Sender | None = None


class _Id(msgspec.Struct):
    id: str = ""


def may_be_sent_by(account_id: str, element: msgspec.Raw) -> bool:
    """Tell whether an element of a list may be a message of an account: yes, unless it says no."""
    try:
        outline = msgspec.json.decode(element, type=_Outline)
    except (ValueError, RecursionError):
        return True
    sender_id = outline.message_create.sender_id if outline.message_create else ""
    return outline.type == _MESSAGE and sender_id in {"", account_id}


def position_of(element: msgspec.Raw, *, at: datetime) -> int:
    """Give where an element stands among messages; as of a time where it names no id."""
    try:
        x_id = msgspec.json.decode(element, type=_Id).id
    except (ValueError, RecursionError):
        x_id = ""
    return ids.position_of(x_id, at=at)
