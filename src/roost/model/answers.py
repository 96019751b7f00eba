"""Which of the offered options a typed answer means: its label, its number, or its beginning."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from roost.model import folding, ordinals

_SEVERAL = 2


def chosen(answer: str, labels: Sequence[str]) -> int | None:
    """Find the option that an answer means.

    Case, accents, marks and emoji do not count, nor whether umlauts are spelt out. The whole label
    decides before anything else; then a beginning of exactly one label where both start with a
    digit ("2 tickets" is not the second option). Then the option's number, in digits or words of
    the built-in languages ("2", "the second one", "die letzte"), and the beginning of exactly one
    label, unless these two mean different options ("last" among "Last month", "This month", "Next
    month").

    Where labels are told apart by numbers ("Row 3", "Row 7", "Row 12"), so that two or more of them
    hold different ones, a number means the label that holds it, too: "12" is the row, and "3",
    which is a row and a place, is neither. "the third one" is a place.

    Args:
        answer: What the customer typed.
        labels: Of the options, in the order they were offered; any number of them.

    Returns:
        The option's index, 0 for the first; `None` where the answer means none, or could mean
        several: then nothing is guessed.

    Example:
        >>> chosen("trk", ["Track an order", "Talk to a person"])
        >>> chosen("TRACK", ["Track an order", "Talk to a person"])
        0
        >>> chosen("the second one", ["Track an order", "Talk to a person"])
        1
    """
    words = folding.words_of(answer)
    if not words:
        return None
    if any(folding.words_of(label) == words for label in labels):
        return named(answer, labels)
    begun = {n for n, label in enumerate(labels) if _begins(label, answer)}
    number = ordinals.number_in(words)
    place = None if number is None else _index(number, len(labels))
    meant = begun | _holding(words, number, labels)
    if place is None or (words[0].isdigit() and begun):
        return _only(meant)
    return _only(meant | {place})


def picked(answer: str, labels: Sequence[str]) -> int | None:
    """Find the option that an answer means where it may as well mean something else, as by itself.

    Only a whole label does, or a number where no label holds any; args and result as in `chosen`.

    Example:
        >>> picked("2", ["Red", "Green"]), picked("2", ["1", "5"]), picked("gr", ["Red", "Green"])
        (1, None, None)
    """
    words = folding.words_of(answer)
    place = named(answer, labels)
    number = ordinals.number_in(words)
    if place is not None or number is None or any(map(_held_by, labels)):
        return place
    return _index(number, len(labels))


def named(answer: str, labels: Sequence[str]) -> int | None:
    """Find the option whose whole label an answer is, as in `chosen`; `None` for none, or two.

    Of labels that differ by accents or marks only, one that is typed as it is written is meant.

    Example:
        >>> named("Resume", ["Résumé", "Resume"]), named("resume", ["Résumé", "Resume"])
        (1, None)
    """
    exact = [n for n, label in enumerate(labels) if label.split() == answer.split()]
    if len(exact) == 1:
        return exact[0]
    words = folding.words_of(answer)
    return _only([n for n, label in enumerate(labels) if folding.words_of(label) == words])


def _holding(words: str, number: int | None, labels: Sequence[str]) -> set[int]:
    """Give the places of the labels that hold a number, where numbers tell labels apart."""
    held = [_held_by(label) for label in labels]
    n_holding = sum(map(bool, held))
    if number is None or n_holding < _SEVERAL or ordinals.is_place(words):
        return set()
    is_telling = len(frozenset[int]().union(*held)) >= _SEVERAL
    return {n for n, numbers in enumerate(held) if is_telling and number in numbers}


def _held_by(label: str) -> frozenset[int]:
    return ordinals.held_by(folding.words_of(label))


def _begins(label: str, answer: str) -> bool:
    """Whether a label starts with an answer; umlauts may be spelt out in either of them."""
    return any(_starts(fold(label), fold(answer)) for fold in (folding.words_of, folding.spelt_out))


def _starts(option: str, words: str) -> bool:
    """Whether the option starts with these words; a digit is only met by the whole number."""
    if not option.startswith(words):
        return False
    following = option[len(words) : len(words) + 1]
    return not (words[-1].isdigit() and following.isdigit())


def _index(number: int, n_options: int) -> int | None:
    if number == ordinals.LAST:
        return n_options - 1
    return number - 1 if 1 <= number <= n_options else None


def _only(found: Collection[int]) -> int | None:
    return next(iter(found)) if len(found) == 1 else None
