"""Conversations and the order of things."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from roost.model.ids import UserId, conversation_between, position_at, position_of

AT = datetime(2026, 1, 1, tzinfo=UTC)


@given(st.integers(1, 2**63 - 1), st.integers(1, 2**63 - 1))
def test_a_conversation_has_one_name_whoever_is_named_first(one: int, other: int) -> None:
    name = conversation_between(UserId(str(one)), UserId(str(other)))
    assert name == conversation_between(UserId(str(other)), UserId(str(one)))
    assert name == f"{min(one, other)}-{max(one, other)}"


@given(st.lists(st.integers(0, 2**63 - 1), min_size=2))
def test_ids_are_ordered_as_numbers(ids: list[int]) -> None:
    ordered = sorted(map(str, ids), key=lambda x_id: position_of(x_id, at=AT))
    assert [int(x_id) for x_id in ordered] == sorted(ids)


def test_what_has_no_number_is_ordered_by_its_time() -> None:
    assert position_of("abc", at=AT) == position_at(AT)
    assert position_of("9" * 30, at=AT) == position_of("", at=AT)
    assert position_of(str(2**63), at=AT) == position_of("", at=AT)
    assert position_of(str(2**63 - 1), at=AT) == 2**63 - 1


def test_a_moment_stands_where_x_s_ids_of_that_moment_stand() -> None:
    # Source: https://docs.x.com/fundamentals/x-ids (docs of 2026-08-22): 1050118621198921728 was
    # given out on 2018-10-10 at 20:19:24 UTC.
    given_out = datetime(2018, 10, 10, 20, 19, 24, tzinfo=UTC)
    position = position_of("1050118621198921728", at=AT)
    assert position_at(given_out) <= position < position_at(given_out + timedelta(seconds=1))


def test_a_moment_outside_of_x_s_ids_is_put_at_their_end() -> None:
    assert position_at(datetime(1970, 1, 1, tzinfo=UTC)) == 0
    assert position_at(datetime(9999, 1, 1, tzinfo=UTC)) == 2**63 - 1
