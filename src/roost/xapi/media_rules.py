"""What X takes as media: formats, categories and sizes.

Source: https://developer.x.com/en/docs/x-api/v1/media/upload-media/uploading-media
/media-best-practices (archived).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from roost.errors import InvalidCall

CHUNK_BYTES = 1 << 20
"""Bytes of a piece. X takes up to 5 MB, and 1,000 pieces, of which 512 MB are half."""

LARGEST: Mapping[str, int] = MappingProxyType(
    {
        "dm_image": 5 << 20,
        "dm_gif": 15 << 20,
        "dm_video": 512 << 20,
        "tweet_image": 5 << 20,
        "tweet_gif": 15 << 20,
        "tweet_video": 512 << 20,
        "amplify_video": 512 << 20,
    }
)
"""Bytes of a file, by what it is for."""

LONGEST_ALT_TEXT = 1_000
"""Characters of what a picture shows, in words."""

MOST_OWNERS = 100
"""Other users who may use an upload."""

HEAD_BYTES = 16
"""Bytes that tell a file's format."""

_GIF_WIDTH, _GIF_HEIGHT = 1_280, 1_080
_PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_GIFS = frozenset({"image/gif"})
_VIDEOS = frozenset({"video/mp4", "video/quicktime"})
_TYPES = {"image": _PICTURES, "gif": _GIFS, "video": _VIDEOS}
_STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


def media_type_of(head: bytes) -> str:
    """Tell a file's MIME type from its first bytes.

    Raises:
        InvalidCall: It is none that X takes.
    """
    for start, media_type in _STARTS:
        if head.startswith(start):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return "video/quicktime" if head[8:12] == b"qt  " else "video/mp4"
    raise InvalidCall("source", "is no JPEG, PNG, GIF, WEBP, MP4 or MOV")


def category_of(media_type: str) -> str:
    """Give what a Direct Message would use a file of a type for."""
    if media_type in _VIDEOS:
        return "dm_video"
    return "dm_gif" if media_type in _GIFS else "dm_image"


def check_gif(category: str, head: bytes) -> None:
    """Refuse an animated GIF whose frame is larger than X takes.

    How many frames there are (350 at most) only X counts.

    Args:
        category: What it is for; others than GIFs pass.
        head: The file's first bytes, which hold width and height.

    Raises:
        InvalidCall: Names the side, its limit and its size in pixels.
    """
    if not category.endswith("_gif") or not head.startswith(b"GIF8"):
        return
    sides = (("width", _GIF_WIDTH, head[6:8]), ("height", _GIF_HEIGHT, head[8:10]))
    for side, most, found in sides:
        n_pixels = int.from_bytes(found, "little")
        if n_pixels > most:
            raise InvalidCall("source", f"{side} in pixels of a GIF", limit=most, value=n_pixels)


def check(category: str, media_type: str, total_bytes: int) -> None:
    """Refuse a file that X would not take.

    Raises:
        InvalidCall: Names what is wrong, and limit and size where that is it.
    """
    most = LARGEST.get(category)
    if most is None:
        raise InvalidCall("category", f"{category!r} is none; there are: {', '.join(LARGEST)}")
    if media_type not in _TYPES[category.partition("_")[2]]:
        raise InvalidCall("category", f"{category} takes no {media_type}")
    if total_bytes == 0:
        raise InvalidCall("source", "is empty", limit=most, value=0)
    if total_bytes > most:
        raise InvalidCall("source", f"too many bytes for {category}", limit=most, value=total_bytes)
