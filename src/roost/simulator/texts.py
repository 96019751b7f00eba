"""A text as X gives it back: escaped, its links shortened, and what it refers to listed.

Source: https://developer.x.com/en/docs/x-api/v1/data-dictionary/object-model/entities (archived).
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from roost.model import links
from roost.simulator.entries import UserEntry
from roost.xapi.wire_dm import Entities, Url

_MARK = re.compile(
    r"(?<![\w&/#])\#(?P<hashtag>\w*[^\W\d_]\w*)"
    r"|(?<![\w@])@(?P<mention>[A-Za-z0-9_]{1,15})(?!\w)"
    r"|(?<![\w$])\$(?P<symbol>[A-Za-z]{1,6})(?!\w)"
)
_DISPLAY_LENGTH = 27


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a text is read against.

    Attributes:
        shorten: Makes the short link of an address.
        user: Finds a user by screen name.
    """

    shorten: Callable[[], str]
    user: Callable[[str], UserEntry | None]


def holds_link(text: str) -> bool:
    """Say whether X would make a link of some part of a text."""
    return links.LINK.search(text) is not None


def links_in(text: str) -> Sequence[str]:
    """Give what X would make links of."""
    return [text[start:end] for start, end in links.places(text)]


def has_possible_host(url: str) -> bool:
    """Say whether an address's host, if it is not ASCII, has a form in ASCII (IDNA)."""
    host = url.partition("//")[2]
    host = re.split(r"[/?#:]", host, maxsplit=1)[0]
    if host.isascii():
        return True
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True


def as_x_gives(text: str, surroundings: Surroundings) -> tuple[str, Entities]:
    """Turn a text as it was sent into the text and entities X shows to readers.

    `&`, `<` and `>` are escaped, links replaced by `https://t.co/…`. Indices count code points of
    the text given back, their end exclusive.
    """
    written = _Written([], 0)
    entities = Entities([], [], [], [])
    position = 0
    for start, end in links.places(text):
        _write_plain(text[position:start], written, entities, surroundings)
        short = surroundings.shorten()
        indices = written.put(short)
        entities.urls.append(Url(short, text[start:end], display(text[start:end]), indices))
        position = end
    _write_plain(text[position:], written, entities, surroundings)
    return "".join(written.parts), entities


def display(url: str) -> str:
    """Give an address as X shows it: without scheme, cut to 27 characters."""
    rest = re.sub(r"^https?://(www\.)?", "", url, flags=re.IGNORECASE)
    return rest if len(rest) <= _DISPLAY_LENGTH else rest[: _DISPLAY_LENGTH - 1] + "…"


@dataclass(slots=True)
class _Written:
    parts: list[str]
    length: int

    def put(self, part: str) -> tuple[int, int]:
        start = self.length
        self.parts.append(part)
        self.length += len(part)
        return start, self.length


def _write_plain(
    text: str, written: _Written, entities: Entities, surroundings: Surroundings
) -> None:
    position = 0
    for found in _MARK.finditer(text):
        written.put(html.escape(text[position : found.start()], quote=False))
        indices = written.put(found.group())
        position = found.end()
        kind, name = found.lastgroup, found.group(found.lastgroup or 0)
        if kind == "hashtag":
            entities.hashtags.append(_raw({"text": name, "indices": indices}))
        elif kind == "symbol":
            entities.symbols.append(_raw({"text": name, "indices": indices}))
        elif (user := surroundings.user(name)) is not None:
            entities.user_mentions.append(mention(user, indices))
    written.put(html.escape(text[position:], quote=False))


def mention(user: UserEntry, indices: tuple[int, int]) -> msgspec.Raw:
    """Give the entity of a mention at some place of a text."""
    return _raw(
        {
            "screen_name": user.screen_name,
            "name": user.name,
            "id": int(user.user_id),
            "id_str": user.user_id,
            "indices": indices,
        }
    )


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
