"""JSON as X writes it."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.simulator import escapes

# Source: the beginning of a Post in a webhook body that was captured in 2021-08.
AS_X_WROTE_IT = (
    rb'{"text":"\uff12\u3064","source":"\u003ca href=\"https:\/\/mobile.twitter.com\"\u003e"}'
)


def test_a_body_comes_out_as_x_wrote_it():
    said = msgspec.json.decode(AS_X_WROTE_IT)

    assert escapes.escaped(msgspec.json.encode(said)) == AS_X_WROTE_IT


@given(st.recursive(st.text(), lambda inner: st.dictionaries(st.text(), inner)))
def test_what_is_said_stays_the_same(said):
    written = escapes.escaped(msgspec.json.encode(said))

    assert written.isascii()
    assert msgspec.json.decode(written) == said
    assert escapes.escaped(written) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [("\uffff", rb"\uffff"), ("\U00010000", rb"\ud800\udc00"), ("\U0010ffff", rb"\udbff\udfff")],
)
def test_what_needs_two_units_gets_two(text, written):
    assert escapes.escaped(text.encode()) == written
