"""Typed answers find the option they mean, and nothing is guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.model import answers, folding, ordinals

MENU = ["📦 Track an order", "Talk to a person", "Öffnungszeiten", "Track a return"]


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("Track an order", 0),
        ("track an ORDER!", 0),
        ("📦 track an order", 0),
        ("offnungszeiten", 2),
        ("Öffnungs", 2),
        ("talk", 1),
        ("track a r", 3),
        ("track", None),
        ("1", 0),
        ("#2", 1),
        ("2.", 1),
        ("option 4", 3),
        ("the second one please", 1),
        ("zwei", 1),
        ("die dritte", 2),
        ("la última", 3),
        ("le deuxième", 1),
        ("número tres", 2),
        ("5", None),
        ("0", None),
        ("the first or the second", None),
        ("", None),
        ("   ", None),
        ("😀", None),
        ("person", None),
    ],
)
def test_an_answer_means_what_a_person_would_take_it_for(typed: str, place: int | None) -> None:
    assert answers.chosen(typed, MENU) == place


def test_labels_that_start_with_digits_are_meant_before_places() -> None:
    labels = ["2 tickets", "1 ticket", "20 tickets"]
    assert answers.chosen("1", labels) == 1
    assert answers.chosen("2", labels) == 0
    assert answers.chosen("20", labels) == 2
    assert answers.chosen("3", labels) == 2, "no label starts with it: it is a place"


def test_two_equal_labels_are_not_guessed_between() -> None:
    assert answers.chosen("yes", ["Yes", "yes!"]) is None


def test_emoji_alone_tell_options_apart() -> None:
    assert answers.chosen("👎", ["👍", "👎"]) == 1


def test_an_accent_by_itself_is_a_label_too() -> None:
    assert answers.chosen("\N{DIAERESIS}", ["\N{CEDILLA}", "\N{DIAERESIS}"]) == 1


@given(
    labels=st.lists(
        st.text(min_size=1, max_size=36).filter(str.strip),
        min_size=1,
        max_size=20,
        unique_by=folding.words_of,
    ),
    data=st.data(),
)
def test_every_label_means_itself(labels: list[str], data: st.DataObject) -> None:
    wanted = data.draw(st.integers(0, len(labels) - 1))
    assert answers.chosen(labels[wanted], labels) == wanted


@given(
    labels=st.lists(
        st.text("abcdefgh ", min_size=1, max_size=12).filter(str.strip),
        min_size=1,
        max_size=10,
        unique_by=folding.words_of,
    ),
    data=st.data(),
)
def test_number_word_and_label_lead_to_the_same_option(
    labels: list[str], data: st.DataObject
) -> None:
    wanted = data.draw(st.integers(0, len(labels) - 1))
    spoken = [word for word, n in ordinals.NUMBERS.items() if n == wanted + 1]
    word = data.draw(st.sampled_from(spoken))
    assert answers.chosen(str(wanted + 1), labels) == wanted
    assert answers.chosen(word, labels) == wanted


@given(answer=st.text(max_size=50), labels=st.lists(st.text(max_size=36), max_size=20))
def test_any_text_is_answered_with_an_option_or_none(answer: str, labels: list[str]) -> None:
    place = answers.chosen(answer, labels)
    assert place is None or 0 <= place < len(labels)
