"""Uploads as X shows them to whoever uploads: sizes, deadlines, and how far processing is."""

from __future__ import annotations

import math

from msgspec import UNSET, UnsetType

from roost.simulator import media_rules, media_use
from roost.simulator.clock import from_milliseconds
from roost.simulator.media_entries import MediaEntry
from roost.simulator.media_store import Upload
from roost.simulator.world import World
from roost.xapi.wire_media import (
    ImageInfo,
    ProcessingError,
    ProcessingInfo,
    Uploaded,
    VideoInfo,
)

_PENDING_UNTIL = 25
_DONE = 100


def begun(world: World, upload: Upload) -> Uploaded:
    """Show an upload that has begun."""
    return Uploaded(
        media_id=int(upload.media_id),
        media_id_string=upload.media_id,
        expires_after_secs=_expires_after(world, upload),
        media_key=_key(upload),
    )


def uploaded(world: World, entry: MediaEntry) -> Uploaded:
    """Show media that was uploaded."""
    processing = _processing(world, entry)
    is_known = processing is UNSET or processing.state == "succeeded"
    is_video = entry.kind == "video"
    image = ImageInfo(entry.media_type, entry.width, entry.height)
    return Uploaded(
        media_id=int(entry.media_id),
        media_id_string=entry.media_id,
        expires_after_secs=_expires_after(world, entry),
        size=len(entry.content),
        media_key=_key(entry),
        image=image if is_known and not is_video else UNSET,
        video=VideoInfo(entry.media_type) if is_known and is_video else UNSET,
        processing_info=processing,
    )


def _expires_after(world: World, item: MediaEntry | Upload) -> int:
    left = media_use.expires_at(item) - world.clock.now()
    return max(0, math.ceil(left.total_seconds()))


def _key(item: MediaEntry | Upload) -> str | UnsetType:
    return media_rules.media_key(item.category, item.media_id) if item.category else UNSET


def _processing(world: World, entry: MediaEntry) -> ProcessingInfo | UnsetType:
    if not media_rules.takes_time(entry.category):
        return UNSET
    left = (from_milliseconds(entry.ready_at) - world.clock.now()).total_seconds()
    if left > 0:
        takes = max(world.rules.media_processing_s, left)
        percent = math.floor(_DONE * (1 - left / takes))
        return ProcessingInfo(
            state="pending" if percent < _PENDING_UNTIL else "in_progress",
            check_after_secs=math.ceil(left),
            progress_percent=UNSET if percent < _PENDING_UNTIL else min(percent, _DONE - 1),
        )
    if entry.error:
        error = ProcessingError(1, entry.error, entry.error_message)
        return ProcessingInfo(state="failed", error=error)
    return ProcessingInfo(state="succeeded", progress_percent=_DONE)
