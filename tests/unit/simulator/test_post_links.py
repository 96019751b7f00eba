"""Addresses of X that mean something in a Post."""

from __future__ import annotations

import pytest

from roost.simulator import post_links
from roost.simulator.post_links import DeepLink


@pytest.mark.parametrize(
    ("url", "post_id"),
    [
        ("https://twitter.com/acme/status/5", "5"),
        ("https://x.com/acme/status/5?s=20", "5"),
        ("http://www.twitter.com/acme/statuses/5/", "5"),
        ("https://mobile.x.com/acme/status/5", "5"),
        ("https://x.com/acme/status/5/photo/1", ""),
        ("https://x.com/acme", ""),
        ("https://notx.com/acme/status/5", ""),
        ("https://x.com.example/acme/status/5", ""),
        ("ftp://x.com/acme/status/5", ""),
        ("https://[x.com/acme/status/5", ""),
        ("", ""),
    ],
)
def test_addresses_of_posts(url: str, post_id: str):
    assert post_links.post_in(url) == post_id


@pytest.mark.parametrize(
    ("query", "link"),
    [
        ("recipient_id=7", DeepLink("7")),
        ("recipient_id=7&welcome_message_id=8&text=a%20b%26c", DeepLink("7", "8", "a b&c")),
        ("text=a", None),
        ("recipient_id=acme", None),
        ("recipient_id=", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("host", ["x.com", "twitter.com"])
def test_deep_links(host: str, query: str, link: DeepLink | None):
    assert post_links.deep_link_in(f"https://{host}/messages/compose?{query}") == link


def test_a_link_to_elsewhere_is_no_deep_link():
    assert post_links.deep_link_in("https://x.com/messages?recipient_id=7") is None
    assert post_links.deep_link_in("https://y.com/messages/compose?recipient_id=7") is None


def test_a_permalink_leads_back_to_its_post():
    assert post_links.post_in(post_links.permalink("acme", "5")) == "5"
