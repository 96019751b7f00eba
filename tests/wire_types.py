"""The desk's TypeScript types, made of what the API says of itself.

python -m tests.wire_types      writes them anew, after the API has changed
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from roost.desk import app

FILE = Path(__file__).parents[1] / "ui/src/desk/wireGenerated.ts"
HEAD = "/** What the desk's API says of itself, written by `python -m tests.wire_types`. */\n"

PLAIN = {
    "integer": "number",
    "number": "number",
    "string": "string",
    "boolean": "boolean",
    "null": "null",
}
LINE = 140
"""Characters into which a shape is put where it fits."""

LEAVES_OUT = frozenset({"Option"})
"""What the API says without those fields that have their usual value; all else it says in full."""


def description() -> Mapping[str, Any]:
    """Give what the API says of itself."""

    async def check(*_: object) -> None: ...

    async def count() -> dict[str, int]:
        return {}

    parts: Any = SimpleNamespace(access=SimpleNamespace(check=check))
    return app.pages(parts, count, version="0").openapi_schema.to_schema()


def schemas() -> Mapping[str, Any]:
    """Give every shape that the API documents, by name."""
    return description()["components"]["schemas"]


def written() -> str:
    """Write them as TypeScript."""
    return "".join([HEAD, *(_declared(name, one) for name, one in sorted(schemas().items()))])


def _declared(name: str, schema: Mapping[str, Any]) -> str:
    if "properties" not in schema:
        return f"export type {name} = {type_of(schema)};\n"
    required = schema.get("required", ())
    fields = [
        f"{key}{'?' if name in LEAVES_OUT and key not in required else ''}: {type_of(one)};"
        for key, one in schema["properties"].items()
    ]
    listed = "".join(f"  {one}\n" for one in fields)
    short = f"export interface {name} {{ {' '.join(fields)} }}\n"
    if len(short) <= LINE:
        return short
    return f"export interface {name} {{\n{listed}}}\n"


def type_of(schema: Mapping[str, Any]) -> str:
    """Write one schema's type.

    Raises:
        ValueError: It is of a kind that the API has not had yet.
    """
    match schema:
        case {"$ref": str(place)}:
            found = place.rpartition("/")[2]
        case {"enum": names}:
            found = " | ".join(json.dumps(name) for name in names)
        case {"oneOf": [*choices]} | {"anyOf": [*choices]}:
            found = " | ".join(dict.fromkeys(type_of(one) for one in choices))
        case {"type": "array", "items": item}:
            inner = type_of(item)
            found = f"({inner})[]" if " " in inner else f"{inner}[]"
        case {"type": "object", "additionalProperties": {**values}}:
            found = f"Record<string, {type_of(values)}>"
        case {"type": str(plain)} if plain in PLAIN:
            found = PLAIN[plain]
        case _:
            raise ValueError(f"no TypeScript is known for {schema}")
    return found


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
