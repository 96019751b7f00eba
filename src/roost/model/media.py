"""Pictures, GIFs and videos: what X takes on a Direct Message, and a file that is to go on one.

Source: https://developer.x.com/en/docs/x-api/v1/media/upload-media/uploading-media
/media-best-practices (archived).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from roost.errors import InvalidMessage

LARGEST: Mapping[str, int] = MappingProxyType(
    {"dm_image": 5 << 20, "dm_gif": 15 << 20, "dm_video": 512 << 20}
)
"""Bytes of a file, by X's word for what it is on a Direct Message."""

HEAD_BYTES = 16
"""Bytes that tell a file's format."""

PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
GIFS = frozenset({"image/gif"})
VIDEOS = frozenset({"video/mp4", "video/quicktime"})

_GIF_SIDES = (("width", 1_280, 6), ("height", 1_080, 8))
_STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_KINDS: Mapping[str, str] = MappingProxyType(
    {"dm_image": "photo", "dm_gif": "animated_gif", "dm_video": "video"}
)


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file that hangs on a message. Its bytes stay where they are until it is uploaded.

    Attributes:
        path: Absolute.
        digest: SHA-256 of its bytes, 64 hexadecimal digits: another content is another file.
        n_bytes: Its size.
        media_type: What its first bytes say, for example `image/png`.
    """

    path: str
    digest: str
    n_bytes: int
    media_type: str

    @property
    def category(self) -> str:
        """X's word for it: `dm_image`, `dm_gif` or `dm_video`."""
        return category_of(self.media_type)

    @property
    def kind(self) -> str:
        """How messages show it: `photo`, `animated_gif` or `video`."""
        return _KINDS[self.category]


def media_type_of(head: bytes) -> str:
    """Tell a file's MIME type from its first bytes; `""` where it is none that X takes."""
    for start, media_type in _STARTS:
        if head.startswith(start):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return "video/quicktime" if head[8:12] == b"qt  " else "video/mp4"
    return ""


def category_of(media_type: str) -> str:
    """Give what a Direct Message would use a file of a type for."""
    if media_type in VIDEOS:
        return "dm_video"
    return "dm_gif" if media_type in GIFS else "dm_image"


def gif_excess(head: bytes) -> tuple[str, int, int] | None:
    """Find a side of a GIF that is longer than X takes: which, the limit and it, in pixels.

    How many frames there are (350 at most) only X counts.
    """
    if not head.startswith(b"GIF8"):
        return None
    for side, most, begin in _GIF_SIDES:
        n_pixels = int.from_bytes(head[begin : begin + 2], "little")
        if n_pixels > most:
            return side, most, n_pixels
    return None


def checked(path: str, head: bytes, n_bytes: int) -> str:
    """Refuse a file that X would not take on a Direct Message; give its MIME type.

    Args:
        path: For the error.
        head: Its first `HEAD_BYTES` bytes.
        n_bytes: Its size.

    Raises:
        InvalidMessage: It is of no kind that X takes, empty or too large; names limit and size.
    """
    if not n_bytes:
        raise InvalidMessage("media", f"{path} is empty", limit=1, value=0)
    media_type = media_type_of(head)
    if not media_type:
        problem = f"{path} is no JPEG, PNG, GIF, WEBP, MP4 or MOV"
        raise InvalidMessage("media", problem, limit=0, value=n_bytes, is_size=False)
    category = category_of(media_type)
    if n_bytes > LARGEST[category]:
        problem = f"{path} has too many bytes for a {_KINDS[category]}"
        raise InvalidMessage("media", problem, limit=LARGEST[category], value=n_bytes)
    excess = gif_excess(head)
    if excess is not None:
        side, most, n_pixels = excess
        problem = f"{path} has too many pixels of {side} for an animated_gif"
        raise InvalidMessage("media", problem, limit=most, value=n_pixels)
    return media_type
