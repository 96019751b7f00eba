"""What a button may lead to: the same for bots, the desk, its API and X as it is simulated."""

from __future__ import annotations

import pytest

from roost.errors import InvalidMessage
from roost.model import addresses
from roost.simulator.addresses import is_web_address

WHOLE = [
    "https://example.com",
    "HTTPS://EXAMPLE.com",
    "Https://example.com:8443/a?b=%20#c",
    "https://xn--e1afmkfd.xn--p1ai/ä?q=उदाहरण",
    "https://me@example.com./",
    "https://[2001:db8::1]/",
    "https://127.0.0.1",
    "https://localhost",
]
BLANK = [
    ("https://exa mple.com", " "),
    ("https://example.com ", " "),
    ("https://example.com\u202e", "\u202e"),
    ("https://example.com/\u200bmoc.elpmaxe", "\u200b"),
    ("https://example.com/\u2066a", "\u2066"),
    ("https://example.com/\na", "\n"),
    ("https://example.com/\x00", "\x00"),
    ("https://example.com/\u00a0", "\u00a0"),
    ("https://example.com/\ud800", "\ud800"),
    ("https://example.com\\@evil.example", "\\"),
]
HOSTLESS = [
    "https://",
    "https:///example.com",
    "https://?a",
    "https://#a",
    "https://-.",
    "https://a..b",
    "https://пример.рф",
    "https://\uff45xample.com",
    "https://a%b",
    "https://a<b>",
    "https://a:99999",
    "https://a:0",
    "https://a:b",
    "https://[::1",
    "https://[v1.a]",
    f"https://{'a' * 254}",
]


@pytest.mark.parametrize("address", WHOLE)
def test_a_whole_https_address_in_any_case_and_script_is_taken_and_x_takes_it(address: str) -> None:
    addresses.check("buttons[0].url", address)
    assert is_web_address(address)


@pytest.mark.parametrize(
    "address", ["", "http://a.example", "example.com", "javascript:a", " https://a"]
)
def test_what_is_not_https_is_refused(address: str) -> None:
    with pytest.raises(
        InvalidMessage, match=r"^buttons\[1\].url: must start with https://"
    ) as caught:
        addresses.check("buttons[1].url", address)
    assert (caught.value.limit, caught.value.value) == (8, len(address))


@pytest.mark.parametrize(("address", "found"), BLANK)
def test_what_cannot_be_seen_is_in_no_address_and_is_named(address: str, found: str) -> None:
    with pytest.raises(InvalidMessage) as caught:
        addresses.check("buttons[1].url", address)

    said = str(caught.value)
    assert said.startswith(
        "buttons[1].url: must hold no blanks, no backslashes and nothing invisible"
    )
    assert said.endswith(f"found {found!r} in {address!r}")
    assert said.isprintable()
    assert (caught.value.limit, caught.value.value) == (0, 1)


@pytest.mark.parametrize("address", HOSTLESS)
def test_an_address_names_a_host(address: str) -> None:
    with pytest.raises(
        InvalidMessage, match="must name a host behind https://, in ASCII, found"
    ) as caught:
        addresses.check("buttons[1].url", address)
    assert caught.value.limit == 253
