"""`multipart/form-data`: the fields of a body, files among them, all as bytes."""

from __future__ import annotations

from collections.abc import Mapping

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

MULTIPART = "multipart/form-data"

MOST_FIELDS = 32
"""Fields of one form; X's have at most six."""


def read(body: bytes, content_type: str) -> Mapping[str, bytes]:
    """Give a form's fields by name, of a repeated one the first.

    A body that is not a whole form has no fields, as a form that lacks them: X tells its clients
    which parameter is missing, and nothing about boundaries.

    Args:
        body: As sent.
        content_type: The whole header, which names the boundary.
    """
    media_type, options = parse_options_header(content_type)
    if media_type != MULTIPART:
        return {}
    try:
        return _fields(body, options.get("boundary", ""))
    except (MultipartError, ValueError):  # UnicodeError too, for odd bytes in a part's header
        return {}


def _fields(body: bytes, boundary: str) -> Mapping[str, bytes]:
    parser = PushMultipartParser(boundary, max_segment_count=MOST_FIELDS)
    fields: dict[str, bytes] = {}
    name, pieces = "", list[bytes]()
    for event in parser.parse(body) if body else ():
        match event:
            case MultipartSegment():
                name, pieces = event.name or "", []
            case bytes() | bytearray():
                pieces.append(bytes(event))
            case None:
                fields.setdefault(name, b"".join(pieces))
    parser.close()
    return fields
