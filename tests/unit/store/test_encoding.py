"""What crosses the edge of the database comes back as it was, or as it is storable."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.model.events import KINDS, MessageReceived, MessageSent, Unrecognised
from roost.model.messages import Button, Message, OutboundMessage, Profile, QuickReply
from roost.store import encoding

ANY_TEXT = st.text(st.characters(exclude_categories=()))
TIMES = st.datetimes(timezones=st.just(UTC))
PROFILES = st.builds(Profile, ANY_TEXT, ANY_TEXT, ANY_TEXT)
OPTIONS = st.lists(
    st.builds(QuickReply, ANY_TEXT, st.none() | ANY_TEXT, st.none() | ANY_TEXT), max_size=2
).map(tuple)
BUTTONS = st.lists(st.builds(Button, ANY_TEXT, ANY_TEXT), max_size=2).map(tuple)
MESSAGES = st.builds(
    Message, ANY_TEXT, ANY_TEXT, st.none() | ANY_TEXT, st.booleans(), OPTIONS, BUTTONS, ANY_TEXT
)
EVENTS = st.one_of(
    *(
        st.builds(
            kind, ANY_TEXT, ANY_TEXT, st.integers(0, 2**63 - 1), ANY_TEXT, PROFILES, MESSAGES, TIMES
        )
        for kind in (MessageReceived, MessageSent)
    ),
    st.builds(Unrecognised, ANY_TEXT, ANY_TEXT, st.integers(0, 2**63 - 1), ANY_TEXT, TIMES),
)


def is_storable(text):
    return "\0" not in text and text.encode("utf-8", "ignore").decode() == text


@given(EVENTS)
def test_an_event_comes_back_as_it_was_stored(event):
    stored, payload = encoding.encode(event)

    assert encoding.decode_event(KINDS[type(event)], payload) == stored
    assert is_storable(stored.event_key)
    assert is_storable(stored.account_id)
    assert "\\u0000" not in json.dumps(json.loads(payload)).replace("\\\\", "")


@given(EVENTS)
def test_storing_again_changes_nothing(event):
    stored, payload = encoding.encode(event)

    assert encoding.encode(stored) == (stored, payload)


@given(st.builds(OutboundMessage, ANY_TEXT, OPTIONS, BUTTONS))
def test_an_outbound_message_comes_back_as_it_was_stored(message):
    stored, payload = encoding.encode(message)

    assert encoding.decode_outbound(payload) == stored


@given(st.text())
def test_text_a_database_takes_is_left_alone(text):
    storable = text.replace("\0", "")

    assert encoding.storable_text(storable) == storable


@given(ANY_TEXT)
def test_text_a_database_refuses_is_replaced_character_by_character(text):
    stored = encoding.storable_text(text)

    assert is_storable(stored)
    assert len(stored) == len(text)
    assert encoding.storable_parameters({"a": text, "b": 1, "c": b"\0", "d": None}) == {
        "a": stored,
        "b": 1,
        "c": b"\0",
        "d": None,
    }


LAST_MILLISECOND = datetime.max.replace(microsecond=999_000, tzinfo=UTC)


@given(st.datetimes(timezones=st.just(UTC), max_value=LAST_MILLISECOND.replace(tzinfo=None)))
def test_a_time_comes_back_to_the_millisecond(at):
    back = encoding.moment(encoding.milliseconds(at))

    assert timedelta(0) <= at - back < timedelta(milliseconds=1)
    later = encoding.moment(encoding.milliseconds_not_before(at))
    assert timedelta(0) <= later - at < timedelta(milliseconds=1)


@pytest.mark.parametrize("at", [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)])
@pytest.mark.parametrize("hours", [-14, 0, 14])
def test_a_time_at_the_end_of_all_times_comes_back_as_one(at, hours):
    at = at.replace(tzinfo=timezone(timedelta(hours=hours)))

    for stored in (encoding.milliseconds(at), encoding.milliseconds_not_before(at)):
        assert abs(encoding.moment(stored) - at) < timedelta(hours=14, milliseconds=1)


def test_a_number_that_no_time_stands_for_is_the_first_or_the_last():
    for beyond in (253_402_300_800_000, 2**62):
        assert encoding.moment(beyond) == datetime.max.replace(tzinfo=UTC)
        assert encoding.moment(-beyond) == datetime.min.replace(tzinfo=UTC)
    assert encoding.milliseconds_not_before(datetime.max.replace(tzinfo=UTC)) == 253_402_300_799_999


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(TypeError):
        encoding.milliseconds(datetime(2026, 3, 1))  # noqa: DTZ001 - the mistake to be refused
