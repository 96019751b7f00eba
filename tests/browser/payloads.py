"""Texts that would run if a page took them for markup, and every field they can come in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from playwright.sync_api import Page
from tests import wire_types

from roost.desk.examples import Examples

PAYLOADS = {
    "script": "<script>__hit=1</script>",
    "script closed": "</script><script>__hit=1</script>",
    "script src": "<script src=data:,__hit=1></script>",
    "image": "<img src=x onerror=__hit=1>",
    "image quoted": "<img src='x' onerror='__hit=1'>",
    "image slashes": "<img/src=x/onerror=__hit=1>",
    "svg": "<svg onload=__hit=1>",
    "svg script": "<svg><script>__hit=1</script></svg>",
    "svg animation": "<svg><animate onbegin=__hit=1 dur=1s>",
    "math": "<math><mi//xlink:href='data:x,__hit=1'>",
    "body": "<body onload=__hit=1>",
    "frame": "<iframe src=javascript:parent.__hit=1>",
    "frame document": "<iframe srcdoc='<svg onload=top.__hit=1>'>",
    "object": "<object data=javascript:__hit=1>",
    "link": "<a href=javascript:__hit=1 autofocus>x</a>",
    "address": "javascript:__hit=1",
    "data address": "data:text/html,<svg onload=__hit=1>",
    "attribute": '" onfocus=__hit=1 autofocus x="',
    "attribute single": "' onmouseover=__hit=1 x='",
    "textarea": "</textarea><svg onload=__hit=1>",
    "title": "</title><svg onload=__hit=1>",
    "comment": "--><img src=x onerror=__hit=1>",
    "style": "<style>@import 'javascript:__hit=1'</style>",
    "template": "{@html '<svg onload=__hit=1>'}",
    "entities": "&lt;svg onload=__hit=1&gt;",
    "details": "<details open ontoggle=__hit=1>",
    "focus": "<input autofocus onfocus=__hit=1>",
    "base": "<base href=javascript:__hit=1//>",
    "meta": "<meta http-equiv=refresh content=0;x>",
}
"""One of each way in which text comes to be run; short enough to be a name."""

TOGETHER = " ".join(
    PAYLOADS[name] for name in sorted(PAYLOADS, key=lambda name: "closed" not in name)
)
"""All of them in one text."""

LISTEN = """
window.__violations = []
document.addEventListener('securitypolicyviolation', (event) =>
  window.__violations.push(event.violatedDirective + ' ' + event.blockedURI))
