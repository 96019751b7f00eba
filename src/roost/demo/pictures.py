"""The demo's pictures, drawn here: faces for those who speak."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

Colour = tuple[int, int, int]

FACE_SIDE = 96
"""Pixels."""

_INK: Colour = (30, 34, 44)
_LIGHT: Colour = (255, 236, 170)
_SKIN: Colour = (236, 200, 168)
_HAIR: Colour = (84, 52, 36)


@dataclass(frozen=True, slots=True)
class _Shape:
    """A disc, or a box that may be wider at its foot.

    Attributes:
        x: Of its centre. Coordinates run from -1 to 1, to the right and down.
        y: Likewise.
        wide: Half its width; a disc's radius.
        high: Half its height; 0 for a disc.
        colour: Of it.
        spread: How much half its width grows from top to foot.
    """

    x: float
    y: float
    wide: float
    high: float
    colour: Colour
    spread: float = 0.0

    def covers(self, x: float, y: float) -> bool:
        """Tell whether a place is on it."""
        right, down = x - self.x, y - self.y
        if not self.high:
            return right * right + down * down < self.wide * self.wide
        half = self.wide + self.spread * (down + self.high) / (2 * self.high)
        return abs(down) < self.high and abs(right) < half


_MACHINE = (
    _Shape(0, 0, 2, 2, (44, 110, 190)),
    _Shape(0, -0.66, 0.03, 0.16, _LIGHT),
    _Shape(0, -0.82, 0.1, 0, _LIGHT),
    _Shape(0, 0, 0.6, 0.52, (222, 232, 244)),
    _Shape(-0.26, -0.1, 0.13, 0, _INK),
    _Shape(0.26, -0.1, 0.13, 0, _INK),
    _Shape(0, 0.28, 0.3, 0.04, _INK),
)
_SOMEBODY = (
    _Shape(0, 0, 2, 2, (246, 214, 150)),
    _Shape(0, 1.15, 0.72, 0, (36, 120, 96)),
    _Shape(0, -0.14, 0.56, 0, _HAIR),
    _Shape(0, -0.02, 0.48, 0, _SKIN),
    _Shape(0, -0.5, 0.48, 0.2, _HAIR),
    _Shape(-0.2, -0.12, 0.07, 0, _INK),
    _Shape(0.2, -0.12, 0.07, 0, _INK),
    _Shape(0, 0.26, 0.2, 0.03, (176, 64, 64)),
)


def assistant() -> bytes:
    """Draw a friendly machine: a PNG of `FACE_SIDE` pixels each way."""
    return _png(FACE_SIDE, _MACHINE)


def person() -> bytes:
    """Draw somebody with dark hair: a PNG of `FACE_SIDE` pixels each way."""
    return _png(FACE_SIDE, _SOMEBODY)


def _png(side: int, shapes: Sequence[_Shape]) -> bytes:
    """Draw shapes, the last on top; the first covers everything."""
    places = [2 * (n + 0.5) / side - 1 for n in range(side)]
    on_top = shapes[::-1]
    rows = (
        b"\0" + bytes(part for x in places for part in _colour_at(x, y, on_top)) for y in places
    )
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(kind, content) for kind, content in parts)


def _colour_at(x: float, y: float, on_top: Sequence[_Shape]) -> Colour:
    return next(shape.colour for shape in on_top if shape.covers(x, y))


def _part(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)
