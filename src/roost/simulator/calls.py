"""One HTTP call to the simulated API, and its answer, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from typing import cast
from urllib.parse import parse_qsl

import msgspec

from roost.simulator import multipart_form

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

LARGEST_BODY = 1 << 20
"""Bytes; X's own limit is not documented."""

LARGEST_UPLOAD = 24 << 20
"""Bytes of a call that uploads media: 5 MiB as base64, of which every character may be
percent-encoded, and what goes with it."""

_UPLOADS = "/1.1/media/upload.json"


@dataclass(frozen=True)
class Call:
    """One request as it was received.

    Attributes:
        method: HTTP method.
        url: Without query; scheme and host are those the client saw, the path percent-encoded.
        path: Decoded.
        query: As sent.
        headers: Names in lower case; of a repeated one the last.
        body: As sent; no more than a little of what lies beyond `largest_body`.
    """

    method: str
    url: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    @cached_property
    def media_type(self) -> str:
        """The body's content type in lower case, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @cached_property
    def query_parameters(self) -> Sequence[tuple[str, str]]:
        """The query's parameters, decoded, in order."""
        return _pairs(self.query)

    @cached_property
    def form_parameters(self) -> Sequence[tuple[str, str]]:
        """The body's parameters where it is urlencoded, decoded, in order."""
        if self.media_type != FORM:
            return []
        return _pairs(self.body.decode(errors="replace"))

    @cached_property
    def multipart_fields(self) -> Mapping[str, bytes]:
        """The body's fields where it is `multipart/form-data`, files among them."""
        if self.media_type != multipart_form.MULTIPART:
            return {}
        return multipart_form.read(self.body, self.headers["content-type"])

    @cached_property
    def json_parameters(self) -> Mapping[str, str]:
        """The body's fields where it is a JSON object, as a form would have them.

        A list of ids is what it is in a form, one text with commas. Of other values there is none,
        nor of a body that is not well-formed, as of a form that cannot be read.
        """
        if self.media_type not in {JSON, ""} or not self.body.lstrip().startswith(b"{"):
            return {}
        try:
            found: dict[str, object] = msgspec.json.decode(self.body, type=dict[str, object])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return {}
        return {name: _as_in_a_form(value) for name, value in found.items()}

    def parameter(self, name: str) -> str:
        """Give a parameter, wherever it travels; `""` where it is missing.

        X takes them from the query, from a form of either kind and from JSON; the first counts.
        """
        for known, value in (*self.query_parameters, *self.form_parameters):
            if known == name:
                return value
        if name in self.multipart_fields:
            return self.multipart_fields[name].decode(errors="replace")
        return self.json_parameters.get(name, "")


class Break(Enum):
    """How a connection ends without a whole answer.

    Attributes:
        SILENCE: Nothing comes until the client closes it.
        RESET: It is reset.
        MIDWAY: It is closed in the middle of the answer.
    """

    SILENCE = auto()
    RESET = auto()
    MIDWAY = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer.

    Attributes:
        status: HTTP status; 0 where there is to be none.
        body: May be empty, and is with 204.
        headers: Names in lower case.
        broken: How the connection breaks instead of, or within, the answer.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    broken: Break | None = None


def json_answer(
    value: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    """Answer with JSON."""
    content_type = {"content-type": "application/json;charset=utf-8"}
    return Answer(status, msgspec.json.encode(value), {**content_type, **(headers or {})})


def largest_body(path: str) -> int:
    """Give how many bytes a body may have at a path."""
    return LARGEST_UPLOAD if path == _UPLOADS else LARGEST_BODY


def _as_in_a_form(value: object) -> str:
    """Write a value of a JSON object as a form has it; `""` where a form cannot have it."""
    if isinstance(value, list):
        return ",".join(map(_scalar, cast("list[object]", value)))
    return _scalar(value)


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int) else ""


def _pairs(text: str) -> list[tuple[str, str]]:
    return parse_qsl(text, keep_blank_values=True, errors="replace")
