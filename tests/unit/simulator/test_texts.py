"""Texts as X gives them back."""

from __future__ import annotations

import html
import itertools

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.simulator import texts
from roost.simulator.entries import UserEntry
from roost.simulator.texts import Surroundings

ADA = UserEntry(user_id="2002", screen_name="ada", name="Ada")


def around() -> Surroundings:
    numbers = itertools.count()
    return Surroundings(
        lambda: f"https://t.co/{next(numbers):010}", lambda name: ADA if name == "ada" else None
    )


def decoded(items: list[msgspec.Raw]) -> list[dict[str, object]]:
    return [msgspec.json.decode(item) for item in items]


def test_escapes_and_shortens_and_counts_in_the_text_it_gives():
    text, entities = texts.as_x_gives("🙂 a<b & see https://shop.example/o/7?a=1&b=2.", around())

    assert text == "🙂 a&lt;b &amp; see https://t.co/0000000000."
    (link,) = entities.urls
    start, end = link.indices
    assert text[start:end] == link.url
    assert link.expanded_url == "https://shop.example/o/7?a=1&b=2"
    assert link.display_url == "shop.example/o/7?a=1&b=2"


def test_lists_hashtags_mentions_of_known_users_and_symbols():
    text, entities = texts.as_x_gives("<3 #Help @ada @nobody $ACME a@ada.example #1", around())

    assert [tag["text"] for tag in decoded(entities.hashtags)] == ["Help"]
    assert [one["text"] for one in decoded(entities.symbols)] == ["ACME"]
    (mention,) = decoded(entities.user_mentions)
    assert mention["id"] == 2002
    start, end = mention["indices"]
    assert text[start:end] == "@ada"


@pytest.mark.parametrize("text", ["https://", "http://...", "see example.com", "ftp://a.example"])
def test_leaves_what_is_no_link(text: str):
    assert texts.as_x_gives(text, around())[1].urls == []


def test_a_long_address_is_shown_cut():
    assert texts.display("https://www.shop.example/" + "a" * 40) == "shop.example/" + "a" * 13 + "…"


@given(st.text())
def test_what_a_person_reads_is_what_was_written(text: str):
    given_back, entities = texts.as_x_gives(text, around())
    read = given_back
    for link in sorted(entities.urls, key=lambda one: one.indices, reverse=True):
        start, end = link.indices
        assert given_back[start:end] == link.url
        read = read[:start] + html.escape(link.expanded_url, quote=False) + read[end:]

    assert html.unescape(read) == html.unescape(html.escape(text, quote=False))
    assert "<" not in given_back
