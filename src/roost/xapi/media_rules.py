"""What X takes as media: formats, categories and sizes.

Source: https://developer.x.com/en/docs/x-api/v1/media/upload-media/uploading-media
/media-best-practices (archived).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from roost.errors import InvalidCall
from roost.model import media
from roost.model.media import GIFS, HEAD_BYTES, PICTURES, VIDEOS, category_of

__all__ = [
    "CHUNK_BYTES",
    "HEAD_BYTES",
    "LARGEST",
    "LONGEST_ALT_TEXT",
    "MEDIA_TYPES",
    "MOST_OWNERS",
    "category_of",
    "check",
    "check_gif",
    "media_type_of",
]

CHUNK_BYTES = 1 << 20
"""Bytes of a piece. X takes up to 5 MB, and 1,000 pieces, of which 512 MB are half."""

LARGEST: Mapping[str, int] = MappingProxyType(
    {
        **media.LARGEST,
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

MEDIA_TYPES = PICTURES | VIDEOS
"""MIME types of what can hang on a message."""

_TYPES = {"image": PICTURES, "gif": GIFS, "video": VIDEOS}


def media_type_of(head: bytes) -> str:
    """Tell a file's MIME type from its first bytes.

    Raises:
        InvalidCall: It is none that X takes.
    """
    media_type = media.media_type_of(head)
    if not media_type:
        raise InvalidCall("source", "is no JPEG, PNG, GIF, WEBP, MP4 or MOV")
    return media_type


def check_gif(category: str, head: bytes) -> None:
    """Refuse an animated GIF whose frame is larger than X takes.

    How many frames there are (350 at most) only X counts.

    Args:
        category: What it is for; others than GIFs pass.
        head: The file's first bytes, which hold width and height.

    Raises:
        InvalidCall: Names the side, its limit and its size in pixels.
    """
    excess = media.gif_excess(head) if category.endswith("_gif") else None
    if excess is not None:
        side, most, n_pixels = excess
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
