"""Numbers as people type them when they choose from a list, in the built-in languages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

_ORDINALS = """
1: first erste ersten erster erstes erstens primero primera primer premier premiere primeiro
    primeira primo eerste eersten
2: second zweite zweiten zweiter zweites zweitens segundo segunda deuxieme seconde secondo seconda
    tweede
3: third dritte dritten dritter drittes drittens tercero tercera tercer troisieme terceiro terceira
    terzo terza derde
4: fourth vierte vierten vierter viertes cuarto cuarta quatrieme quarto quarta vierde
5: fifth funfte funften funfter funftes fuenfte fuenften fuenfter fuenftes quinto quinta cinquieme
    vijfde
6: sixth sechste sechsten sechster sechstes sexto sexta sixieme sesto sesta zesde
7: seventh siebte siebten siebter siebtes siebente septimo septima septieme setimo setima settimo
    settima zevende
8: eighth achte achten achter achtes octavo octava huitieme oitavo oitava ottavo ottava achtste
9: ninth neunte neunten neunter neuntes noveno novena neuvieme nono nona negende
10: tenth zehnte zehnten zehnter zehntes decimo decima dixieme tiende
11: eleventh elfte elften elfter elftes undecimo undecima decimoprimero decimoprimera onzieme
    decimoprimeiro decimoprimeira undicesimo undicesima elfde
12: twelfth zwolfte zwolften zwolfter zwolftes zwoelfte zwoelften zwoelfter zwoelftes duodecimo
    duodecima decimosegundo decimosegunda douzieme dodicesimo dodicesima twaalfde
13: thirteenth dreizehnte dreizehnten dreizehnter dreizehntes decimotercero decimotercera treizieme
    decimoterceiro decimoterceira tredicesimo tredicesima dertiende
14: fourteenth vierzehnte vierzehnten vierzehnter vierzehntes decimocuarto decimocuarta quatorzieme
    decimoquarto decimoquarta quattordicesimo quattordicesima veertiende
15: fifteenth funfzehnte funfzehnten funfzehnter funfzehntes fuenfzehnte fuenfzehnten decimoquinto
    decimoquinta quinzieme quindicesimo quindicesima vijftiende
16: sixteenth sechzehnte sechzehnten sechzehnter sechzehntes decimosexto decimosexta seizieme
    sedicesimo sedicesima zestiende
17: seventeenth siebzehnte siebzehnten siebzehnter siebzehntes decimoseptimo decimoseptima
    dixseptieme decimosetimo decimosetima diciassettesimo diciassettesima zeventiende
18: eighteenth achtzehnte achtzehnten achtzehnter achtzehntes decimoctavo decimoctava dixhuitieme
    decimooitavo decimooitava diciottesimo diciottesima achttiende
19: nineteenth neunzehnte neunzehnten neunzehnter neunzehntes decimonoveno decimonovena dixneuvieme
    decimonono decimonona diciannovesimo diciannovesima negentiende
20: twentieth zwanzigste zwanzigsten zwanzigster zwanzigstes vigesimo vigesima vingtieme ventesimo
    ventesima twintigste
"""
_CARDINALS = """
1: one eins uno un une uma een
2: two zwei zwo dos deux dois duas due twee
3: three drei tres trois tre drie
4: four vier cuatro quatre quatro quattro
5: five funf fuenf cinco cinq cinque vijf
6: six sechs seis sei zes
7: seven sieben siete sept sete sette zeven
8: eight acht ocho huit oito otto
9: nine neun nueve neuf nove negen
10: ten zehn diez dix dez dieci tien
11: eleven elf once onze undici
12: twelve zwolf zwoelf doce douze doze dodici twaalf
13: thirteen dreizehn trece treize treze tredici dertien
14: fourteen vierzehn catorce quatorze catorze quattordici veertien
15: fifteen funfzehn fuenfzehn quince quinze quindici vijftien
16: sixteen sechzehn dieciseis seize dezesseis dezasseis sedici zestien
17: seventeen siebzehn diecisiete dixsept dezessete dezassete diciassette zeventien
18: eighteen achtzehn dieciocho dixhuit dezoito diciotto achttien
19: nineteen neunzehn diecinueve dixneuf dezenove dezanove diciannove negentien
20: twenty zwanzig veinte vingt vinte venti twintig
"""
_LAST = "last letzte letzten letzter letztes ultimo ultima dernier derniere laatste"
_JOINED = (
    "dix sept dix huit dix neuf dix septieme dix huitieme dix neuvieme "
    "decimo primero decima primera decimo segundo decima segunda decimo tercero decima tercera "
    "decimo cuarto decima cuarta decimo quinto decima quinta decimo sexto decima sexta "
    "decimo septimo decima septima decimo octavo decima octava decimo noveno decima novena "
    "decimo primeiro decima primeira decimo terceiro decima terceira decimo quarto decima quarta "
    "decimo setimo decima setima decimo oitavo decima oitava decimo nono decima nona"
)
"""Pairs of words that are written as one, too, or stand for one of `_ORDINALS`."""
_AROUND = (
    "the number no nr option answer choice one please "
    "der die das den zum nummer antwort bitte "
    "el la lo los las numero num opcion respuesta por favor "
    "le les l n numero choix reponse sil s il vous te plait svp "
    "o a os as opcao resposta "
    "il lo scelta opzione risposta per favore "
    "de het optie keuze antwoord alsjeblieft"
)
_PLACING = (
    "option answer choice antwort opcion respuesta choix reponse opcao resposta scelta opzione "
    "risposta optie keuze antwoord"
)
"""What makes a place of a number, where labels hold numbers, too."""

_ARTICLES = frozenset(["un", "une", "una", "uno", "uma", "um", "een"])
"""Words for 1 with which a label may begin that counts nothing."""

_NAMING = frozenset(["number", "nr", "option", "answer", "choice", "please"])
"""What makes a number of "one", which otherwise goes with one ("the second one")."""

_TELLING_WITH: Mapping[str, tuple[int, frozenset[str]]] = MappingProxyType(
    {
        "um": (1, frozenset(["o", "numero", "opcao", "resposta", "favor"])),
        "prima": (1, frozenset(["la", "l", "opzione", "scelta", "risposta", "favore"])),
    }
)
"""Words that are numbers in one language and an exclamation in another, and what tells them."""

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
"""Each word that stands for a place in a list, folded, and the place: 1 to 20, or `LAST`.

