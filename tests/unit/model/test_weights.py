"""How long X takes a Post to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.model import weights


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("", 0),
        ("abc", 3),
        ("cafe\u0301", 4),
        ("Привет", 6),
        ("日本", 4),
        ("“quoted”—…", 11),  # only the dots count twice
        ("https://shop.example/a?b=c#d", 23),
        ("see https://a.example, http://b.example.", 4 + 23 + 2 + 23 + 1),
        ("shop.example", 12),
        ("😀", 2),
        ("❤️", 2),
        ("👍🏽", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("🇳🇴", 2),
        ("🇳🇴🇸🇪", 4),
        ("1️⃣", 2),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 2),
        ("1 2 #", 5),
        ("©", 1),
        ("→", 2),
    ],
)
def test_texts_weigh_what_x_says(text: str, weight: int):
    assert weights.weight(text) == weight


@given(st.text(max_size=50))
def test_nothing_weighs_more_than_twice_its_length(text: str):
    assert 0 <= weights.weight(text) <= 23 * max(1, len(text))
    assert "http" in text or weights.weight(text) <= 2 * len(text)
