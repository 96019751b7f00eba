"""Receiving media: what its bytes are, whether X takes it, and when it is ready."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from roost.errors import RoostError
from roost.simulator import media_headers, media_rules
from roost.simulator.clock import milliseconds
from roost.simulator.media_entries import MediaEntry
from roost.simulator.media_headers import Header
from roost.simulator.media_store import Upload
from roost.simulator.world import World

UNRECOGNIZED = "media type unrecognized."
"""What X says to a file it cannot make out.

Source: recorded answers in client libraries' tests, whose shape is sure and whose text is not.
"""

_UNREADABLE = Header("video/mp4", 1, 1)


class NotTaken(RoostError):
    """X does not take this media. Nothing was kept; the message is X's own."""


def receive(world: World, upload: Upload, content: bytes) -> MediaEntry:
    """Take in media whose bytes are all there, and keep it.

    GIFs and videos of a category are looked at in the background: they are taken whatever they
    are, and turn out to be usable or not once the time has come.

    Raises:
        NotTaken: It is no such media, or not of its category, or too large.
        NoRoom: It alone is more than this X may hold.
    """
    header = media_headers.read(content)
    fault = UNRECOGNIZED if header is None else _fault(header, upload.category, len(content))
    takes_time = media_rules.takes_time(upload.category)
    if fault and not takes_time:
        raise NotTaken(fault)
    seen = header or _UNREADABLE
    entry = _entry(world, upload, seen, content)
    if takes_time:
        entry = _in_processing(world, entry, seen, fault)
    world.media.put(entry)
    return entry


def _fault(header: Header, category: str, size: int) -> str:
    kind = media_rules.kind_of(header, category)
    if media_rules.CATEGORIES.get(category, kind) != kind:
        return UNRECOGNIZED
    return media_rules.fault(header, kind, size)


def _in_processing(world: World, entry: MediaEntry, header: Header, fault: str) -> MediaEntry:
    ready_at = world.clock.now() + timedelta(seconds=world.rules.media_processing_s)
    is_foreign = media_rules.has_foreign_codec(header)
    return replace(
        entry,
        ready_at=str(milliseconds(ready_at)),
        error=("UnsupportedMedia" if is_foreign else "InvalidMedia") if fault else "",
        error_message=fault,
    )


def _entry(world: World, upload: Upload, header: Header, content: bytes) -> MediaEntry:
    return MediaEntry(
        media_id=upload.media_id,
        owner_id=upload.owner_id,
        additional_owners=upload.additional_owners,
        created_at=upload.created_at,
        ready_at=world.timestamp(),
        category=upload.category,
        kind=media_rules.kind_of(header, upload.category),
        media_type=header.media_type,
        width=header.width,
        height=header.height,
        duration_ms=header.duration_ms,
        shared=upload.shared,
        content=content,
    )
