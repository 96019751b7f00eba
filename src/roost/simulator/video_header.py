"""The header of an MP4 or MOV file: nested boxes, of which a few say what the film is like.

Source: https://developer.apple.com/documentation/quicktime-file-format and ISO/IEC 14496-12.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from roost.errors import RoostError

MOST_BOXES = 10_000
"""Boxes looked at on one level; more is not a film but an attempt to keep this busy."""

_HEAD = 8
_LARGE_HEAD = 16
_VIDEO_HANDLER = b"vide"


class Broken(RoostError):
    """The boxes contradict themselves, or what must be there is missing."""


@dataclass(frozen=True, slots=True)
class Film:
    """A film: pixels, milliseconds, and its tracks' codecs in four letters each."""

    width: int
    height: int
    duration_ms: int
    frames_per_second: float
    codecs: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class _Track:
    is_video: bool
    width: int
    height: int
    codec: str
    seconds: float
    samples: int


def read(content: bytes) -> Film:
    """Read the header of a film.

    Raises:
        Broken: There is none, or it has no picture.
        struct.error: It ends too early.
    """
    movie = _need(content, _Box(b"", 0, len(content)), b"moov")
    tracks = [_track(content, box) for box in _boxes(content, movie) if box.kind == b"trak"]
    picture = next((track for track in tracks if track.is_video), None)
    if picture is None:
        raise Broken("no track holds a picture")
    seconds = _seconds(content, _need(content, movie, b"mvhd")) or picture.seconds
    return Film(
        picture.width,
        picture.height,
        round(seconds * 1_000),
        picture.samples / picture.seconds if picture.seconds else 0,
        [track.codec for track in tracks],
    )


def _track(content: bytes, track: _Box) -> _Track:
    media = _need(content, track, b"mdia")
    table = _need(content, _need(content, media, b"minf"), b"stbl")
    handler = _need(content, media, b"hdlr").begin
    # Width and height are the last eight bytes of a track's header, as 16.16 fixed point.
    width, height = struct.unpack_from(">II", content, _need(content, track, b"tkhd").end - 8)
    codec = _need(content, table, b"stsd").begin + 12
    return _Track(
        is_video=content[handler + 8 : handler + 12] == _VIDEO_HANDLER,
        width=width >> 16,
        height=height >> 16,
        codec=content[codec : codec + 4].decode("latin-1"),
        seconds=_seconds(content, _need(content, media, b"mdhd")),
        samples=_samples(content, table),
    )


def _seconds(content: bytes, box: _Box) -> float:
    """Read a duration: after two times, a scale and a count, each wider in version 1."""
    if content[box.begin]:
        scale, units = struct.unpack_from(">IQ", content, box.begin + 20)
    else:
        scale, units = struct.unpack_from(">II", content, box.begin + 12)
    return units / scale if scale else 0


def _samples(content: bytes, table: _Box) -> int:
    times = _need(content, table, b"stts")
    (entries,) = struct.unpack_from(">I", content, times.begin + 4)
    if entries > (times.end - times.begin) // 8:
        raise Broken("more runs of samples than there is room for")
    counts = struct.unpack_from(f">{'Ixxxx' * min(entries, MOST_BOXES)}", content, times.begin + 8)
    return sum(counts)


def _need(content: bytes, parent: _Box, kind: bytes) -> _Box:
    for box in _boxes(content, parent):
        if box.kind == kind:
            return box
    raise Broken(f"no {kind.decode('latin-1')} box")


def _boxes(content: bytes, parent: _Box) -> Sequence[_Box]:
    found: list[_Box] = []
    position = parent.begin
    while position + _HEAD <= parent.end:
        size, kind = struct.unpack_from(">I4s", content, position)
        head = _HEAD
        if size == 1:
            (size,) = struct.unpack_from(">Q", content, position + _HEAD)
            head = _LARGE_HEAD
        elif size == 0:
            size = parent.end - position
        if size < head or position + size > parent.end or len(found) == MOST_BOXES:
            raise Broken("a box is larger than what holds it, or there are too many")
        found.append(_Box(kind, position + head, position + size))
        position += size
    return found
