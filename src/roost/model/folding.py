"""Texts as people compare them: without case, accents, punctuation and spare spaces."""

from __future__ import annotations

import unicodedata


def folded(words: str) -> str:
    """Give a text without case, accents and spare spaces.

    Example:
        >>> folded("  Où  est-ce? ")
        'ou est-ce?'
    """
    bare = unicodedata.normalize("NFKD", words.casefold())
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())


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
