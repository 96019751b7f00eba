"""What changed in the world, for people: before and after, by field.

Of an action, a call of the API, a call of `/_sim` that changes the world, and a challenge nobody
asked for, a row each; a call whose effect a fault puts off is noted when it takes effect. Secrets
and the bytes of media are left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import cast

import msgspec
from msgspec import UNSET, UnsetType

from roost.simulator import touched
from roost.simulator.entries import AppEntry, UserEntry
from roost.simulator.media_entries import MediaEntry
from roost.simulator.media_store import Upload
from roost.simulator.records import Change, ChangeRow, FieldChange, Noted, Records
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
            row = _noted(seen, at=at, cause=cause, user_id=user_id)
            if row.touches or always:
                kept = records.changes.add(row)
                records.live.publish("change", lambda: shown(kept))
                if ids is not None:
                    ids.append(kept.id)


def shown(noted: Noted) -> ChangeRow:
    """Tell what was different, by field."""
    return ChangeRow(
        id=noted.id,
        at=noted.at,
        cause=noted.cause,
        user_id=noted.user_id,
        changes=[change_of(touch) for touch in noted.touches],
        left_out=noted.left_out,
    )


def _noted(seen: Touched, *, at: str, cause: str, user_id: str) -> Noted:
    touches = tuple(seen)
    return Noted(
        at=at,
        cause=cause,
        user_id=user_id or None,
        touches=tuple(map(_without_bytes, touches[:MOST_THINGS])),
        left_out=max(0, len(touches) - MOST_THINGS),
    )


def _without_bytes(touch: Touch) -> Touch:
    """Let go of what media holds, so that what is kept stays small."""
    if touch.kind != "media":
        return touch
    before, after = (None if row is None else _shown(row) for row in (touch.before, touch.after))
    return touch._replace(before=before, after=after)


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
        case dict():
            return cast("dict[str, object]", row)
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
