"""Texts as people look for them: which words they hold, and where.

Both databases index and look for the same words, made here, so that a search has the same results
in either. A word is what stands between spaces and punctuation, without case and accents. Scripts
that put no spaces between words are cut into single characters and pairs of them; a symbol, such
as an emoji, is a word by itself.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

LONGEST_WORD = 64
"""Characters; of a longer word only so many are compared."""

SNIPPET_BEFORE = 40
SNIPPET_CHARACTERS = 160
"""How much of a long text is shown, and how much of it before the first word found."""

_PLAIN_WORD = re.compile("[0-9a-z]+")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Thai, Lao, Burmese, Khmer, Kana and Han."""

_UNSEEN = frozenset({"Mn", "Mc", "Me", "Cf"})
"""Marks and what only says how to draw: they neither part words nor belong to them."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text.

    Attributes:
        text: Without case and accents.
        start: Where it begins in the text as it was written.
        end: Behind its last character there.
        is_unspaced: Whether it is one character of a script without spaces.
    """

    text: str
    start: int
    end: int
    is_unspaced: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text that is shown, and whether it was looked for."""

    text: str
    is_match: bool


def words_in(text: str) -> list[Word]:
    """Give the words of a text, in their order."""
    if text.isascii():
        return [
            Word(found.group()[:LONGEST_WORD], *found.span())
            for found in _PLAIN_WORD.finditer(text.lower())
        ]
    return list(_words(text))


def indexed(text: str) -> list[str]:
    """Give the words under which a text can be found, each once.

    Example:
        >>> indexed("Où est mon colis? MON COLIS!")
        ['ou', 'est', 'mon', 'colis']
    """
    if text.isascii():
        # As `words_in` gives them, in a tenth of the time: no script without spaces is among them.
        plain = _PLAIN_WORD.findall(text.lower())
        return list(dict.fromkeys([word[:LONGEST_WORD] for word in plain]))
    words = words_in(text)
    return list(dict.fromkeys([word.text for word in words] + _pairs(words)))


def looked_for(text: str) -> list[str]:
    """Give the words that somebody looks for, each once; a text is to hold all of them.

    Example:
        >>> looked_for('"colis" AND (perdu')
        ['colis', 'and', 'perdu']
    """
    words = words_in(text)
    pairs = _pairs(words)
    paired = {character for pair in pairs for character in pair}
    single = [word.text for word in words if not (word.is_unspaced and word.text in paired)]
    return list(dict.fromkeys(single + pairs))


def beginnings(text: str) -> list[str]:
    """Give every beginning of every word of a name, so that it is found while it is typed.

    Example:
        >>> beginnings("Ada L.")
        ['a', 'ad', 'ada', 'l']
    """
    found = [word[:n] for word in indexed(text) for n in range(1, len(word) + 1)]
    return list(dict.fromkeys(found))


def snippet(text: str, wanted: Collection[str]) -> Sequence[Part]:
    """Cut a text down to where it holds the first of some words, and mark these.

    Args:
        text: As it was written.
        wanted: As `looked_for` gave them.
    """
    marked = _marked(text, wanted)
    first = next((n for n, is_match in enumerate(marked) if is_match), 0)
    start = max(0, first - SNIPPET_BEFORE) if len(text) > SNIPPET_CHARACTERS else 0
    end = min(len(text), start + SNIPPET_CHARACTERS)
    parts: list[Part] = [Part("…", is_match=False)] if start else []
    begun = start
    for n in range(start + 1, end + 1):
        if n == end or marked[n] != marked[begun]:
            parts.append(Part(text[begun:n], is_match=marked[begun]))
            begun = n
    return [*parts, Part("…", is_match=False)] if end < len(text) else parts


def _marked(text: str, wanted: Collection[str]) -> list[bool]:
    marked = [False] * len(text)
    words = words_in(text)
    for word, after in itertools.zip_longest(words, words[1:]):
        end = word.end if word.text in wanted else word.start
        if after is not None and _is_pair(word, after) and word.text + after.text in wanted:
            end = after.end
        marked[word.start : end] = [True] * (end - word.start)
    return marked


def _pairs(words: Sequence[Word]) -> list[str]:
    return [
        one.text + other.text for one, other in itertools.pairwise(words) if _is_pair(one, other)
    ]


def _is_pair(one: Word, other: Word) -> bool:
    return one.is_unspaced and other.is_unspaced and one.end == other.start


def _words(text: str) -> Iterator[Word]:
    letters: list[str] = []
    start = end = 0
    for n, character in enumerate(text):
        folded = _folded(character)
        if not folded:
            end = n + 1 if letters else end
            continue
        if not letters:
            start = n
        if folded.isalnum() and not _UNSPACED.match(folded):
            letters.append(folded)
            end = n + 1
            continue
        if letters:
            yield _word(letters, start, end)
            letters = []
        if folded.isalnum() or unicodedata.category(folded[0]) == "So":
            yield Word(folded, n, n + 1, is_unspaced=bool(_UNSPACED.match(folded)))
    if letters:
        yield _word(letters, start, end)


def _word(letters: Sequence[str], start: int, end: int) -> Word:
    return Word("".join(letters)[:LONGEST_WORD], start, end)


def _folded(character: str) -> str:
    """Give a character without case and accents; nothing for one that only changes others."""
    if character.isascii():
        return character.lower()
    # Twice, because a sign such as U+3386 stands for capital letters.
    bare = unicodedata.normalize("NFKD", character.casefold()).casefold()
    return "".join(one for one in bare if unicodedata.category(one) not in _UNSEEN)
