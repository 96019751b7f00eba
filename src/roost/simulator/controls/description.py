"""The description of `/_sim`: what its OpenAPI says besides what follows from the handlers."""

from __future__ import annotations

from typing import cast

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.openapi.plugins import JsonRenderPlugin
from typing_extensions import override

from roost.simulator.entries import WorldFile

PATH = "/_sim/openapi.json"

_REFUSED = {
    "description": "A field is wrong; nothing was done.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}},
}
_ABSENT = {**_REFUSED, "description": "There is no such thing."}
_WRITES = frozenset({"put", "post"})

_Object = dict[str, object]

_REFERENCE = "#/components/schemas/"
_WORLD = "World."


class Description(JsonRenderPlugin):
    """Renders the description, with the form in which `/_sim` refuses instead of Litestar's."""

    @override
    def render(self, request: Request[object, object, State], openapi_schema: _Object) -> bytes:
        for path, item in cast("dict[str, _Object]", openapi_schema["paths"]).items():
            for method, operation in item.items():
                if isinstance(operation, dict):
                    _describe_refusals(path, method, cast("_Object", operation))
        _describe_world(openapi_schema)
        return msgspec.json.encode(openapi_schema)


def _describe_refusals(path: str, method: str, operation: _Object) -> None:
    responses = cast("_Object", operation["responses"])
    responses.pop("400", None)
    if method in _WRITES or operation.get("parameters") or operation.get("requestBody"):
        responses["422"] = _REFUSED
    if "{" in path:
        responses["404"] = _ABSENT


def _describe_world(openapi_schema: _Object) -> None:
    """Tell of world files, which are read by hand, for errors that name their fields."""
    template = f"{_REFERENCE}{_WORLD}{{name}}"
    _, schemas = msgspec.json.schema_components([WorldFile], ref_template=template)
    components = cast("dict[str, _Object]", openapi_schema["components"])
    components["schemas"].update({_WORLD + name: schema for name, schema in schemas.items()})
    content = {"application/json": {"schema": {"$ref": f"{_REFERENCE}{_WORLD}WorldFile"}}}
    state = cast("dict[str, dict[str, _Object]]", openapi_schema["paths"])["/_sim/state"]
    state["put"]["requestBody"] = {"required": True, "content": content}
    responses = cast("dict[str, _Object]", state["get"]["responses"])
    responses["200"] = {"description": "A world file.", "content": content}
