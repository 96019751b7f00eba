"""Where a list goes on, as opaque text that comes back unchanged."""

from __future__ import annotations

import base64
import binascii
from dataclasses import fields
from typing import TypeVar

import msgspec

from roost.desk.problems import UNPROCESSABLE, FieldError, Refused
from roost.ports.activity import ActivityKey
from roost.ports.customers import PastKey
from roost.ports.desk import LineKey, PageKey
from roost.ports.searching import FoundKey

K = TypeVar("K", PageKey, LineKey, ActivityKey, FoundKey, PastKey)

_MOST = 2**63 - 1


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
        return _checked(msgspec.json.decode(raw, type=kind))
    except (ValueError, binascii.Error, msgspec.DecodeError) as error:
        wrong = FieldError(field, "is not what the last part gave")
        raise Refused(
            UNPROCESSABLE, "invalid", "The request is not right.", errors=[wrong]
        ) from error


def _checked(key: K) -> K:
    """Give a key whose numbers a database can take, also one more than they are.

    Raises:
        ValueError: It has another; none of ours does.
    """
    for field in fields(key):
        value = getattr(key, field.name)
        if isinstance(value, int) and not 0 <= value < _MOST:
            raise ValueError(f"{field.name} is {value}, not 0 to {_MOST - 1}")
    return key
