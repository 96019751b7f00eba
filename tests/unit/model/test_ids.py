"""Conversations and the order of things."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from roost.model.ids import UserId, conversation_between, position_of

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
    assert position_of("abc", at=AT) == int(AT.timestamp() * 1000) << 22
    assert position_of("9" * 30, at=AT) == position_of("", at=AT)
    assert position_of(str(2**63), at=AT) == position_of("", at=AT)
    assert position_of(str(2**63 - 1), at=AT) == 2**63 - 1
