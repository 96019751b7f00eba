"""Web addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from roost.simulator.addresses import is_web_address


@pytest.mark.parametrize(
    "text",
    [
        "http://a",
        "https://shop.example/o/7?a=%2f#x",
        "HTTPS://[::1]:8443/",
        "http://127.0.0.1:5005/",
    ],
)
def test_addresses(text: str):
    assert is_web_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "/a",
        "//a/b",
        "ftp://a/",
        "javascript:alert(1)",
        "https://",
        "http://:80/",
        "http://a b/",
        "http://a\\b/",
        "http://a/\n",
        "http://a:0/",
        "http://a:99999/",
        "http://[::1",
    ],
)
def test_what_is_none(text: str):
    assert not is_web_address(text)


PARTS = st.sampled_from([*"ab.:/@[]%\\#?0 é\x00", "http://", "https://", "::1"])


@given(st.lists(PARTS).map("".join) | st.text())
def test_whatever_is_taken_can_be_called(text: str):
    if is_web_address(text):
        assert URL(text, encoded=True).origin().host
