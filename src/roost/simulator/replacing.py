"""One world in another's place, for whoever notes what changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import msgspec

from roost.simulator import touched
from roost.simulator.entries import WorldFile

KEYS: Mapping[str, tuple[str, Sequence[str]]] = MappingProxyType(
    {
        "apps": ("app", ["app_id"]),
        "users": ("user", ["user_id"]),
        "webhooks": ("webhook", ["webhook_id"]),
        "subscriptions": ("subscription", ["app_id", "env_name", "webhook_id", "user_id"]),
        "messages": ("message", ["message_id"]),
        "media": ("media", ["media_id"]),
        "custom_profiles": ("custom_profile", ["profile_id"]),
        "welcome_messages": ("welcome_message", ["welcome_message_id"]),
        "welcome_rules": ("welcome_rule", ["rule_id"]),
        "openings": ("opening", ["user_id", "with_id"]),
        "reads": ("read", ["reader_id", "writer_id"]),
        "posts": ("post", ["post_id"]),
        "likes": ("like", ["user_id", "post_id"]),
    }
)
"""What a row of each field of a world file that has rows is called, and what it is known by."""

Key = tuple[str, ...]


def note(before: WorldFile, after: WorldFile) -> None:
    """Note everything that is different, if anybody records."""
    if not touched.is_recording():
        return
    touched.note("rules", "rules", before.rules, after.rules)
    for field, (kind, names) in KEYS.items():
        old, new = _rows(before, field, names), _rows(after, field, names)
        for key in dict.fromkeys((*old, *new)):
            touched.note(kind, key, old.get(key), new.get(key))


def _rows(world: WorldFile, field: str, names: Sequence[str]) -> Mapping[Key, msgspec.Struct]:
    rows: Sequence[msgspec.Struct] = getattr(world, field)
    return {
        tuple(str(getattr(row, name)) for name in names if getattr(row, name)): row for row in rows
    }
