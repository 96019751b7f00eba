"""A picture that X has, as many messages as like may carry it."""

from __future__ import annotations

from datetime import datetime

from tests import samples

from roost.simulator.media_entries import MediaEntry

MEDIA_ID = "1577000000000000001"


def shared(at: datetime) -> MediaEntry:
    """Make one that was uploaded, to be shared, at some time."""
    moment = str(int(at.timestamp() * 1_000))
    return MediaEntry(
        media_id=MEDIA_ID,
        created_at=moment,
        ready_at=moment,
        category="dm_image",
        kind="photo",
        media_type="image/png",
        width=4,
        height=3,
        shared=True,
        content=samples.png(),
    )
