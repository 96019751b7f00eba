"""Every operation in the API's description shows what is asked and what is answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from tests.contract.conftest import NOON
from tests.contract.desk_api import desk_over

from roost.desk.examples import Examples, NoExample
from roost.store.sqlite import SqliteStore
from roost.testing.clocks import FrozenClock

BYTES = {
    "GET /api/conversations/{account_id}/{conversation_id}/customer/picture",
    "GET /api/accounts/{account_id}/profiles/{profile_id}/picture",
    "GET /api/accounts/{account_id}/welcome-messages/{welcome_id}/media",
    "GET /api/conversations/{account_id}/{conversation_id}/messages/{message_id}/media",
    "POST /api/accounts/{account_id}/media",
}
"""What these give, or take, is a file."""

KINDS = {"image/gif", "image/jpeg", "image/png", "image/webp", "video/mp4", "video/quicktime"}


@pytest.fixture
async def description(tmp_path, empty_database, lease_clock) -> dict[str, Any]:
    path = tmp_path / "roost.db"
    path.write_bytes(empty_database.read_bytes())
    async with (
        SqliteStore.open(path, lease_clock=lease_clock) as store,
        desk_over(store, FrozenClock(NOON)) as desk,
    ):
        return await desk.browser().get("/api/openapi.json")


def places(description: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every place of the description that has a schema of its own, and its name."""
    for path, item in description["paths"].items():
        for method, operation in item.items():
            name = f"{method.upper()} {path}"
            for parameter in operation.get("parameters", []):
                yield f"{name} {parameter['name']}", parameter
            asked = operation.get("requestBody", {}).get("content", {})
            for media in [] if name in BYTES else asked.values():
                yield f"{name} request", media
            for status, answer in operation["responses"].items():
                for media in answer.get("content", {}).values():
                    if not (name in BYTES and status == "200"):
                        yield f"{name} {status}", media


def unknown(place: dict[str, Any], description: dict[str, Any]) -> str:
    """Name the field that has no example."""
    with pytest.raises(NoExample) as raised:
        Examples(description["components"]["schemas"]).of(place["schema"], "")
    return str(raised.value)


async def test_every_request_and_answer_has_an_example_that_is_right(description) -> None:
    components = {"components": description["components"]}
    without, wrong = [], []
    found = list(places(description))
    for name, place in found:
        if "example" not in place:
            without.append(f"{name}: {unknown(place, description)}")
            continue
        validator = jsonschema_rs.Draft202012Validator({**place["schema"], **components})
        wrong += [f"{name}: {one.message}" for one in validator.iter_errors(place["example"])]

    assert without == [], "say in roost.desk.examples what these look like"
    assert wrong == []
    assert len(found) > 500


async def test_files_are_described_by_their_kinds_and_nothing_else_is(description) -> None:
    found = {}
    for path, item in description["paths"].items():
        for method, operation in item.items():
            answer = operation["responses"].get("200", {})
            for one in (operation.get("requestBody", {}), answer):
                kinds = set(one.get("content", {})) - {"application/json", "text/event-stream"}
                if kinds:
                    found[f"{method.upper()} {path}"] = kinds

    assert found == dict.fromkeys(BYTES, KINDS)


async def test_every_operation_says_what_it_answers_when_all_is_well(description) -> None:
    for path, item in description["paths"].items():
        for method, operation in item.items():
            done = [status for status in operation["responses"] if status.startswith("2")]
            assert len(done) == 1, (method, path)
            assert operation.get("summary") or operation.get("description"), (method, path)


def test_a_field_that_nobody_knows_is_named() -> None:
    shapes = {"Thing": {"type": "object", "properties": {"colour": {"type": "string"}}}}

    with pytest.raises(NoExample, match=r"Thing\.colour"):
        Examples(shapes).of({"$ref": "#/components/schemas/Thing"}, "")
