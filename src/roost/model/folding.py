"""Texts as people compare them: without case, accents, punctuation and spare spaces."""

from __future__ import annotations

import unicodedata

_PLAIN = str.maketrans(
    {
        "œ": "oe",
        "æ": "ae",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    }
)
"""Letters that Unicode does not take apart, as they are written without them."""

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def folded(words: str) -> str:
    """Give a text without case, accents and spare spaces.

    Example:
        >>> folded("  Où  est-ce? "), folded("Sœur"), folded("Straße")
        ('ou est-ce?', 'soeur', 'strasse')
    """
    # What is taken apart may have capitals in it, as the sign for "number" has.
    apart = unicodedata.normalize("NFKD", words.casefold()).casefold()
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    return " ".join(bare.translate(_PLAIN).split())


def words_of(text: str) -> str:
    """Give the letters and digits of a text, folded, its words parted by one space.

    A text of nothing but marks or emoji has no words; it is then given folded as it is, and where
    folding leaves nothing (an accent by itself) as it was written, so that two different ones
    never become equal.

    Example:
        >>> words_of("📦 Track: an order!")
        'track an order'
    """
    plain = folded(text)
    kept = "".join(c if c.isalnum() else " " for c in plain)
    return " ".join(kept.split()) or plain or text.strip()


def spelt_out(text: str) -> str:
    """Give a text's words as `words_of` does, with umlauts as they are written without them.

    Example:
        >>> spelt_out("Männer"), words_of("Männer")
        ('maenner', 'manner')
    """
    composed = unicodedata.normalize("NFC", text.casefold())
    return words_of(composed.translate(_UMLAUTS))
