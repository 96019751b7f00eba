"""Media as a world file writes them and as the world holds them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec

from roost.simulator.entry import Entry, OptionalXId, XId

EXTENSIONS: Mapping[str, str] = MappingProxyType(
    {
        "image/png": ".png",
        "image/jpeg": ".jpg",
        "image/gif": ".gif",
        "image/webp": ".webp",
        "video/mp4": ".mp4",
        "video/quicktime": ".mov",
    }
)
"""What media may be, and how their files' names end."""

MediaType = Literal[
    "image/png", "image/jpeg", "image/gif", "image/webp", "video/mp4", "video/quicktime"
]

"""One of those."""

Kind = Literal["photo", "animated_gif", "video"]
"""How messages show media."""


class MediaEntry(Entry, frozen=True, kw_only=True):
    """A picture, GIF or video that X has.

    Attributes:
        owner_id: Who uploaded it; `""` where any user of the phone may send it.
        additional_owners: Others who may use it as if it were theirs.
        created_at: Milliseconds since 1970, as a string; it can be sent for 24 hours from then.
        ready_at: When processing ends; likewise.
        error: What X calls the reason why processing fails; `""` where it does not.
        error_message: That reason in words.
        category: X's word for its use, in small letters; `""` where none was given.
        kind: How messages show it.
        media_type: What the bytes are.
        width: Pixels.
        height: Pixels.
        duration_ms: Of a video.
        shared: Whether many messages may carry it and anybody may fetch it.
        used_by: The message that carries it, where only one may; `""` for none yet.
        content: The bytes; base64 in a world file.
    """

    media_id: XId
    owner_id: OptionalXId = ""
    additional_owners: tuple[XId, ...] = ()
    created_at: XId = "0"
    ready_at: XId = "0"
    error: Literal["", "InvalidMedia", "UnsupportedMedia"] = ""
    error_message: str = ""
    category: str = ""
    kind: Kind
    media_type: MediaType
    width: Annotated[int, msgspec.Meta(gt=0)]
    height: Annotated[int, msgspec.Meta(gt=0)]
    duration_ms: Annotated[int, msgspec.Meta(ge=0)] = 0
    shared: bool = False
    alt_text: str = ""
    used_by: OptionalXId = ""
    content: bytes

    @property
    def stem(self) -> str:
        """The first part of its files' names, which are part of their addresses."""
        return stem(self.media_id)

    @property
    def file(self) -> str:
        """The name of the file that was uploaded."""
        return self.stem + EXTENSIONS[self.media_type]


def stem(media_id: str) -> str:
    """Give the first part of the names of some media's files: eight characters, as X's have."""
    return base64.urlsafe_b64encode(hashlib.sha256(media_id.encode()).digest()[:6]).decode()
