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


FRUIT = ["Apples", "Bananas", "Cherries"]


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        *[
            (one, 0)
            for one in ("1º", "1ª", "1.º", "1e", "1er", "1re", "1ste", "1ter", "1ro", "1ra")
        ],
        *[
            (one, 1)
            for one in ("2º", "2ª", "2°", "2de", "2te", "2.", "2nd one", "2ème", "2do", "zwo")
        ],
        *[(one, 2) for one in ("3de", "3rd", "3me", "3er", "el 3º", "③")],
        *[(one, 1) for one in ("n° 2", "nº 2", "№ 2", "no. 2", "Nr. 2", "#2", "núm. 2")],
        *[(one, 0) for one in ("number one", "option one", "one please", "the number one")],
        *[(one, 0) for one in ("o um", "opção um", "la prima", "erstens", "zum ersten")],
        *[(one, None) for one in ("Um", "um...", "Prima!", "the one", "no one", "4º")],
        ("one", 0),
    ],
)
def test_a_number_is_understood_as_it_is_written_in_any_language(
    typed: str, place: int | None
) -> None:
    assert answers.chosen(typed, FRUIT) == place


COUNTED = [
    "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty",
    "elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig",
    (
        "elfte zwoelfte dreizehnte vierzehnte fuenfzehnte "
        "sechzehnten siebzehnte achtzehnte neunzehnte zwanzigste"
    ),
    "once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte",
    "onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf vingt",
    "onze doze treze catorze quinze dezesseis dezessete dezoito dezenove vinte",
    "undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove venti",
    "elf twaalf dertien veertien vijftien zestien zeventien achttien negentien twintig",
    "11th 12th 13th 14th 15th 16th 17th 18th 19th 20th",
    "11º 12º 13º 14º 15º 16º 17º 18º 19º 20º",
    (
        "undécimo duodécimo decimotercero decimocuarto decimoquinto "
        "decimosexto decimoséptimo decimoctavo decimonoveno vigésimo"
    ),
    (
        "onzième douzième treizième quatorzième quinzième "
        "seizième dix-septième dix-huitième dix-neuvième vingtième"
    ),
]


@pytest.mark.parametrize("line", COUNTED)
def test_all_twenty_options_have_numbers_in_words(line: str) -> None:
    labels = [f"Colour {letter}" for letter in "abcdefghijklmnopqrst"]
    assert [answers.chosen(word, labels) for word in line.split()] == [*range(10, 20)]


@pytest.mark.parametrize(
    ("typed", "place"),
    [("décimo primeiro", 10), ("décima segunda", 11), ("décimo nono", 18), ("décimo", 9)],
)
def test_an_ordinal_of_two_words_is_one(typed: str, place: int) -> None:
    labels = [f"Colour {letter}" for letter in "abcdefghijklmnopqrst"]
    assert answers.chosen(typed, labels) == place


@pytest.mark.parametrize(
    ("typed", "labels"),
    [
        ("last", ["Last month", "This month", "Next month"]),
        ("premier", ["Bundesliga", "Premier League"]),
        ("second", ["Second class", "First class"]),
        ("two", ["One person", "Three people", "Two people"]),
        ("dos", ["Una persona", "Tres personas", "Dos personas"]),
    ],
)
def test_a_number_that_begins_another_label_is_not_guessed(typed: str, labels: list[str]) -> None:
    assert answers.chosen(typed, labels) is None


@given(
    labels=st.lists(
        st.text("abcdefghijklmnopqrstuvwxyz 12", min_size=1, max_size=12).filter(str.strip),
        min_size=1,
        max_size=20,
        unique_by=folding.words_of,
    ),
    word=st.sampled_from(sorted(ordinals.NUMBERS)),
)
def test_a_number_never_means_one_option_where_it_begins_another(
    labels: list[str], word: str
) -> None:
    place = answers.chosen(word, labels)
    begun = [n for n, label in enumerate(labels) if folding.words_of(label).startswith(word)]
    is_label = word in map(folding.words_of, labels)
    assert place is None or is_label or set(begun) <= {place}


