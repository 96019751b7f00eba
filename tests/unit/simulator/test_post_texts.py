"""Texts of Posts: what X adds, and how it cuts."""

from __future__ import annotations

import html
import itertools
import re

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from roost.simulator import post_texts
from roost.simulator.entries import UserEntry
from roost.simulator.texts import Surroundings
from roost.xapi.wire_dm import Url

ADA = UserEntry(user_id="2002", screen_name="ada", name="Ada")
REST = Url("https://t.co/abcdefghij", "https://twitter.com/i/web/status/1", "twitter.com/i/web/st…")
PARTS = st.one_of(
    st.sampled_from(["@ada", "#tag", "$ROO", "https://shop.example/o/7", "&", "<", " ", "é🙂"]),
    st.text(max_size=12),
)
TEXTS = st.lists(PARTS, max_size=40).map(" ".join)


def around() -> Surroundings:
    numbers = itertools.count()
    return Surroundings(
        lambda: f"https://t.co/{next(numbers):010}", lambda name: ADA if name == "ada" else None
    )


def marks(text: post_texts.PostText):
    """Give what each entity covers, in order."""
    entities = text.entities
    raw = [*entities.hashtags, *entities.symbols, *entities.user_mentions]
    places = [msgspec.json.decode(item)["indices"] for item in raw]
    places += [list(url.indices) for url in entities.urls]
    return [text.text[start:end] for start, end in places]


def test_what_x_adds_is_not_shown_as_typed():
    link = "https://x.com/messages/compose?recipient_id=1001&text=a"

    text = post_texts.write("Hi & bye", around(), mentions=["ada", "bob"], link=link)

    assert text.text == "@ada @bob Hi &amp; bye https://t.co/0000000000"
    assert text.text[slice(*text.shown)] == "Hi &amp; bye"
    assert text.entities.urls[-1].expanded_url == link


@given(TEXTS)
def test_a_cut_tears_nothing(typed: str):
    whole = post_texts.write(typed, around(), mentions=(), link="")

    part = post_texts.cut(whole, link=REST)

    assert len(part.text) <= post_texts.CUT_AT
    assert part.text.endswith(f"… {REST.url}")
    before = part.text.removesuffix(f"… {REST.url}")
    assert whole.text.startswith(before)
    assert html.escape(html.unescape(before), quote=False) == before
    for mark in marks(part):
        assert re.fullmatch(r"@ada|#\w+|\$[A-Za-z]+|https://t\.co/\w{10}", mark)


@given(TEXTS)
def test_a_repost_names_its_author_and_fits(typed: str):
    whole = post_texts.write(typed, around(), mentions=(), link="")

    again = post_texts.repeat(whole, ADA)

    assert again.text.startswith("RT @ada:")
    assert len(again.text) <= post_texts.CUT_AT
    assert marks(again)
    for mark in marks(again):
        assert re.fullmatch(r"@ada|#\w+|\$[A-Za-z]+|https://t\.co/\w{10}", mark)
