"""Which part of a span X is asked to deliver again, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.intake import replaying, slices
from roost.ports import Replay

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def span(begun: timedelta, ended: timedelta) -> Replay:
    begun_at = NOON + begun
    return Replay("main", "1", "down", NOON, begun_at, NOON + ended, NOON, reached_at=begun_at)


@given(
    begun=st.timedeltas(min_value=-timedelta(days=5), max_value=timedelta(0)),
    long=st.timedeltas(min_value=SECOND, max_value=timedelta(days=4)),
)
def test_the_parts_cover_the_span_in_whole_minutes_and_none_is_too_young(begun, long) -> None:
    one, n = span(begun, begun + long), 0
    before = None
    while not slices.is_whole(one):
        part = slices.next_part(one)
        assert part.begin <= one.reached_at < part.end
        assert before is None or part.begin == before
        assert part.begin.second == part.begin.microsecond == part.end.second == 0
        assert MINUTE <= part.end - part.begin <= slices.AT_MOST
        assert part.may_be_asked_at - part.begin > slices.BEGIN_AGE
        assert part.may_be_asked_at - part.end > slices.END_AGE
        running = replace(one, job_id="7", job_until=part.end)
        one = replaying.after(running, "Complete", now=NOON, again_after=MINUTE)
        before, n = part.end, n + 1
    assert n <= long / slices.AT_MOST + 2


@pytest.mark.parametrize("state", ["Incomplete", "", "complete", "Complete "])
def test_a_part_that_was_not_delivered_whole_is_due_again(state: str) -> None:
    part = slices.next_part(one := span(-3 * slices.AT_MOST, timedelta(0)))
    running = replace(one, job_id="7", job_until=part.end, n_jobs=1)

    ended = replaying.after(running, state, now=NOON, again_after=5 * MINUTE)

    assert (ended.reached_at, ended.job_id) == (one.reached_at, "")
    assert ended.due_at == NOON + 5 * MINUTE
    assert ended.trouble == f"job 7 ended: {state}"
    assert slices.next_part(ended) == part


def test_what_x_does_not_keep_is_left_out_and_said() -> None:
    one = span(-timedelta(days=7), timedelta(0))

    left = slices.within_reach(one, now=NOON + 30 * SECOND)

    assert left.reached_at == left.lost_to == NOON - slices.KEPT_FOR + 2 * MINUTE
    assert slices.within_reach(left, now=NOON + 30 * SECOND) == left


def test_a_span_that_is_too_old_as_a_whole_is_over() -> None:
    one = span(-timedelta(days=9), -timedelta(days=8))

    left = slices.within_reach(one, now=NOON)

    assert slices.is_whole(left)
    assert left.lost_to == one.ended_at
