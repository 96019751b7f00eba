"""Pictures and videos that are nothing but what readers of headers look at."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence


def png(width: int = 4, height: int = 3) -> bytes:
    """A whole grey PNG."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\x55" * width) * height)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def gif(
    width: int = 300, height: int = 160, frames: int = 2, *, local_colors: bool = False
) -> bytes:
    """A GIF; its frames hold no pixels."""
    flags, table = (0x81, bytes(12)) if local_colors else (0, b"")
    control = b"\x21\xf9\x04\x00\x0a\x00\x00\x00"
    image = (
        b"\x2c" + struct.pack("<HHHHB", 0, 0, width, height, flags) + table + b"\x02\x01\x00\x00"
    )
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    return head + (control + image) * frames + b"\x3b"


def jpeg(width: int = 640, height: int = 480, *, marker: int = 0xC0) -> bytes:
    """A JPEG up to its first scan."""
    jfif = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + bytes(9)
    size = struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + jfif + b"\xff" + b"\xff" + bytes([marker]) + size + b"\xff\xda" + bytes(8)


def webp(kind: bytes = b"VP8X", width: int = 400, height: int = 301) -> bytes:
    """The head of a WEBP of one of three kinds."""
    if kind == b"VP8X":
        sides = struct.pack("<HBHB", width - 1 & 0xFFFF, 0, height - 1 & 0xFFFF, 0)
        data = bytes(4) + sides
    elif kind == b"VP8L":
        data = b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14)
    else:
        data = b"\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", width, height)
    chunk = kind + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def mp4(
    width: int = 640,
    height: int = 360,
    milliseconds: int = 2_000,
    *,
    frames: int = 60,
    codecs: Sequence[bytes] = (b"avc1", b"mp4a"),
    is_wide: bool = False,
) -> bytes:
    """An MP4 with one track of pictures and one of sound for each further codec.

    Args:
        width: Pixels.
        height: Pixels.
        milliseconds: How long it is.
        frames: Pictures in it.
        codecs: Four letters each; the first is of the pictures.
        is_wide: Write times as 64 bits.
    """
    times = _times(milliseconds, is_wide=is_wide)
    tracks = b"".join(
        _track(codec, times, (width, height, frames) if n == 0 else (0, 0, 99))
        for n, codec in enumerate(codecs)
    )
    movie = box(b"moov", box(b"mvhd", times) + tracks)
    # The last box has no length and reaches to the end, as films that are being written have it.
    return box(b"ftyp", b"isom" + bytes(4)) + movie + struct.pack(">I4s", 0, b"mdat") + b"\x00" * 32


def box(kind: bytes, data: bytes, *, is_large: bool = False) -> bytes:
    """One box."""
    if is_large:
        return struct.pack(">I4sQ", 1, kind, len(data) + 16) + data
    return struct.pack(">I4s", len(data) + 8, kind) + data


def _times(milliseconds: int, *, is_wide: bool) -> bytes:
    if is_wide:
        return struct.pack(">IQQIQ", 1 << 24, 0, 0, 1_000, milliseconds)
    return struct.pack(">IIIII", 0, 0, 0, 1_000, milliseconds)


def _track(codec: bytes, times: bytes, picture: tuple[int, int, int]) -> bytes:
    width, height, samples = picture
    entries = struct.pack(">II", 0, 1) + struct.pack(">I4s", 16, codec) + bytes(8)
    table = box(b"stsd", entries) + box(b"stts", struct.pack(">IIII", 0, 1, samples, 1))
    handler = bytes(8) + (b"vide" if width else b"soun") + bytes(12)
    media = box(b"mdhd", times) + box(b"hdlr", handler)
    media += box(b"minf", box(b"stbl", table), is_large=True)
    head = bytes(76) + struct.pack(">II", width << 16, height << 16)
    return box(b"trak", box(b"tkhd", head) + box(b"mdia", media))
