"""What X takes as media: categories, formats and sizes.

Source: https://developer.x.com/en/docs/x-api/v1/media/upload-media/uploading-media
/media-best-practices (archived).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from roost.simulator.media_entries import EXTENSIONS, Kind
from roost.simulator.media_headers import Header

USABLE_FOR = timedelta(hours=24)
"""How long after its upload began media can be put on a message."""

LARGEST_CHUNK = 5 << 20
"""Bytes of one APPEND, and of a file uploaded in one call; X says 5 MB."""

LARGEST: Mapping[Kind, int] = MappingProxyType(
    {"photo": 5 << 20, "animated_gif": 15 << 20, "video": 512 << 20}
)
"""Bytes of a file of a kind."""

CATEGORIES: Mapping[str, Kind] = MappingProxyType(
    {
        "dm_image": "photo",
        "dm_gif": "animated_gif",
        "dm_video": "video",
        "tweet_image": "photo",
        "tweet_gif": "animated_gif",
        "tweet_video": "video",
        "amplify_video": "video",
    }
)
"""What may be said a file is for, and what it then has to be."""

_SPELLINGS = {name.replace("_", ""): name for name in CATEGORIES}

# The first number of a media key: that of `tweet_image` was seen, the others are assumed.
_KEYS = {
    "tweet_image": 3,
    "dm_image": 4,
    "dm_gif": 5,
    "tweet_video": 7,
    "amplify_video": 13,
    "tweet_gif": 16,
    "dm_video": 17,
}

_GIF_WIDTH, _GIF_HEIGHT, _GIF_FRAMES, _GIF_PIXELS = 1_280, 1_080, 350, 300_000_000
_SHORTEST_MS, _LONGEST_MS = 500, 140_000
_SMALLEST_SIDE, _LONG_SIDE, _SHORT_SIDE = 32, 1_280, 1_024
_FLATTEST = 3
_FASTEST = 60
_CODECS = frozenset({"avc1", "avc3", "mp4a"})
_SIDE_TRACKS = frozenset({"tmcd", "text", "tx3g", "meta", "mett", "rtmd"})


def category(text: str) -> str | None:
    """Give a category by either of its spellings, `dm_image` or `DmImage`; `None` where unknown."""
    return _SPELLINGS.get(text.replace("_", "").lower())


def is_media_type(text: str) -> bool:
    """Say whether a MIME type is one that X takes."""
    return text in EXTENSIONS


def media_key(category_name: str, media_id: str) -> str:
    """Give X's other name for media of a category."""
    return f"{_KEYS[category_name]}_{media_id}"


def kind_of(header: Header, category_name: str) -> Kind:
    """Say what media is, from its bytes and from what it is for."""
    if header.is_video:
        return "video"
    if header.media_type != "image/gif" or CATEGORIES.get(category_name) == "photo":
        return "photo"
    return "animated_gif" if header.frames > 1 or category_name else "photo"


def takes_time(category_name: str) -> bool:
    """Say whether X processes media of a category in the background: GIFs and videos."""
    return CATEGORIES.get(category_name, "photo") != "photo"


def fault(header: Header, kind: Kind, size: int) -> str:
    """Say why X would not take a file of a kind; `""` where it would."""
    if size > LARGEST[kind]:
        return f"File size exceeds {LARGEST[kind]} bytes."
    if kind == "animated_gif":
        return _gif_fault(header)
    return _video_fault(header) if kind == "video" else ""


def _gif_fault(header: Header) -> str:
    if header.width > _GIF_WIDTH or header.height > _GIF_HEIGHT:
        return f"GIF exceeds {_GIF_WIDTH}x{_GIF_HEIGHT}"
    pixels = header.width * header.height * header.frames
    if header.frames > _GIF_FRAMES or pixels > _GIF_PIXELS:
        return "GIF has too many frames"
    return ""


def _video_fault(header: Header) -> str:
    short, long = sorted((header.width, header.height))
    fits = short >= _SMALLEST_SIDE and short <= _SHORT_SIDE and long <= _LONG_SIDE
    faults = {
        "Unsupported video dimensions": not fits,
        "Unsupported video aspect ratio": long > _FLATTEST * short,
        "Unsupported video duration": not _SHORTEST_MS <= header.duration_ms <= _LONGEST_MS,
        "Unsupported video frame rate": header.frames_per_second > _FASTEST,
        "Unsupported video format": has_foreign_codec(header),
    }
    return next((fault for fault, holds in faults.items() if holds), "")


def has_foreign_codec(header: Header) -> bool:
    """Say whether a video is in a format other than H.264 with AAC."""
    return not set(header.codecs) <= _CODECS | _SIDE_TRACKS


def largest(media_type: str, category_name: str) -> int:
    """Give how many bytes a file may have that is announced, and not yet there."""
    if media_type.startswith("video/"):
        return LARGEST["video"]
    gif: Kind = "animated_gif" if media_type == "image/gif" else "photo"
    return LARGEST[CATEGORIES.get(category_name, gif)]