@pytest.mark.parametrize(
    ("typed", "label"),
    [("soeur", "Sœur"), ("Sœur", "Soeur"), ("Maenner", "Männer"), ("Männer", "Maenner"),
     ("Manner", "Männer"), ("strasse", "Straße"), ("Lodz", "Łódź"), ("maen", "Männer")],
)  # fmt: skip
def test_letters_may_be_written_without_their_marks(typed: str, label: str) -> None:
    assert answers.chosen(typed, ["Other", label]) == 1


def test_labels_that_start_with_digits_are_meant_before_places() -> None:
    labels = ["2 tickets", "1 ticket", "20 tickets"]
    assert answers.chosen("1", labels) == 1
    assert answers.chosen("2", labels) == 0
    assert answers.chosen("20", labels) == 2
    assert answers.chosen("3", labels) == 2, "no label starts with it: it is a place"


ROWS = ["Row 3", "Row 7", "Row 12"]
PEOPLE = ["Two people", "One person", "Four people"]


@pytest.mark.parametrize(
    ("typed", "labels", "place"),
    [
        ("3", ROWS, None),
        ("three", ROWS, None),
        ("number 3", ROWS, None),
        ("7", ROWS, 1),
        ("no. 12", ROWS, 2),
        ("seven", ROWS, 1),
        ("1", ROWS, 0),
        ("2", ROWS, 1),
        ("row 3", ROWS, 0),
        ("the third one", ROWS, 2),
        ("3rd", ROWS, 2),
        ("option 3", ROWS, 2),
        ("die letzte", ROWS, 2),
        ("8", ROWS, None),
        ("1", PEOPLE, None),
        ("2", PEOPLE, None),
        ("4", PEOPLE, 2),
        ("2026", ["March 2026", "March 2027"], 0),
        ("66", ["Route 66 north", "Route 66 south"], None),
        ("2", ["Yes", "No", "FAQ: top 2"], 1),
        ("11", ["Call 11", "Write"], None),
        ("1", ["Une question", "Un colis", "Une facture"], 0),
        ("2", ["2 tickets", "1 ticket", "Table for 2"], None),
        ("2", ["Room 2", "Room 2 with a view"], 1),
    ],
)
def test_a_number_that_may_be_a_label_s_or_a_place_is_not_guessed(
    typed: str, labels: list[str], place: int | None
) -> None:
    assert answers.chosen(typed, labels) == place


@given(
    numbers=st.lists(st.integers(0, 30), min_size=2, max_size=12, unique=True),
    number=st.integers(0, 31),
)
def test_where_labels_are_told_apart_by_numbers_one_means_no_other_label(
    numbers: list[int], number: int
) -> None:
    place = answers.chosen(str(number), [f"Row {n}" for n in numbers])
    if number in numbers:
        holding = numbers.index(number)
        is_place_too = 1 <= number <= len(numbers) and number - 1 != holding
        assert place == (None if is_place_too else holding)


@pytest.mark.parametrize(
    ("typed", "labels", "place"),
    [
        ("2", ["Red", "Green"], 1),
        ("GREEN!", ["Red", "Green"], 1),
        ("the second one", ["Red", "Green"], 1),
        ("gr", ["Red", "Green"], None),
        ("blue", ["Red", "Green"], None),
        ("3", ["1", "2", "5"], None),
        ("5", ["1", "2", "5"], 2),
        ("2", ["Two or more", "Just me"], None),
        ("3", ["Red", "Green"], None),
        ("", ["Red", "Green"], None),
    ],
)
def test_beside_free_text_only_a_label_or_its_number_is_an_option(
    typed: str, labels: list[str], place: int | None
) -> None:
    assert answers.picked(typed, labels) == place


def test_two_equal_labels_are_not_guessed_between() -> None:
    assert answers.chosen("yes", ["Yes", "yes!"]) is None


@pytest.mark.parametrize(
    ("typed", "labels", "place"),
    [
        ("Résumé", ["Résumé", "Resume"], 0),
        ("Resume", ["Résumé", "Resume"], 1),
        ("resume", ["Résumé", "Resume"], None),
        (" C++ ", ["C", "C++", "C#"], 1),
        ("C#", ["C", "C++", "C#"], 2),
        ("> 10", ["< 10", "> 10"], 1),
    ],
)
def test_a_label_that_is_typed_as_it_is_written_means_itself(
    typed: str, labels: list[str], place: int | None
) -> None:
    assert answers.chosen(typed, labels) == place


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
