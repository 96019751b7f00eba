"""Whatever is sent to X's paths: an answer in X's form, and never a failure of its own."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from roost.simulator import world_file
from roost.simulator.clock import SystemClock
from roost.simulator.entries import Rules
from roost.testing.x_simulator import ServedX
from roost.xapi import oauth1
from roost.xapi.routes import ROUTES

FORM = "application/x-www-form-urlencoded"
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")
TYPES = (
    "application/json",
    "application/json; charset=utf-16",
    FORM,
    "multipart/form-data",
    "multipart/form-data; boundary=b",
    "text/plain",
    "application/xml",
    "/",
    "",
)
PARAMETERS = (
    "id",
    "count",
    "cursor",
    "url",
    "user_id",
    "recipient_id",
    "screen_name",
    "status",
    "media_id",
    "command",
    "from_date",
    "to_date",
    "oauth_token",
    "grant_type",
)
WORDS = ("1001", "prod", "-1", "9" * 25, "http://127.0.0.1:9/", "202603011200", "INIT", "é", "\0")
BEARER = "Bearer bearer-token-13090192"
BASIC = "Basic Y29uc3VtZXIta2V5LTEzMDkwMTkyOmNvbnN1bWVyLXNlY3JldC0xMzA5MDE5Mg=="
PATIENCE_S = 60.0
"""Beyond this an answer counts as one that never comes, however slow the machine is."""

CHECKED = settings(deadline=None, max_examples=250)

TEXTS = st.one_of(st.sampled_from(WORDS), st.text(max_size=20))
NAMES = st.one_of(st.sampled_from(PARAMETERS), st.text(max_size=10))
PAIRS = st.lists(st.tuples(NAMES, TEXTS), max_size=4)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
DEPTHS = st.integers(1, 20_000)
BODIES = st.one_of(
    st.binary(max_size=200),
    JSON.map(msgspec.json.encode),
    PAIRS.map(lambda pairs: urlencode(pairs).encode()),
    DEPTHS.map(lambda depth: b'{"event":' * depth + b"1" + b"}" * depth),
    DEPTHS.map(lambda depth: b"[" * depth),
)
MESSAGE_DATA = st.fixed_dictionaries(
    {"text": st.one_of(TEXTS, JSON)},
    optional={"quick_reply": JSON, "attachment": JSON, "ctas": JSON, "entities": JSON},
)
MESSAGES = st.fixed_dictionaries(
    {"type": st.sampled_from(("message_create", "", "typing"))},
    optional={
        "message_create": st.one_of(
            JSON,
            st.fixed_dictionaries(
                {
                    "target": st.one_of(JSON, st.just({"recipient_id": "2002"})),
                    "message_data": st.one_of(JSON, MESSAGE_DATA),
                },
                optional={"custom_profile_id": JSON},
            ),
        )
    },
).map(lambda event: msgspec.json.encode({"event": event}))


@dataclass(frozen=True)
class Said:
    """What was answered."""

    status: int
    content_type: str
    body: bytes


class Asker:
    """Asks a simulator on a real port."""

    def __init__(self, server: ServedX) -> None:
        self._server = server
        self._address = urlsplit(server.url).netloc

    def signature(self, method: str, path: str, signed: list[tuple[str, str]]) -> str:
        """Sign as an app would for its account."""
        if not self._server.user("acme").tokens:  # an earlier call took them back
            self.ask("POST", "/_sim/reset", b"", {})
        who, url = self._server.credentials("acme"), self._server.url + path
        now = SystemClock().now()
        return oauth1.authorization(method, url, who, parameters_signed=signed, now=now)

    def ask(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Said:
        """Ask once, and see that an answer comes and is in X's form."""
        connection = HTTPConnection(self._address, timeout=PATIENCE_S)
        try:
            connection.request(method, target, body or None, dict(headers))
            answer = connection.getresponse()
            said = Said(answer.status, answer.headers.get("content-type", ""), answer.read())
        finally:
            connection.close()
        if method != "HEAD":
            check(said, target)
        return said


