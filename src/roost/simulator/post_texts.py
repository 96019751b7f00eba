"""The text of a Post: what X adds to what was typed, and how it cuts what is long.

Source: https://developer.x.com/en/docs/x-api/v1/data-dictionary/object-model/extended-tweet
(archived).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from roost.simulator import texts
from roost.simulator.entries import PostEntry, UserEntry
from roost.simulator.texts import Surroundings
from roost.xapi.wire_dm import Entities, Url

CUT_AT = 140
"""Code points of a text that old clients are shown."""

_SHORT_LINK = 23
_ROOM = CUT_AT - len("… ") - _SHORT_LINK
_ESCAPE = re.compile(r"&(?:amp|lt|gt);")


@dataclass(frozen=True, slots=True)
class PostText:
    """A text as X gives it.

    Attributes:
        text: Everything, what X added included.
        shown: Where what was added before ends, and where what was added after begins.
        entities: What `text` refers to.
    """

    text: str
    shown: tuple[int, int]
    entities: Entities


class _Place(msgspec.Struct, frozen=True):
    indices: tuple[int, int]


_place = msgspec.json.Decoder(_Place)
_fields = msgspec.json.Decoder(dict[str, object])


def of(post: PostEntry) -> PostText:
    """Give the text of a Post that is there."""
    return PostText(post.text, post.shown, post.entities)


def write(typed: str, around: Surroundings, *, mentions: Sequence[str], link: str) -> PostText:
    """Make the text of a Post.

    Args:
        typed: What its author typed.
        around: What it is read against.
        mentions: Handles put before it, as replies have them.
        link: An address put after it; `""` for none.
    """
    before = "".join(f"@{screen_name} " for screen_name in mentions)
    after = f" {link}" if link else ""
    text, entities = texts.as_x_gives(before + typed + after, around)
    end = entities.urls[-1].indices[0] - 1 if link else len(text)
    return PostText(text, (len(before), end), entities)


def with_media(text: PostText, link: str) -> PostText:
    """Put the link that stands for media at the end of a text; `""` for none."""
    if not link:
        return text
    whole = f"{text.text} {link}" if text.text else link
    return replace(text, text=whole)


def is_cut(text: PostText) -> bool:
    """Say whether old clients are shown only a part."""
    return len(text.text) > CUT_AT


def cut(text: PostText, *, link: Url) -> PostText:
    """Cut a text for old clients: at most 140 code points, the last of them a link to the rest."""
    end = _end_of_cut(text, _ROOM)
    part = f"{text.text[:end].rstrip()}… "
    at = (len(part), len(part) + len(link.url))
    kept = _until(text.entities, end)
    kept.urls.append(Url(link.url, link.expanded_url, link.display_url, at))
    return PostText(part + link.url, (0, at[1]), kept)


def repeat(text: PostText, author: UserEntry) -> PostText:
    """Make the text of a plain repost: who wrote it first, and what; cut, with no link."""
    name = f"RT @{author.screen_name}: "
    entities = _moved(text.entities, by=len(name))
    at = (len("RT "), len(name) - len(": "))
    entities.user_mentions.insert(0, texts.mention(author, at))
    whole = PostText(name + text.text, (0, 0), entities)
    if not is_cut(whole):
        return replace(whole, shown=(0, len(whole.text)))
    end = _end_of_cut(whole, CUT_AT - len("…"))
    part = whole.text[:end].rstrip() + "…"
    return PostText(part, (0, len(part)), _until(entities, end))


def _end_of_cut(text: PostText, room: int) -> int:
    """Give the last place where nothing is torn: no word where there are others, no entity."""
    space = text.text.rfind(" ", 1, room + 1)
    end = space if space > 0 else room
    whole = [*_spans(text.entities), *(found.span() for found in _ESCAPE.finditer(text.text))]
    for start, stop in whole:
        if start < end < stop:
            end = start
    return end


def _until(entities: Entities, end: int) -> Entities:
    return Entities(
        _raw_until(entities.hashtags, end),
        _raw_until(entities.symbols, end),
        _raw_until(entities.user_mentions, end),
        [url for url in entities.urls if url.indices[1] <= end],
    )


def _raw_until(items: Sequence[msgspec.Raw], end: int) -> list[msgspec.Raw]:
    return [item for item in items if _place.decode(item).indices[1] <= end]


def _moved(entities: Entities, *, by: int) -> Entities:
    return Entities(
        [_raw_moved(item, by) for item in entities.hashtags],
        [_raw_moved(item, by) for item in entities.symbols],
        [_raw_moved(item, by) for item in entities.user_mentions],
        [
            Url(one.url, one.expanded_url, one.display_url, _shifted(one.indices, by))
            for one in entities.urls
        ],
    )


def _raw_moved(item: msgspec.Raw, by: int) -> msgspec.Raw:
    fields = {**_fields.decode(item), "indices": _shifted(_place.decode(item).indices, by)}
    return msgspec.Raw(msgspec.json.encode(fields))


def _shifted(indices: tuple[int, int], by: int) -> tuple[int, int]:
    return indices[0] + by, indices[1] + by


def _spans(entities: Entities) -> list[tuple[int, int]]:
    raw = (*entities.hashtags, *entities.symbols, *entities.user_mentions)
    return [*(_place.decode(item).indices for item in raw), *(one.indices for one in entities.urls)]
