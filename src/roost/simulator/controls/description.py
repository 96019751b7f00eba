"""The description of `/_sim`: what its OpenAPI says besides what follows from the handlers."""

from __future__ import annotations

from typing import cast

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.openapi.plugins import JsonRenderPlugin
from typing_extensions import override

PATH = "/_sim/openapi.json"

_REFUSED = {
    "description": "A field is wrong; nothing was done.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}},
}
_ABSENT = {**_REFUSED, "description": "There is no such thing."}
_WRITES = frozenset({"put", "post"})

_Object = dict[str, object]


class Description(JsonRenderPlugin):
    """Renders the description, with the form in which `/_sim` refuses instead of Litestar's."""

    @override
    def render(self, request: Request[object, object, State], openapi_schema: _Object) -> bytes:
        for path, item in cast("dict[str, _Object]", openapi_schema["paths"]).items():
            for method, operation in item.items():
                if isinstance(operation, dict):
                    _describe_refusals(path, method, cast("_Object", operation))
        return msgspec.json.encode(openapi_schema)


def _describe_refusals(path: str, method: str, operation: _Object) -> None:
    responses = cast("_Object", operation["responses"])
    responses.pop("400", None)
    if method in _WRITES or operation.get("parameters") or operation.get("requestBody"):
        responses["422"] = _REFUSED
    if "{" in path:
        responses["404"] = _ABSENT
