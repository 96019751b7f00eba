"""Typed answers to a question for yes or no: the usual words count, and nothing is guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.model import agreement

YES = (
    "yes", "Yes please!", "y", "oui", "ja!", "sí", "ok, thanks", "sim", "d'accord", "D\u2019accord",
    "yes it did", "Yes, it has arrived.", "...yes", "vale, gracias", "ja, bitte", "Yes.",
    "thanks, yes", "Thank you! Yes.", "danke: ja", "Thanks... please, yes it has",
)  # fmt: skip
NO = (
    "no", "No thanks", "nein", "não", "nope!", "non merci", "n", "no, it hasn't", "No it has not",
    "No, never.", "nee, dank u", "thanks, no", "Danke, nein", "thanks, no, it has not",
)  # fmt: skip
NEITHER = (
    "not sure", "are you sure?", "no idea", "no problem", "I'd like to think about it", "never",
    "yes but not all of it", "yes and no", "yes!! no", "ok where is it", "y cuando llega", "maybe",
    "thanks", "thanks, thank you!", "thanks, but no", "thanks for nothing, yes", "bitte, danke",
    "claro que no", "it is that no", "", "!!", "\N{THUMBS UP SIGN}", "please", "no, sure",
)  # fmt: skip


@pytest.mark.parametrize("answer", YES)
def test_it_means_yes(answer: str) -> None:
    assert agreement.meant(answer) is True


@pytest.mark.parametrize("answer", NO)
def test_it_means_no(answer: str) -> None:
    assert agreement.meant(answer) is False


@pytest.mark.parametrize("answer", NEITHER)
def test_it_means_neither_and_is_asked_again(answer: str) -> None:
    assert agreement.meant(answer) is None


@given(st.sampled_from(YES), st.sampled_from(NO), st.booleans())
def test_who_says_both_is_asked_again(yes: str, no: str, is_yes_first: bool) -> None:
    said = f"{yes}, {no}" if is_yes_first else f"{no}, {yes}"
    assert agreement.meant(said) is None


@given(st.text(max_size=60))
def test_any_text_is_taken(answer: str) -> None:
    assert agreement.meant(answer) in {True, False, None}