"""

LEADS_ASTRAY = """() => [...document.querySelectorAll('[href], [src], [action], [formaction]')]
  .flatMap((one) => ['href', 'src', 'action', 'formaction'].map((name) => one[name]))
  .filter((address) => typeof address === 'string' && address !== '')
  .filter((address) => !/^(https?|blob):/.test(address) && !address.startsWith('data:image/'))"""
"""Addresses on the page that are none of a page or a picture."""

Schema = Mapping[str, Any]

IDS = re.compile(
    r".*_id$|.*\.(after|before|csrf|n|position|seen_position|key|event_key|page|token|secret|password)$"
)
"""What things are found by, and secrets."""


def check_nothing_ran(page: Page) -> None:
    """Fail where a payload was run, was kept from it by the policy only, or would be by a click."""
    found = page.evaluate(
        "[window.__hit ? ['was run'] : [], window.__violations, (" + LEADS_ASTRAY + ")()].flat()"
    )
    assert found == [], f"{page.url}: {found}"


def choices(schema: Schema) -> Iterator[Schema]:
    """Give everything that a schema allows, with references followed as far as plain values."""
    for one in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from choices(one)
    if "oneOf" not in schema and "anyOf" not in schema:
        yield schema


def is_text(schema: Schema) -> bool:
    """Tell whether any text can stand there, also in a list."""
    return any(
        (one.get("type") == "string" and "enum" not in one and one.get("format") != "date-time")
        or ("items" in one and is_text(one["items"]))
        for one in choices(schema)
    )


def text_fields(schemas: Mapping[str, Schema]) -> set[str]:
    """Give every field of these schemas in which any text can stand, as `Schema.field`."""
    return {
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, one in schema.get("properties", {}).items()
        if is_text(one)
    }


def reached(schemas: list[Any], known: Mapping[str, Schema]) -> set[str]:
    """Give every text field that these schemas lead to, as `Schema.field`."""
    waiting, found = [*schemas], dict[str, Schema]()
    while waiting:
        match waiting.pop():
            case {"$ref": str(place)} if (name := place.rpartition("/")[2]) not in found:
                found[name] = known[name]
                waiting.append(known[name])
            case dict() as one:
                waiting += one.values()
            case list() as several:
                waiting += several
    return text_fields(found)


def operation_at(description: Mapping[str, Any], method: str, path: str) -> Mapping[str, Any]:
    """Give what a description says of a call; nothing where it does not know it."""
    for template, item in description["paths"].items():
        pattern = re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and method.lower() in item:
            return item[method.lower()]
    return {}


class Requests:
    """Keeps which text fields of the API's requests have carried a payload.

    Attributes:
        carried: These fields, as `Schema.field`.
    """

    def __init__(self) -> None:
        self._described = wire_types.description()
        self._schemas: Mapping[str, Schema] = self._described["components"]["schemas"]
        self.carried = set[str]()

    def wanted(self) -> set[str]:
        """Give every text field of every request, but for those that things are found by."""
        asked = [
            operation["requestBody"]
            for item in self._described["paths"].values()
            for operation in item.values()
            if "requestBody" in operation
        ]
        return {one for one in reached(asked, self._schemas) if not IDS.fullmatch(one)}

    def note(self, method: str, path: str, body: object) -> None:
        """Look at a request that is made."""
        operation = operation_at(self._described, method, path)
        self._note(body, operation["requestBody"]["content"]["application/json"]["schema"], "")

    def _note(self, value: Any, schema: Schema, field: str) -> None:
        match value:
            case str() if "__hit" in value or "http-equiv" in value:
                self.carried.add(field)
            case list():
                [items] = [one["items"] for one in choices(schema) if "items" in one]
                for one in value:
                    self._note(one, items, field)
            case dict():
                [name] = {
                    one["$ref"].rpartition("/")[2] for one in choices(schema) if "$ref" in one
                }
                for key, one in value.items():
                    self._note(one, self._schemas[name]["properties"][key], f"{name}.{key}")
            case _:
                pass


class Answers:
    """Puts a payload into every text of the API's answers, as its description says they look.

    Args:
        kept: Tells which fields are left as they are.
        made: Fields in which the description's example stands where there is nothing.

    Attributes:
        filled: Every field that has been filled, as `Schema.field`.
    """

    def __init__(self, kept: Callable[[str], bool], made: AbstractSet[str] = frozenset()) -> None:
        self._kept = kept
        self._made = made
        self._described = wire_types.description()
        self._schemas: Mapping[str, Schema] = self._described["components"]["schemas"]
        self.payload = ""
        self.filled = set[str]()

    def wanted(self) -> set[str]:
        """Give every text field of every answer, but for those that are kept."""
        answers = [
            media["schema"]
            for item in self._described["paths"].values()
            for operation in item.values()
            for status, answer in operation["responses"].items()
            for media in answer.get("content", {}).values()
            if status.startswith("2") and "schema" in media
        ]
        return {one for one in reached(answers, self._schemas) if not self._kept(one)}

    def answer(self, method: str, path: str, body: str) -> str:
        """Give an answer with payloads in it; one that the description does not know, as it is."""
        operation = operation_at(self._described, method, path)
        content = operation.get("responses", {}).get("200", {}).get("content", {})
        if "application/json" not in content:
            return body
        return json.dumps(self._filled(json.loads(body), content["application/json"]["schema"]))

    def _filled(self, value: Any, schema: Schema, field: str = "") -> Any:
        if isinstance(value, list):
            [items] = [one["items"] for one in choices(schema) if "items" in one]
            return [self._filled(one, items, field) for one in value]
        if isinstance(value, dict):
            return self._object(value, schema)
        if not field or self._kept(field) or not is_text(schema) or isinstance(value, bool | int):
            return value
        self.filled.add(field)
        return self.payload

    def _object(self, value: dict[str, Any], schema: Schema) -> dict[str, Any]:
        for one in choices(schema):
            name = one.get("$ref", "").rpartition("/")[2]
            fields = self._schemas.get(name, {}).get("properties", {})
            if set(value) <= set(fields):
                return {
                    key: self._field(f"{name}.{key}", value.get(key), fields[key])
                    for key in fields
                    if key in value or is_text(fields[key])
                }
        return value

    def _field(self, name: str, value: Any, schema: Schema) -> Any:
        if name in self._made and not value:
            value = Examples(self._schemas).of(schema, name)
        return self._filled(value, schema, name)