def check(said: Said, target: str) -> None:
    """See that an answer is one X could have given."""
    assert 200 <= said.status < 500, said
    if said.status in {204, 413, 415}:
        assert said.body == b""
    elif said.status >= 400 and not target.startswith("/oauth/a"):  # pages for people
        fault = msgspec.json.decode(said.body)
        errors = fault.get("errors") or [{"code": 1, "message": fault["error"]}]
        assert all(isinstance(one["code"], int) and one["message"] for one in errors), said
        assert not re.search(r"\{(name|reason)\}", errors[0]["message"]), said


@pytest.fixture(scope="module")
def asker() -> Generator[Asker]:
    rules = Rules(limits="off", webhook_timeout_s=0.2)
    server = ServedX(replace(world_file.built_in(), rules=rules))
    server.start()
    yield Asker(server)
    server.stop()


@given(data=st.data())
@CHECKED
def test_any_call_to_any_route(asker: Asker, data: st.DataObject):
    route = data.draw(st.sampled_from(sorted(ROUTES.values(), key=lambda one: one.name)))
    path = re.sub(
        r"\{\w+\}", lambda _: quote(data.draw(TEXTS), safe="") or "_", data.draw(paths_of(route))
    )
    method = data.draw(st.sampled_from((route.method,) * 9 + METHODS))
    query, content_type = data.draw(PAIRS), data.draw(st.sampled_from(TYPES))
    body = data.draw(BODIES)
    form = parse_qsl(body.decode(errors="replace"), keep_blank_values=True, errors="replace")
    signed = [*query, *(form if content_type == FORM else [])]
    headers = {
        "authorization": data.draw(
            st.sampled_from((asker.signature(method, path, signed),) * 4 + (BEARER, BASIC, "OAuth"))
        )
    }
    if content_type:
        headers["content-type"] = content_type

    asker.ask(method, f"{path}?{urlencode(query)}" if query else path, body, headers)


def paths_of(route) -> st.SearchStrategy[str]:
    return st.sampled_from((route.path, *route.aliases))


@given(body=st.one_of(MESSAGES, BODIES))
@CHECKED
@example(body=b'{"event":' * 100_000)
@example(body=b"[" * 1_000_000)
@example(body=b'{"event": {"type": "message_create", "message_create": null}}')
@example(body=b"\xff\xfe{\x00}\x00")
@example(body=b'{"event": "\\ud800"}')
def test_any_message(asker: Asker, body: bytes):
    path = "/1.1/direct_messages/events/new.json"
    headers = {"authorization": asker.signature("POST", path, [])}

    said = asker.ask("POST", path, body, {**headers, "content-type": "application/json"})

    assert said.status in {200, 400, 403, 404}


@given(path=st.text(max_size=30), method=st.sampled_from(METHODS), body=BODIES)
@CHECKED
def test_any_path(asker: Asker, path: str, method: str, body: bytes):
    target = "/" + quote(path, safe="/")

    said = asker.ask(method, target, body, {"authorization": BEARER})

    assert said.status in {404, 410}  # 410 where X once served it


@given(header=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80))
@CHECKED
@example(header="OAuth " + "a=" * 10_000)
@example(header="OAuth oauth_timestamp=" + "9" * 60)
@example(header="Basic ====")
@example(header="Bearer")
def test_any_authorization(asker: Asker, header: str):
    for path in ("/1.1/direct_messages/events/list.json", "/1.1/account_activity/webhooks.json"):
        said = asker.ask("GET", path, b"", {"authorization": header})
        assert said.status in {400, 401, 403}


@pytest.mark.parametrize("content_type", [one for one in TYPES if not one.startswith("appl")][:-1])
def test_a_message_of_another_content_type_is_refused_with_nothing(asker: Asker, content_type):
    path = "/1.1/direct_messages/events/new.json"
    headers = {"authorization": asker.signature("POST", path, []), "content-type": content_type}

    assert asker.ask("POST", path, b"{}", headers).status == 415