English, German, Spanish, French, Portuguese, Italian and Dutch.
"""

_PLACES = frozenset([*_numbered(_ORDINALS), *_LAST.split(), *_PLACING.split()])
_COUNTING = MappingProxyType(
    {word: n for word, n in _numbered(_CARDINALS).items() if word not in _ARTICLES}
)
_NUMBER = re.compile(r"[0-9]{1,9}")

_FILLERS = frozenset(_AROUND.split())
_ENDINGS = (
    "st nd rd th te ten ter tes ste de e er ere re eme ieme me nde "
    "o a os as ro ra do da to ta mo ma vo va no na"
)
_DIGITS = re.compile(rf"([0-9]{{1,9}})({'|'.join(_ENDINGS.split())})?")
"""A number in digits, as it is or with one of the endings that make an ordinal of it."""


def _pairs() -> Mapping[tuple[str, str], str]:
    words = _JOINED.split()
    pairs = zip(words[::2], words[1::2], strict=True)
    return {(first, second): _one_word(first, second) for first, second in pairs}


def _one_word(first: str, second: str) -> str:
    """Give the word of the tables that stands for a pair, in whatever gender it is."""
    joined = first + second
    for word in (joined, "decimo" + second, "decimo" + second[:-1] + "o", "decim" + second):
        if word in NUMBERS:
            return word
    raise LookupError(joined)


_PAIRS = MappingProxyType(_pairs())


def number_in(words: str) -> int | None:
    """Give the place in a list that a short answer names; `None` if it names none, or several.

    Args:
        words: As `roost.model.folding.words_of` gives them, for example `"the second one please"`.

    Example:
        >>> number_in("2"), number_in("the second one"), number_in("two of three"), number_in("hi")
        (2, 2, None, None)
        >>> number_in("number one"), number_in("2nd"), number_in("dix sept"), number_in("no one")
        (1, 2, 17, None)
    """
    parts = _joined(words.split())
    if len(parts) == 1:
        return _place(parts[0])
    telling = [part for part in parts if part not in _FILLERS]
    if len(telling) == 1:
        return _place(telling[0], among=frozenset(parts))
    is_one = not telling and parts.count("one") == 1 and _NAMING & set(parts)
    return 1 if is_one and "no" not in parts else None


def is_place(words: str) -> bool:
    """Tell whether a number is meant as a place in a list and as nothing else; args as above.

    Example:
        >>> is_place("the third one"), is_place("3rd"), is_place("option 3"), is_place("3")
        (True, True, True, False)
    """
    return any(
        part in _PLACES or (digits and digits[2])
        for part in _joined(words.split())
        for digits in [_DIGITS.fullmatch(part)]
    )


def held_by(words: str) -> frozenset[int]:
    """Give the numbers that a label holds: those in digits, and one in words that begins it.

    Args:
        words: Of the label, as `roost.model.folding.words_of` gives them.

    Example:
        >>> held_by("row 3"), held_by("two people"), held_by("une question")
        (frozenset({3}), frozenset({2}), frozenset())
    """
    parts = words.split()
    digits = {int(part) for part in parts if _NUMBER.fullmatch(part)}
    counted = {_COUNTING[part] for part in parts[:1] if part in _COUNTING}
    return frozenset(digits | counted)


def _joined(parts: Sequence[str]) -> list[str]:
    """Give words with the pairs that stand for one number as one."""
    joined: list[str] = []
    for part in parts:
        pair = _PAIRS.get((joined[-1], part)) if joined else None
        if pair is None:
            joined.append(part)
        else:
            joined[-1] = pair
    return joined


def _place(word: str, among: frozenset[str] = frozenset()) -> int | None:
    digits = _DIGITS.fullmatch(word)
    if digits:
        return int(digits[1])
    if word in _TELLING_WITH:
        number, with_these = _TELLING_WITH[word]
        return number if among & with_these else None
    return NUMBERS.get(word)
