"""A plain grey picture, where X would show the first frame of a video."""

from __future__ import annotations

import struct
import zlib

_GREY = 0x80
_SCALED_TO = 64


def png(width: int, height: int) -> bytes:
    """Draw one in the proportions of a video, at most 64 pixels long.

    Args:
        width: More than 0.
        height: More than 0.
    """
    longest = max(width, height, _SCALED_TO)
    columns = max(1, width * _SCALED_TO // longest)
    rows = max(1, height * _SCALED_TO // longest)
    scanline = b"\0" + bytes([_GREY]) * columns
    header = struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(scanline * rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
