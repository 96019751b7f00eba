"""Which words texts hold, and what of them is shown."""

from __future__ import annotations

import pytest

from roost.model import searching
from roost.model.searching import Part


def shown(text: str, wanted: str) -> str:
    parts = searching.snippet(text, set(searching.looked_for(wanted)))
    return "".join(f"[{part.text}]" if part.is_match else part.text for part in parts)


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("My PARCEL, my parcel!", "parcel", "My [PARCEL], my [parcel]!"),
        ("Où est-ce", "ou ce", "[Où] est-[ce]"),
        ("cafe\u0301 noir", "café", "[cafe\u0301] noir"),
        ("注文はどこ", "注文", "[注文]はどこ"),
        ("注文はどこ", "注", "[注]文はどこ"),
        ("parcels", "parcel", "parcels"),
        ("", "parcel", ""),
        ("<b>parcel</b>", "parcel b", "<[b]>[parcel]</[b]>"),
    ],
)
def test_what_was_looked_for_is_marked_in_the_text_as_written(text, wanted, expected):
    assert shown(text, wanted) == expected


def test_a_long_text_is_cut_down_to_where_it_holds_the_first_word():
    text = "a " * 500 + "parcel" + " b" * 500

    parts = searching.snippet(text, {"parcel"})

    assert (parts[0], parts[-1]) == (Part("…", is_match=False), Part("…", is_match=False))
    assert Part("parcel", is_match=True) in parts
    inner = sum(len(part.text) for part in parts[1:-1])
    assert inner == searching.SNIPPET_CHARACTERS


def test_words_are_compared_up_to_a_length():
    long = "x" * 1_000

    assert searching.indexed(long) == ["x" * searching.LONGEST_WORD]
    assert searching.looked_for(long + "y") == searching.indexed(long)


def test_no_word_holds_what_a_database_would_take_for_something_else():
    text = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x30000)]))

    words = set(searching.indexed(" ".join(text)))

    assert words
    assert not [word for word in words if set(word) & set(" \"'\0@\t\n") or not word]
    assert not [word for word in words if word.lower() != word and word.isascii()]
