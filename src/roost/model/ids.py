"""Ids and the order they imply. Ids from X stay strings; order is carried by `position`."""

from __future__ import annotations

from datetime import datetime
from typing import NewType

UserId = NewType("UserId", str)
"""An X user, as X gave it: a decimal string such as `"2244994945"`."""

ConversationId = NewType("ConversationId", str)
"""A conversation: for one-to-one Direct Messages both user ids, the smaller first, `"11-22"`."""

MessageId = NewType("MessageId", str)
"""A Direct Message event of X: a decimal string, shared by the v1.1 and v2 APIs."""

MAX_POSITION = 2**63 - 1
"""The highest sort key there is."""
_MAX_DIGITS = 19
_SNOWFLAKE_TIME_BITS = 22

# Milliseconds from 1970 to the beginning of X's ids.
# Source: https://docs.x.com/fundamentals/x-ids (docs of 2026-08-22).
_SNOWFLAKE_BEGINNING = 1_288_834_974_657


def conversation_between(one: UserId, other: UserId) -> ConversationId:
    """Name the one-to-one conversation of two users; the same whichever comes first.

    Source: https://docs.x.com/x-api/direct-messages/lookup/introduction (docs of 2026-08-22),
    whose samples put the numerically smaller id first.
    """
    smaller, larger = sorted((one, other), key=lambda user: (len(user), user))
    return ConversationId(f"{smaller}-{larger}")


def position_of(x_id: str, *, at: datetime) -> int:
    """Give the sort key of something X named: its id as a number, else its time.

    Args:
        x_id: X's id. Anything that is not a decimal number below 2**63 has no order of its own.
        at: When it happened; stands in for the id, see `position_at`.

    Returns:
        A number from 0 to 2**63 - 1.
    """
    if x_id.isascii() and x_id.isdigit() and len(x_id) <= _MAX_DIGITS and int(x_id) <= MAX_POSITION:
        return int(x_id)
    return position_at(at)


def position_at(at: datetime) -> int:
    """Give the sort key of a moment: the smallest id that X could have given out then.

    So what has no id of X's, such as a timer, stands among messages where its time puts it.

    Args:
        at: Aware. Whatever is before X's first id counts as 0.

    Returns:
        A number from 0 to 2**63 - 1: milliseconds since X's first id, << 22.
    """
    milliseconds = max(0, int(at.timestamp() * 1000) - _SNOWFLAKE_BEGINNING)
    return min(milliseconds << _SNOWFLAKE_TIME_BITS, MAX_POSITION)
