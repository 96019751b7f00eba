"""The description of the API: what its OpenAPI says besides what follows from the handlers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import cast

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.openapi.plugins import JsonRenderPlugin
from typing_extensions import override

from roost.desk.examples import REFERENCE, STREAM, Examples, NoExample
from roost.desk.problems import Refusal
from roost.xapi import media_rules

_Object = dict[str, object]

CHANGES = "/api/changes"
_WRITES = frozenset({"put", "post", "delete"})
_LINKS = frozenset({"/api/session/link", "/api/session/enter", "/api/session/password"})
_AT_X = ("/api/connections", "/profiles", "/voices", "/media", "/welcome-", "/customer/picture")
"""Parts of the paths of what X is asked for."""

_FILES = ("/media", "/picture")
"""Ends of the paths of files, which come and go as they are."""

_WHY = {
    401: "Nobody is logged in, or login and password do not belong together.",
    403: "This person, key or page may not do it.",
    404: "There is no such thing, or not for this person.",
    409: "It cannot be done as things stand; nothing was changed.",
    410: "The link has been used, or is too old.",
    413: "The body has too many bytes.",
    422: "A field is wrong; `errors` names it. Nothing was changed.",
    429: "Too often: by whoever asks, or by what X allows.",
    502: "X gave what is of no use.",
    503: "The database, or X, does not answer.",
}


_CODES = {
    401: "not_logged_in",
    403: "forbidden",
    404: "not_found",
    409: "not_possible",
    410: "link_gone",
    413: "too_large",
    422: "invalid",
    429: "slow_down",
    502: "odd_media",
    503: "unavailable",
}
"""The commonest reason of each."""


class Description(JsonRenderPlugin):
    """Renders the description, with the refusals of each operation in our one shape."""

    @override
    def render(self, request: Request[object, object, State], openapi_schema: _Object) -> bytes:
        _, shapes = msgspec.json.schema_components([Refusal], ref_template=f"{REFERENCE}{{name}}")
        components = cast("dict[str, _Object]", openapi_schema["components"])
        known = components["schemas"]
        known.update(shapes)
        examples = Examples(known)
        paths = cast("dict[str, dict[str, _Object]]", openapi_schema["paths"])
        for path, item in paths.items():
            for method, operation in item.items():
                _describe(path, method, operation)
                _show(examples, operation)
        return msgspec.json.encode(openapi_schema)


def _describe(path: str, method: str, operation: _Object) -> None:
    responses = cast("_Object", operation["responses"])
    responses.pop("400", None)
    done = cast("_Object", responses.get("204", {}))
    done.pop("content", None)
    if path == CHANGES:
        stream = {"schema": {"type": "string"}, "example": STREAM}
        cast("_Object", responses["200"])["content"] = {"text/event-stream": stream}
    if path.endswith(_FILES):
        _describe_file(method, operation)
    for status in _refusals(path, method, operation):
        responses[str(status)] = {
            "description": _WHY[status],
            "content": {
                "application/json": {
                    "schema": {"$ref": f"{REFERENCE}Refusal"},
                    "example": {"code": _CODES[status], "message": _WHY[status], "errors": []},
                }
            },
        }


def _describe_file(method: str, operation: _Object) -> None:
    """Say which kinds of files an operation takes, or gives.

    What is no JSON has no schema.
    Source: https://spec.openapis.org/oas/v3.1.0#considerations-for-file-uploads
    """
    kinds: _Object = {one: {} for one in sorted(media_rules.MEDIA_TYPES)}
    if method == "post":
        operation["requestBody"] = {"required": True, "content": kinds}
    else:
        responses = cast("_Object", operation["responses"])
        responses["200"] = {"description": "The file, as its first bytes say.", "content": kinds}


def _show(examples: Examples, operation: _Object) -> None:
    """Put an example beside every parameter, request and answer that is JSON."""
    for parameter in cast("list[_Object]", operation.get("parameters") or []):
        schema = cast("_Object", parameter["schema"])
        _put(parameter, examples, schema, cast("str", parameter["name"]))
    answers = cast("dict[str, _Object]", operation["responses"]).values()
    asked = cast("_Object | None", operation.get("requestBody"))
    for one in [*answers, *([asked] if asked else [])]:
        for media in cast("dict[str, _Object]", one.get("content") or {}).values():
            if "schema" in media:
                _put(media, examples, cast("_Object", media["schema"]), "")


def _put(where: _Object, examples: Examples, schema: _Object, field: str) -> None:
    if "example" in where:
        return
    # A page of documentation without an example is better than none; a test names what lacks one.
    with suppress(NoExample):
        where["example"] = examples.of(schema, field)


def _refusals(path: str, method: str, operation: _Object) -> Iterator[int]:
    """Give every status with which an operation can refuse."""
    parameters = cast("list[_Object]", operation.get("parameters") or [])
    yield from (401, 403, 503)
    if "{" in path or any(one["name"] == "account" for one in parameters):
        yield 404
    if parameters or "requestBody" in operation:
        yield 422
    if method in _WRITES:
        yield from (409, 413)
    if any(part in path for part in _AT_X):
        yield from (409, 429, 502)
    if path.startswith("/api/session"):
        yield 429
    if path in _LINKS:
        yield 410
