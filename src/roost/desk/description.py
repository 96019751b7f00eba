"""The description of the API: what its OpenAPI says besides what follows from the handlers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.openapi.plugins import JsonRenderPlugin
from typing_extensions import override

from roost.desk.problems import Refusal

_Object = dict[str, object]

_REFERENCE = "#/components/schemas/"
_WRITES = frozenset({"put", "post", "delete"})
_LINKS = frozenset({"/api/session/link", "/api/session/enter", "/api/session/password"})
_AT_X = ("/api/connections", "/profiles", "/voices", "/media", "/welcome-")
"""Parts of the paths of what X is asked for."""

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


class Description(JsonRenderPlugin):
    """Renders the description, with the refusals of each operation in our one shape."""

    @override
    def render(self, request: Request[object, object, State], openapi_schema: _Object) -> bytes:
        for path, item in cast("dict[str, _Object]", openapi_schema["paths"]).items():
            for method, operation in item.items():
                if isinstance(operation, dict):
                    _describe(path, method, cast("_Object", operation))
        _, shapes = msgspec.json.schema_components([Refusal], ref_template=f"{_REFERENCE}{{name}}")
        components = cast("dict[str, _Object]", openapi_schema["components"])
        components["schemas"].update(shapes)
        return msgspec.json.encode(openapi_schema)


def _describe(path: str, method: str, operation: _Object) -> None:
    responses = cast("_Object", operation["responses"])
    responses.pop("400", None)
    for status in _refusals(path, method, operation):
        responses[str(status)] = {
            "description": _WHY[status],
            "content": {"application/json": {"schema": {"$ref": f"{_REFERENCE}Refusal"}}},
        }


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
