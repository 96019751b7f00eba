"""Where a list goes on, as opaque text that comes back unchanged."""

from __future__ import annotations

import base64
import binascii
from typing import TypeVar

import msgspec

from roost.desk.problems import UNPROCESSABLE, FieldError, Refused
from roost.ports.activity import ActivityKey
from roost.ports.customers import PastKey
from roost.ports.desk import LineKey, PageKey
from roost.ports.searching import FoundKey

K = TypeVar("K", PageKey, LineKey, ActivityKey, FoundKey, PastKey)


def write(key: PageKey | LineKey | ActivityKey | FoundKey | PastKey | None) -> str | None:
    """Put a key into text that is safe in a URL; `None` stays `None`."""
    if key is None:
        return None
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def read(text: str | None, kind: type[K], *, field: str) -> K | None:
    """Read a key back.

    Raises:
        Refused: It is none of ours.
    """
    if text is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return msgspec.json.decode(raw, type=kind)
    except (ValueError, binascii.Error, msgspec.DecodeError) as error:
        wrong = FieldError(field, "is not what the last part gave")
        raise Refused(
            UNPROCESSABLE, "invalid", "The request is not right.", errors=[wrong]
        ) from error
