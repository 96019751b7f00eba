"""What changed in the world, for people: before and after, by field.

Of an action, a call of the API, a call of `/_sim` that changes the world, and a challenge nobody
asked for, a row each; a call whose effect a fault puts off is noted when it takes effect. Secrets
and the bytes of media are left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from itertools import islice

import msgspec
from msgspec import UNSET, UnsetType

from roost.simulator import touched
from roost.simulator.entries import AppEntry, UserEntry
from roost.simulator.media_entries import MediaEntry
from roost.simulator.media_store import Upload
from roost.simulator.records import Change, ChangeRow, FieldChange, Records
from roost.simulator.touched import Touch, Touched
from roost.simulator.world import World

MOST_THINGS = 50
"""Things of one action or call that are shown; the others are counted."""

LONGEST_VALUE = 2_000
"""Characters of a field's JSON that are shown; of a longer one the beginning, as a string."""


@contextmanager
def noting(
    world: World,
    records: Records,
    *,
    cause: str,
    user_id: str = "",
    ids: list[str] | None = None,
    always: bool = False,
) -> Generator[None]:
    """Note what changes within, whether it ends well or not.

    Args:
        world: What may change.
        records: Where it is kept.
        cause: Name of what is done: of an action, a route, a fault or a control.
        user_id: Who did it; `""` where nobody in particular did.
        ids: Gets the id of the row, if there is one.
        always: Whether there is a row even where nothing has changed.
    """
    at = world.timestamp()
    with touched.recording() as seen:
        try:
            yield
        finally:
            row = _row(seen, at=at, cause=cause, user_id=user_id)
            if row.changes or always:
                made = records.change(row)
                if ids is not None:
                    ids.append(made.id)


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
        case AppEntry():
            return {name: _digest(getattr(row, name)) for name in _SECRETS}
        case MediaEntry():
            return {"content": f"{len(row.content)} bytes"}
        case Upload():
            received = {"total_bytes": row.total_bytes, "bytes_received": row.size}
            return {"owner_id": row.owner_id, "category": row.category, **received}
        case _:
            return {} if isinstance(row, msgspec.Struct) else {"value": row}


_SECRETS = ("consumer_secret", "bearer_token", "client_secret")


def _digest(secret: str) -> str:
    """Give what tells one secret from another and nothing about it."""
    return f"sha256:{hashlib.sha256(secret.encode()).hexdigest()[:8]}"


def _value(row: Mapping[str, object], field: str) -> msgspec.Raw | UnsetType:
    if field not in row:
        return UNSET
    text = msgspec.json.encode(row[field])
    if len(text) <= LONGEST_VALUE:
        return msgspec.Raw(text)
    beginning = text.decode()[:LONGEST_VALUE]
    return msgspec.Raw(msgspec.json.encode(f"{beginning}…"))
