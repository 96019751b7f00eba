"""What an action or an API call changed in the world, for people: before and after, by field.

Secrets and the bytes of media are left out. What happens later by itself (challenges, retries) is
no part of it; a call whose effect a fault puts off is noted when it takes effect.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from itertools import islice

import msgspec
from msgspec import UNSET, UnsetType

from roost.simulator import touched
from roost.simulator.entries import UserEntry
from roost.simulator.media_entries import MediaEntry
from roost.simulator.media_store import Upload
from roost.simulator.records import Change, ChangeRow, FieldChange, Records
from roost.simulator.touched import Touch, Touched

MOST_THINGS = 50
"""Things of one action or call that are shown; the others are counted."""

LONGEST_VALUE = 2_000
"""Characters of a field's JSON that are shown; of a longer one the beginning, as a string."""


@contextmanager
def noting(
    records: Records, *, at: str, cause: str, user_id: str, ids: list[str]
) -> Generator[None]:
    """Note what changes within, whether it ends well or not.

    Args:
        records: Where it is kept.
        at: Milliseconds since 1970, by the simulator's clock.
        cause: Name of the action or route.
        user_id: Who did it; `""` where nobody in particular did.
        ids: Gets the id of the row, if anything has changed.
    """
    with touched.recording() as seen:
        try:
            yield
        finally:
            row = _row(seen, at=at, cause=cause, user_id=user_id)
            if row.changes:
                ids.append(records.change(row).id)


def _row(seen: Touched, *, at: str, cause: str, user_id: str) -> ChangeRow:
    every = iter(seen)
    shown = [change_of(touch) for touch in islice(every, MOST_THINGS)]
    return ChangeRow(
        at=at,
        cause=cause,
        user_id=user_id or None,
        changes=shown,
        left_out=sum(1 for _ in every),
    )


def change_of(touch: Touch) -> Change:
    """Tell how a thing differs: only the fields that do."""
    before, after = _shown(touch.before), _shown(touch.after)
    what = "made" if touch.before is None else "removed" if touch.after is None else "changed"
    changed = [
        FieldChange(field, _value(before, field), _value(after, field))
        for field in dict.fromkeys((*before, *after))
        if before.get(field, UNSET) != after.get(field, UNSET)
    ]
    return Change(touch.kind, touch.key, what, changed)


def _shown(row: object) -> Mapping[str, object]:
    match row:
        case None:
            return {}
        case msgspec.Struct():
            every = {name: getattr(row, name) for name in row.__struct_fields__}
            return {name: each for name, each in every.items() if each is not UNSET} | _instead(row)
        case _:
            return _instead(row)


def _instead(row: object) -> dict[str, object]:
    """Give what is shown in the stead of secrets and of bytes; a bare value as it is."""
    match row:
        case UserEntry():
            tokens, more = row.tokens, row.oauth2_tokens
            return {
                "tokens": [token.app_id for token in tokens],
                "oauth2_tokens": [token.app_id for token in more],
            }
        case MediaEntry():
            return {"content": f"{len(row.content)} bytes"}
        case Upload():
            received = {"total_bytes": row.total_bytes, "bytes_received": row.size}
            return {"owner_id": row.owner_id, "category": row.category, **received}
        case msgspec.Struct():
            return {}
        case _:
            return {"value": row}


def _value(row: Mapping[str, object], field: str) -> msgspec.Raw | UnsetType:
    if field not in row:
        return UNSET
    text = msgspec.json.encode(row[field])
    if len(text) <= LONGEST_VALUE:
        return msgspec.Raw(text)
    beginning = text.decode()[:LONGEST_VALUE]
    return msgspec.Raw(msgspec.json.encode(f"{beginning}…"))
