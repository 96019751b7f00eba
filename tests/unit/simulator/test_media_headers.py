"""What pictures and videos say of themselves."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import samples

from roost.simulator import media_headers, placeholder, video_header
from roost.simulator.media_headers import Header


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (samples.png(1252, 626), Header("image/png", 1252, 626)),
        (samples.jpeg(640, 480), Header("image/jpeg", 640, 480)),
        (samples.jpeg(640, 480, marker=0xC2), Header("image/jpeg", 640, 480)),
        (samples.gif(300, 160, 2), Header("image/gif", 300, 160, frames=2)),
        (samples.gif(30, 16, 1, local_colors=True), Header("image/gif", 30, 16)),
        (samples.webp(b"VP8X", 400, 301), Header("image/webp", 400, 301)),
        (samples.webp(b"VP8L", 400, 301), Header("image/webp", 400, 301)),
        (samples.webp(b"VP8 ", 400, 301), Header("image/webp", 400, 301)),
    ],
)
def test_pictures_are_recognised_by_their_bytes(content: bytes, expected: Header):
    assert media_headers.read(content) == expected


@pytest.mark.parametrize("is_wide", [False, True])
def test_a_video_says_how_long_and_how_fast_it_is(is_wide: bool):
    header = media_headers.read(samples.mp4(640, 360, 2_500, frames=75, is_wide=is_wide))

    assert header == Header(
        "video/mp4",
        640,
        360,
        frames=0,
        duration_ms=2_500,
        frames_per_second=30,
        codecs=["avc1", "mp4a"],
    )


def test_a_mov_is_told_from_an_mp4():
    assert (
        media_headers.read(samples.mp4().replace(b"isom", b"qt  ")).media_type == "video/quicktime"
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!doctype html><script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
        b"%PDF-1.7",
        b"BM" + bytes(60),
        samples.png(0, 5),
        samples.gif(300, 160, 0),
        samples.jpeg(0, 5),
        samples.jpeg(marker=0xC4),
        samples.webp(b"ALPH"),
        samples.mp4(codecs=()),
        samples.mp4(width=0),
        samples.box(b"ftyp", b"isom") + samples.box(b"moov", b""),
        samples.box(b"ftyp", b"isom") + struct.pack(">I4s", 4, b"moov"),
        samples.box(b"ftyp", b"isom") + samples.box(b"free", b"") * (video_header.MOST_BOXES + 1),
    ],
)
def test_everything_else_is_nothing(content: bytes):
    assert media_headers.read(content) is None


WHOLE = [samples.png(), samples.gif(), samples.jpeg(), samples.webp(), samples.mp4()]


@given(st.sampled_from(WHOLE), st.data())
def test_files_cut_or_bent_anywhere_are_read_or_not_and_nothing_worse(
    content: bytes, choose: st.DataObject
):
    bent = bytearray(content[: choose.draw(st.integers(0, len(content)))])
    for position in choose.draw(st.lists(st.integers(0, max(0, len(bent) - 1)), max_size=8)):
        if bent:
            bent[position] = choose.draw(st.integers(0, 255))

    header = media_headers.read(bytes(bent))

    assert header is None or (header.width > 0 and header.height > 0)


@given(st.integers(1, 3_000), st.integers(1, 3_000))
def test_the_stand_in_of_a_video_has_its_proportions(width: int, height: int):
    header = media_headers.read(placeholder.png(width, height))

    assert header.media_type == "image/png"
    assert max(header.width, header.height) <= 64
    if width > 64 or height > 64:
        assert (header.width >= header.height) == (width >= height) or header.width == header.height
