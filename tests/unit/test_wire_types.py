"""What the desk's page takes for the API's shapes is what the API says they are."""

from __future__ import annotations

import pytest
from tests import wire_types


def test_the_pages_types_are_those_of_the_api() -> None:
    found = wire_types.FILE.read_text(encoding="utf-8")

    assert found == wire_types.written(), "write them anew: python -m tests.wire_types"


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        (
            {"type": "array", "items": {"oneOf": [{"type": "string"}, {"type": "null"}]}},
            "(string | null)[]",
        ),
        ({"$ref": "#/components/schemas/Line"}, "Line"),
        ({"type": "string", "enum": ["a", ""]}, '"a" | ""'),
    ],
)
def test_a_schema_is_written_as_its_type(schema: dict[str, object], text: str) -> None:
    assert wire_types.type_of(schema) == text


def test_what_has_no_type_is_refused() -> None:
    with pytest.raises(ValueError, match="no TypeScript"):
        wire_types.type_of({"type": "object"})
