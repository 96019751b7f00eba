"""Whether media may be put on something now, and how long that remains so."""

from __future__ import annotations

from datetime import datetime

from roost.simulator import media_rules
from roost.simulator.clock import from_milliseconds
from roost.simulator.media_entries import MediaEntry
from roost.simulator.media_store import Upload
from roost.simulator.refusals import refusal
from roost.simulator.world import World


def expires_at(item: MediaEntry | Upload) -> datetime:
    """Give the time from which media can no longer be put on anything."""
    return from_milliseconds(item.created_at) + media_rules.USABLE_FOR


def is_owner(item: MediaEntry | Upload, user_id: str) -> bool:
    """Say whether a user may use media as its own."""
    return user_id in {item.owner_id, *item.additional_owners}


def objection(world: World, item: MediaEntry | Upload | None, user_id: str) -> str:
    """Say why a user may not put media on anything; `""` where it may."""
    if not isinstance(item, MediaEntry):
        return "is not uploaded yet"
    now = world.clock.now()
    reasons = {
        "belongs to another user": not is_owner(item, user_id) and item.owner_id != "",
        "has expired": now >= expires_at(item),
        "is still being processed": now < from_milliseconds(item.ready_at),
        "could not be processed": item.error != "",
        "is on a message already": item.used_by != "",
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def claim(world: World, media_id: str, user_id: str, *, must_be_shared: bool = False) -> MediaEntry:
    """Give media that an app wants to put on something.

    Raises:
        Refusal: 325 where X holds no such media, 324 where it may not be used, or is not shared
            and must be.
    """
    found = world.media.find(media_id)
    if found is None:
        raise refusal(325, reason=f"there is no media {media_id}")
    reason = objection(world, found, user_id)
    if not reason and isinstance(found, MediaEntry):
        if found.shared or not must_be_shared:
            return found
        reason = "was not uploaded with shared=true"
    raise refusal(324, reason=f"media {media_id} {reason}")
