"""Which part of a span X is asked to deliver again next, and when it may be asked. Pure.

X takes whole minutes, spans within the last five days, and nothing that is quite new.

Source: https://github.com/xdevplatform/docs, x-api/enterprise-gnip-2.0/fundamentals
/account-activity.mdx at 321ec888.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from roost.ports import Replay

KEPT_FOR = timedelta(days=5)
"""How far back X delivers again."""

BEGIN_AGE = timedelta(minutes=31)
"""How old the beginning of a span has to be."""

END_AGE = timedelta(minutes=10)
"""How old its end has to be."""

AT_MOST = timedelta(hours=2)
"""The longest span X advises for one job."""

MINUTE = timedelta(minutes=1)
"""What X counts in, and how much its clock may differ from ours."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Part:
    """What one job is for.

    Attributes:
        begin: A whole minute; part of it.
        end: A whole minute; no more part of it.
        may_be_asked_at: Not before then.
    """

    begin: datetime
    end: datetime
    may_be_asked_at: datetime


def within_reach(replay: Replay, *, now: datetime) -> Replay:
    """Give the span without what X does not deliver again any more."""
    oldest = _up(now - KEPT_FOR) + MINUTE
    if replay.reached_at >= oldest:
        return replay
    return replace(replay, reached_at=oldest, lost_to=min(oldest, replay.ended_at))


def is_whole(replay: Replay) -> bool:
    """Tell whether nothing of the span is left to ask for."""
    return replay.reached_at >= replay.ended_at


def next_part(replay: Replay) -> Part:
    """Give what to ask for next of a span that is not whole."""
    begin = _down(replay.reached_at)
    end = min(begin + AT_MOST, _up(replay.ended_at))
    return Part(begin, end, max(begin + BEGIN_AGE, end + END_AGE) + MINUTE)


def _down(at: datetime) -> datetime:
    return _EPOCH + (at - _EPOCH) // MINUTE * MINUTE


def _up(at: datetime) -> datetime:
    return _EPOCH - (_EPOCH - at) // MINUTE * MINUTE
