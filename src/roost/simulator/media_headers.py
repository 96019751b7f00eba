"""What a picture or a video is, read from the bytes themselves.

X tells from the content, not from what the client says of it, and so must this. Needed are five
formats' dimensions, a GIF's frames, and a video's duration, rate and codecs: no small library gives
all of them, and those that decode pictures are large. So this reads headers, and decodes nothing.

Sources: https://www.w3.org/TR/png-3/ · https://www.w3.org/Graphics/GIF/spec-gif89a.txt ·
https://www.w3.org/Graphics/JPEG/itu-t81.pdf ·
https://developers.google.com/speed/webp/docs/riff_container
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from roost.simulator import video_header
from roost.simulator.media_entries import MediaType

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG_START = b"\xff\xd8"
_JPEG_MARK = 0xFF
_GIF_EXTENSION, _GIF_IMAGE, _GIF_END = 0x21, 0x2C, 0x3B
_COLOR_TABLE, _COLOR_TABLE_SIZE = 0x80, 0x07
# Start-of-frame markers, which hold the dimensions; C4, C8 and CC are something else.
_SIZE_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN_MARKERS = frozenset({0xD9, 0xDA})


@dataclass(frozen=True, slots=True)
class Header:
    """What the bytes say they are.

    Attributes:
        media_type: One of six: `image/png`, `image/jpeg`, `image/gif`, `image/webp`,
            `video/mp4`, `video/quicktime`. Never anything a browser would run.
        width: Pixels, more than 0.
        height: Pixels, more than 0.
        frames: Of a GIF; 1 for other pictures, 0 for a video.
        duration_ms: Of a video, in milliseconds.
        frames_per_second: Of a video.
        codecs: Of a video's tracks, as their four letters.
    """

    media_type: MediaType
    width: int
    height: int
    frames: int = 1
    duration_ms: int = 0
    frames_per_second: float = 0
    codecs: Sequence[str] = ()

    @property
    def is_video(self) -> bool:
        """Whether it is a video."""
        return self.media_type.startswith("video/")


def read(content: bytes) -> Header | None:
    """Recognise a picture or a video; `None` where it is neither, or its header is broken."""
    for recognise in _READERS:
        try:
            header = recognise(content)
        except (struct.error, IndexError, video_header.Broken):
            return None  # begins as this format does, and ends too early
        if header is not None:
            return header if header.width > 0 and header.height > 0 else None
    return None


def _png(content: bytes) -> Header | None:
    if not content.startswith(_PNG) or content[12:16] != b"IHDR":
        return None
    width, height = struct.unpack_from(">II", content, 16)
    return Header("image/png", width, height)


def _gif(content: bytes) -> Header | None:
    if content[:6] not in {b"GIF87a", b"GIF89a"}:
        return None
    width, height, flags = struct.unpack_from("<HHB", content, 6)
    frames = _gif_frames(content, 13 + _color_table_bytes(flags))
    return Header("image/gif", width if frames else 0, height, frames=frames)


def _gif_frames(content: bytes, position: int) -> int:
    """Count frames up to the end, or to where the file breaks off."""
    frames = 0
    while position < len(content) and content[position] != _GIF_END:
        if content[position] == _GIF_EXTENSION:
            position = _after_sub_blocks(content, position + 2)
        elif content[position] == _GIF_IMAGE:
            (flags,) = struct.unpack_from("<B", content, position + 9)
            frames += 1
            position = _after_sub_blocks(content, position + 11 + _color_table_bytes(flags))
        else:
            break
    return frames


def _color_table_bytes(flags: int) -> int:
    return 3 << ((flags & _COLOR_TABLE_SIZE) + 1) if flags & _COLOR_TABLE else 0


def _after_sub_blocks(content: bytes, position: int) -> int:
    while position < len(content) and content[position]:
        position += content[position] + 1
    return position + 1


def _jpeg(content: bytes) -> Header | None:
    if not content.startswith(_JPEG_START + b"\xff"):
        return None
    position = len(_JPEG_START)
    while content[position] == _JPEG_MARK:
        marker = content[position + 1]
        if marker == _JPEG_MARK:  # a filling byte
            position += 1
        elif marker in _SIZE_MARKERS:
            height, width = struct.unpack_from(">HH", content, position + 5)
            return Header("image/jpeg", width, height)
        elif marker in _SCAN_MARKERS:
            return None
        else:
            (length,) = struct.unpack_from(">H", content, position + 2)
            position += 2 + length
    return None


def _webp(content: bytes) -> Header | None:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        return None
    kind = content[12:16]
    if kind == b"VP8X":
        low_w, high_w, low_h, high_h = struct.unpack_from("<HBHB", content, 24)
        width, height = (high_w << 16) + low_w + 1, (high_h << 16) + low_h + 1
    elif kind == b"VP8L":
        (packed,) = struct.unpack_from("<I", content, 21)
        width, height = (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", content, 26))
    else:
        return None
    return Header("image/webp", width, height)


def _video(content: bytes) -> Header | None:
    if content[4:8] != b"ftyp":
        return None
    film = video_header.read(content)
    return Header(
        "video/quicktime" if content[8:12] == b"qt  " else "video/mp4",
        film.width,
        film.height,
        frames=0,
        duration_ms=film.duration_ms,
        frames_per_second=film.frames_per_second,
        codecs=film.codecs,
    )


_READERS: Sequence[Callable[[bytes], Header | None]] = (_png, _gif, _jpeg, _webp, _video)
