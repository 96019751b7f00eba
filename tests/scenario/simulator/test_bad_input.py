"""Bad input: one test for each kind, with X's status, code and words, or that it says nothing.

Answers of any input at all are `test_any_input`'s; the path each fault of a message is told with,
`message_checks`'s own tests'.
"""

from __future__ import annotations

import json

import pytest
from tests import uploads

NEW = "/1.1/direct_messages/events/new.json"
JSON = "application/json"
AT = "event.message_create.message_data"
BUTTON = {"type": "web_url", "label": "Help", "url": "https://acme.example"}


def message(to: object = "2002", **data: object) -> bytes:
    whole = {"target": {"recipient_id": to}, "message_data": {"text": "Hi", **data}}
    return json.dumps({"event": {"type": "message_create", "message_create": whole}}).encode()


def offering(*options: object) -> bytes:
    return message(quick_reply=chosen(list(options)))


def option(n: int, **more: object) -> dict[str, object]:
    return {"label": f"Option {n}", **more}


def chosen(options: object) -> dict[str, object]:
    return {"type": "options", "options": options}


MEDIA = {"type": "media", "media": {"id": "4711"}}
OPTIONS = f"{AT}.quick_reply.options"
SCHEMA = (400, 214)
TOO_LONG = "label: is longer than 36"
TABLE: tuple[tuple[str, bytes, tuple[int, int], str], ...] = (
    ("no body", b"", SCHEMA, ""),
    ("not an object", b"[]", SCHEMA, ""),
    ("a type that is none", b'{"event":{"type":"typing"}}', SCHEMA, "event.type"),
    ("an event that is text", b'{"event":"x"}', SCHEMA, "event"),
    ("a text that is a number", message(text=5), SCHEMA, f"{AT}.text: '5' is not a valid"),
    ("a text that is null", message(text=None), SCHEMA, f"{AT}.text: required"),
    ("buttons that are text", message(ctas="x"), SCHEMA, f"{AT}.ctas"),
    ("options that are an object", message(quick_reply=chosen({})), SCHEMA, OPTIONS),
    ("10,001 characters", message(text="a" * 10_001), (403, 354), ""),
    ("21 options", offering(*map(option, range(21))), SCHEMA, f"{OPTIONS}: holds 21"),
    ("4 buttons", message(ctas=[BUTTON] * 4), SCHEMA, f"{AT}.ctas: holds 4"),
    ("37 on a button", message(ctas=[{**BUTTON, "label": "l" * 37}]), SCHEMA, TOO_LONG),
    ("37 on an option", offering({"label": "l" * 37}), SCHEMA, TOO_LONG),
    ("73 in a description", offering(option(1, description="d" * 73)), SCHEMA, "].description"),
    ("1,001 of metadata", offering(option(1, metadata="m" * 1_001)), SCHEMA, "].metadata"),
    ("an unknown recipient", message(to="4711"), (404, 50), ""),
    ("unknown media", message(attachment=MEDIA), (400, 325), ""),
    ("nested 100,000 deep", b'{"event":' * 100_000, SCHEMA, ""),
    ("nested 100,000 deep and whole", b"[" * 100_000 + b"]" * 100_000, SCHEMA, ""),
)


@pytest.mark.parametrize(
    ("body", "expected", "words"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
async def test_a_message_is_refused(x, body: bytes, expected: tuple[int, int], words: str):
    status, code, said = (await x.call("POST", NEW, body=body, content_type=JSON)).fault

    assert (status, code) == expected
    assert words in said


WHOLE = {
    NEW: message(
        text="é🙂", ctas=[BUTTON], quick_reply={"type": "options", "options": [option(1)]}
    ),
    "/1.1/direct_messages/welcome_messages/new.json": json.dumps(
        {"welcome_message": {"name": "w", "message_data": {"text": "Hi"}}}
    ).encode(),
    "/1.1/direct_messages/welcome_messages/rules/new.json": (
        b'{"welcome_message_rule":{"welcome_message_id":"4711"}}'
    ),
}


@pytest.mark.parametrize("path", WHOLE)
async def test_a_body_cut_anywhere_is_refused(x, path: str):
    body = WHOLE[path]

    faults = [
        (await x.call("POST", path, body=body[:length], content_type=JSON)).fault[:2]
        for length in range(len(body))
    ]

    assert set(faults) == {(400, 214)}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("GET /1.1/direct_messages/events/show.json 4711", 34),
        ("GET /1.1/direct_messages/events/show.json x", 214),
        ("DELETE /1.1/direct_messages/events/destroy.json 4711", 34),
        ("GET /1.1/direct_messages/welcome_messages/show.json 4711", 34),
        ("DELETE /1.1/direct_messages/welcome_messages/rules/destroy.json 4711", 34),
        ("GET /1.1/users/show.json 4711", 50),
    ],
)
async def test_an_unknown_id_is_refused(x, asked: str, code: int):
    method, path, wrong_id = asked.split(" ")
    name = "user_id" if "/users/" in path else "id"

    status, said, _ = (await x.call(method, path, query={name: wrong_id})).fault

    assert (status, said) == (400 if code == 214 else 404, code)


async def test_media_that_is_on_a_message_already_is_refused(x):
    media_id = await uploads.picture(x)
    attachment = {"type": "media", "media": {"id": media_id}}
    body = message(attachment=attachment)

    assert (await x.call("POST", NEW, body=body, content_type=JSON)).status == 200
    again = await x.call("POST", NEW, body=body, content_type=JSON)

    assert again.fault[:2] == (400, 324)


@pytest.mark.parametrize("path", WHOLE)
@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/xml", "multipart/form-data"]
)
async def test_another_content_type_is_refused_with_nothing(x, path: str, content_type: str):
    answer = await x.call("POST", path, body=WHOLE[path], content_type=content_type)

    assert (answer.status, answer.body) == (415, b"")
