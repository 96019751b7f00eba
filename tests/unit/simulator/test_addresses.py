"""Web addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from roost.simulator.addresses import is_public, is_web_address


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


@pytest.mark.parametrize(
    "host",
    ["desk.example", "Bot.Example.TEST", "8.8.8.8", "2606:4700:4700::1111", "a.b.local.example"],
)
def test_hosts_that_x_could_reach(host: str):
    assert is_public(host)


@pytest.mark.parametrize(
    "host",
    [
        *("", "localhost", "LOCALHOST", "localhost.", "a.localhost", "intranet", "printer.local"),
        *("db.internal", "nas.lan", "router.home.arpa", "127.0.0.1", "127.0.0.1.", "127.1"),
        *("0x7f000001", "2130706433", "0177.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.1"),
        *("::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fe80::1", "fe80::1%eth0"),
        *("fc00::1", "ff02::1", "2001:db8::1"),
    ],
)
def test_hosts_that_x_could_not_reach(host: str):
    assert not is_public(host)


@given(st.text())
def test_every_text_is_judged(host: str):
    assert is_public(host) in {True, False}
