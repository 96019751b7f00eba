"""Numbers as people type them when they choose from a list, in the built-in languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

_ORDINALS = """
1: first 1st erste ersten erster erstes primero primera primer premier premiere 1er 1ere
    primeiro primeira primo prima eerste
2: second 2nd zweite zweiten zweiter zweites segundo segunda deuxieme seconde 2eme 2e secondo
    seconda tweede
3: third 3rd dritte dritten dritter drittes tercero tercera tercer troisieme 3eme 3e terceiro
    terceira terzo terza derde
4: fourth 4th vierte vierten vierter viertes cuarto cuarta quatrieme 4eme 4e quarto quarta
    vierde
5: fifth 5th funfte funften funfter funftes quinto quinta cinquieme 5eme 5e vijfde
6: sixth 6th sechste sechsten sechster sechstes sexto sexta sixieme 6eme 6e sesto sesta zesde
7: seventh 7th siebte siebten siebter siebtes septimo septima septieme 7eme 7e setimo setima
    settimo settima zevende
8: eighth 8th achte achten achter achtes octavo octava huitieme 8eme 8e oitavo oitava ottavo
    ottava achtste
9: ninth 9th neunte neunten neunter neuntes noveno novena neuvieme 9eme 9e nono nona negende
10: tenth 10th zehnte zehnten zehnter zehntes decimo decima dixieme 10eme 10e tiende
"""
_CARDINALS = """
1: one eins uno un une um uma een
2: two zwei dos deux dois duas due twee
3: three drei tres trois tre drie
4: four vier cuatro quatre quatro quattro
5: five funf cinco cinq cinque vijf
6: six sechs seis sei zes
7: seven sieben siete sept sete sette zeven
8: eight acht ocho huit oito otto
9: nine neun nueve neuf nove negen
10: ten zehn diez dix dez dieci tien
"""
_LAST = "last letzte letzten letzter letztes ultimo ultima dernier derniere laatste"
_AROUND = (
    "the number no nr option answer choice one please "
    "der die das den nummer antwort bitte "
    "el la lo los las numero opcion respuesta por favor "
    "le les l numero choix reponse sil s il vous te plait svp "
    "o a os as opcao resposta "
    "il lo scelta opzione risposta per favore "
    "de het optie keuze antwoord alsjeblieft"
)

LAST = -1
"""Stands for the last of however many there are."""


def _numbered(table: str) -> dict[str, int]:
    """Read a table of `place: word word …`; a line that names no place goes on with the last."""
    found: dict[str, int] = {}
    place = 0
    for word in table.split():
        if word.endswith(":"):
            place = int(word[:-1])
        else:
            found[word] = place
    return found


NUMBERS: Mapping[str, int] = MappingProxyType(
    {**_numbered(_CARDINALS), **_numbered(_ORDINALS), **dict.fromkeys(_LAST.split(), LAST)}
)
"""Each word that stands for a place in a list, folded, and the place: 1 to 10, or `LAST`.

English, German, Spanish, French, Portuguese, Italian and Dutch.
"""

_FILLERS = frozenset(_AROUND.split())
_DIGITS = re.compile(r"[0-9]{1,3}")


def number_in(words: str) -> int | None:
    """Give the place in a list that a short answer names; `None` if it names none, or several.

    Args:
        words: As `roost.model.folding.words_of` gives them, for example `"the second one please"`.

    Example:
        >>> number_in("2"), number_in("the second one"), number_in("two of three"), number_in("hi")
        (2, 2, None, None)
    """
    parts = words.split()
    if len(parts) == 1:
        return _place(parts[0])
    telling = [part for part in parts if part not in _FILLERS]
    if len(telling) == 1:
        return _place(telling[0])
    return None


def _place(word: str) -> int | None:
    if _DIGITS.fullmatch(word):
        return int(word)
    return NUMBERS.get(word)
