"""Every text field that an API's description knows, and payloads in each of them."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from playwright.sync_api import Page
from tests.browser.payloads import PAYLOADS

from roost.desk.examples import Examples

Schema = Mapping[str, Any]

IDS = re.compile(
    r".*_id$|.*\.(after|before|csrf|n|position|seen_position|key|event_key|page|token|secret|password)$"
)
"""What things are found by, and secrets."""

LINES = "application/x-ndjson"
_UNTYPED = frozenset({"description", "title", "default"})
_PREFIXES = ("", "https://x.example/", "https://x.example/?", "https://x.example")


def choices(schema: Schema) -> Iterator[Schema]:
    """Give everything that a schema allows, with references followed as far as plain values."""
    for one in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from choices(one)
    if "oneOf" not in schema and "anyOf" not in schema:
        yield schema


def is_anything(schema: Schema | bool) -> bool:
    """Tell whether any JSON at all can stand there."""
    if isinstance(schema, bool):
        return schema
    return any(one.keys() <= _UNTYPED for one in choices(schema))


def is_text(schema: Schema | bool) -> bool:
    """Tell whether some text that is a payload can stand there, also in a list or a map."""
    if isinstance(schema, bool) or is_anything(schema):
        return schema is not False
    return any(_is_text(one) for one in choices(schema))


def _is_text(one: Schema) -> bool:
    if one.get("type") == "string" and not {"enum", "const", "contentEncoding"} & one.keys():
        return one.get("format") != "date-time" and fitting(one, "") != ""
    return any(is_text(one[inner]) for inner in ("items", "additionalProperties") if inner in one)


def fitting(schema: Schema, payload: str) -> str:
    """Give a payload where a schema has no pattern, else one that fits it, or `""`."""
    pattern = schema.get("pattern")
    if pattern is None:
        return payload or "x"
    tried = (prefix + one for one in PAYLOADS.values() for prefix in _PREFIXES)
    return next((one for one in tried if re.search(pattern, one)), "")


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


def asked(description: Mapping[str, Any]) -> list[Any]:
    """Give the shapes of every request."""
    return [
        operation["requestBody"]
        for item in description["paths"].values()
        for operation in item.values()
        if "requestBody" in operation
    ]


def answered(description: Mapping[str, Any]) -> list[Any]:
    """Give the shapes of every answer to what was done."""
    return [
        media["schema"]
        for item in description["paths"].values()
        for operation in item.values()
        for status, answer in operation["responses"].items()
        for media in answer.get("content", {}).values()
        if status.startswith("2") and "schema" in media
    ]


class Requests:
    """Keeps which text fields of an API's requests have carried a payload.

    Args:
        described: What the API says of itself.

    Attributes:
        carried: These fields, as `Schema.field`.
    """

    def __init__(self, described: Mapping[str, Any]) -> None:
        self._described = described
        self._schemas: Mapping[str, Schema] = described["components"]["schemas"]
        self.carried = set[str]()

    def wanted(self) -> set[str]:
        """Give every text field of every request, but for those that things are found by."""
        every = reached(asked(self._described), self._schemas)
        return {one for one in every if not IDS.fullmatch(one)}

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
                name = self._name_of(value, schema)
                for key, one in value.items():
                    self._note(one, self._schemas[name]["properties"][key], f"{name}.{key}")
            case _:
                pass

    def _name_of(self, value: Mapping[str, Any], schema: Schema) -> str:
        names = [one["$ref"].rpartition("/")[2] for one in choices(schema) if "$ref" in one]
        return next(one for one in names if value.keys() <= self._schemas[one]["properties"].keys())


class Filler:
    """Puts a payload into every text of a value, as a schema says it looks.

    Args:
        schemas: What the value may be made of.
        kept: Tells which fields are left as they are.
        made: Fields in which the description's example stands where there is nothing.

    Attributes:
        payload: What is put there.
        numbered: Fields by which a page tells things apart: each gets a number too.
        filled: Every field that has been filled, as `Schema.field`.
    """

    def __init__(
        self,
        schemas: Mapping[str, Schema],
        kept: Callable[[str], bool],
        made: AbstractSet[str] = frozenset(),
    ) -> None:
        self._schemas = schemas
        self._kept = kept
        self._made = made
        self._numbers = itertools.count()
        self.payload = ""
        self.numbered: AbstractSet[str] = frozenset()
        self.filled = set[str]()

    def fill(self, value: Any, schema: Schema | bool, field: str = "") -> Any:
        """Give the value with payloads in it."""
        if isinstance(schema, bool) or is_anything(schema):
            return value if schema is False else self._anything(value, field)
        if isinstance(value, list):
            # A pair of numbers is described by its two places alone.
            items = next((one["items"] for one in choices(schema) if "items" in one), False)
            return value if items is False else [self.fill(one, items, field) for one in value]
        if isinstance(value, dict):
            return self._object(value, schema, field)
        if not field or self._kept(field) or not is_text(schema) or isinstance(value, bool | int):
            return value
        self.filled.add(field)
        made = self._made_of(schema)
        return f"{made} {next(self._numbers)}" if field in self.numbered else made

    def _made_of(self, schema: Schema) -> Any:
        """Give a payload, in a list or a map where only that can stand there."""
        by_type = {one.get("type", "string"): one for one in choices(schema)}
        if "string" in by_type:
            return fitting(by_type["string"], self.payload)
        return [self.payload] if "array" in by_type else {self.payload: self.payload}

    def _anything(self, value: Any, field: str, path: str = "") -> Any:
        """Give the same JSON with a payload in the place of every text; nothing stays nothing."""
        if isinstance(value, list):
            return [self._anything(one, field, path) for one in value]
        if isinstance(value, dict):
            return {key: self._anything(one, field, f"{path}.{key}") for key, one in value.items()}
        if not isinstance(value, str) or not field or self._kept(field + path):
            return value
        self.filled.add(field)
        return self.payload

    def _object(self, value: dict[str, Any], schema: Schema, field: str) -> dict[str, Any]:
        for one in choices(schema):
            name = one.get("$ref", "").rpartition("/")[2]
            fields = self._schemas.get(name, {}).get("properties", {})
            if fields and value.keys() <= fields.keys():
                return {
                    key: self._field(f"{name}.{key}", value.get(key), fields[key])
                    for key in fields
                    if key in value or self._can_be_made(f"{name}.{key}", fields[key])
                }
            if "additionalProperties" in one:
                inner = one["additionalProperties"]
                return {key: self.fill(each, inner, field) for key, each in value.items()}
        return value

    def _can_be_made(self, field: str, schema: Schema) -> bool:
        return is_text(schema) and not is_anything(schema) and not self._kept(field)

    def _field(self, name: str, value: Any, schema: Schema) -> Any:
        if name in self._made and not value:
            value = Examples(self._schemas).of(schema, name)
        return self.fill(value, schema, name)


class Answers(Filler):
    """Puts a payload into every text of an API's answers, as its description says they look.

    Args:
        described: What the API says of itself.
        kept: Tells which fields are left as they are.
        made: Fields in which the description's example stands where there is nothing.
    """

    def __init__(
        self,
        described: Mapping[str, Any],
        kept: Callable[[str], bool],
        made: AbstractSet[str] = frozenset(),
    ) -> None:
        super().__init__(described["components"]["schemas"], kept, made)
        self._described = described

    def wanted(self) -> set[str]:
        """Give every text field of every answer, but for those that are kept."""
        every = reached(answered(self._described), self._schemas)
        return {one for one in every if not self._kept(one)}

    def answer(self, method: str, path: str, status: str, body: str) -> str:
        """Give an answer with payloads in it; one that the description does not know, as it is."""
        operation = operation_at(self._described, method, path)
        content = operation.get("responses", {}).get(status, {}).get("content", {})
        if LINES in content:
            return "".join(
                f"{json.dumps(self.fill(json.loads(one), {}, path))}\n" for one in body.splitlines()
            )
        if "application/json" not in content:
            return body
        return json.dumps(self.fill(json.loads(body), content["application/json"]["schema"]))


_TELLS_OTHERWISE = """
const asked = window.fetch
window.fetch = async (where, init) => {
  const answer = await asked(where, init)
  const type = answer.headers.get('content-type') ?? ''
  if (!/^application.(json|x-ndjson)/.test(type)) return answer
  const path = new URL(where, location.href).pathname
  const asks = [init?.method ?? 'GET', path, String(answer.status)]
  const text = await window.__otherwise(...asks, await answer.text())
  return new Response(text, {status: answer.status, headers: {'content-type': type}})
}
"""


def hostile(page: Page, answers: Answers) -> None:
    """Answer the page's questions with payloads, from the next time on that it is opened."""
    page.expose_function("__otherwise", answers.answer)
    page.add_init_script(_TELLS_OTHERWISE)


_TELLS_OF_OTHER_THINGS = """
const listen = EventSource.prototype.addEventListener
EventSource.prototype.addEventListener = function (name, hear, options) {
  return listen.call(this, name, async ({data}) => {
    hear(new MessageEvent(name, {data: await window.__told(name, data)}))
  }, options)
}
"""


def hostile_stream(page: Page, told: Callable[[str, str], str]) -> None:
    """Let what a page follows tell of something else, from the next time on that it is opened."""
    page.expose_function("__told", told)
    page.add_init_script(_TELLS_OF_OTHER_THINGS)
