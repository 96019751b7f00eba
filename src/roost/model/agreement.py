"""Whether a typed answer means yes or no, in the usual words of the built-in languages."""

from __future__ import annotations

import re

from roost.model import folding


def _all(words: str) -> frozenset[str]:
    return frozenset(words.split())


_CLEARLY_YES = _all("yes yeah yep yup ja jawohl oui sim")
_YES = _CLEARLY_YES | _all("y sure ok okay si daccord vale claro certo")
_NO = _all("no n nope nah nein non nao nee")
_COURTESY = _all(
    "please thanks thank you bitte danke merci svp gracias por favor obrigado obrigada grazie per"
    " alstublieft dank je u"
)
_TAKES_BACK = _all(
    "but maybe perhaps aber vielleicht mais pero quizas mas talvez ma forse maar misschien"
)
_DENIES = _NO | _all("not never nicht nie pas jamais nunca mai niet nooit")
_IT = _all("it they that this we")
"""What goes on from a "no" in English, where "no idea" and "no problem" do not."""

_BREAK = re.compile(r"[,.;:!?\u2013\u2014]")


def meant(answer: str) -> bool | None:
    """Tell whether an answer means yes or no; `None` where it may mean either, or something else.

    It does where its first clause, a "thanks" before it apart, is made of the usual words, with a
    "please" or "thanks", and what follows does not take it back; or where it begins with a word
    that can only mean yes. "not sure" and "no idea" mean neither.

    Args:
        answer: What the customer typed.

    Example:
        >>> meant("Yes, please"), meant("no, it has not arrived"), meant("not sure")
        (True, False, None)
        >>> meant("Thanks, yes"), meant("thanks")
        (True, None)
    """
    clauses = [clause for clause in map(_words, _BREAK.split(answer)) if clause]
    while clauses and _COURTESY.issuperset(clauses[0]):
        del clauses[0]
    words = [word for clause in clauses for word in clause]
    if not words or _TAKES_BACK & set(words):
        return None
    opening = set(clauses[0])
    says_no = opening & _NO and opening <= _NO | _COURTESY
    if says_no or (words[0] in _NO and words[1:2] and words[1] in _IT):
        return None if _YES & set(words) else False
    is_yes = opening & _YES and opening <= _YES | _COURTESY
    if is_yes or words[0] in _CLEARLY_YES:
        return None if _DENIES & set(words) else True
    return None


def _words(text: str) -> list[str]:
    return [
        word
        for word in folding.words_of(text).replace("d accord", "daccord").split()
        if any(c.isalnum() for c in word)
    ]
