"""Odd calls of everything about media, profiles and welcome messages: X's errors, never a fault."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from urllib.parse import urlencode

import anyio.to_thread
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import samples
from tests.scenario.simulator.conftest import credentials, small_world

from roost.simulator import api
from roost.simulator.app import Options, Simulator
from roost.simulator.calls import Answer, Call
from roost.simulator.clock import SystemClock
from roost.simulator.entries import Rules
from roost.xapi import oauth1
from roost.xapi.routes import ROUTES
from roost.xapi.routes.route import Route

CALLED = sorted(
    name for name in ROUTES if name.startswith(("welcome", "custom", "media", "dm.events.new"))
)
NAMES = [
    "command",
    "media_id",
    "media",
    "media_data",
    "media_type",
    "media_category",
    "total_bytes",
    "segment_index",
    "shared",
    "additional_owners",
    "id",
    "count",
    "cursor",
]
WORDS = [
    *("INIT", "APPEND", "FINALIZE", "STATUS", "0", "1", "999", "1000", "-1", "AAAA", "true"),
    *("image/png", "video/mp4", "dm_gif", "DmVideo", "1001,1002", "9" * 19, "9" * 40, "٣", ""),
]
KEYS = [
    *("welcome_message", "message_data", "text", "attachment", "media", "id", "type", "name"),
    *("welcome_message_rule", "welcome_message_id", "custom_profile", "avatar", "alt_text"),
    *("media_id", "custom_profile_id", "quick_reply", "options", "label", "ctas", "url", "event"),
    *("message_create", "target", "recipient_id", "location"),
]
texts = st.sampled_from([*WORDS, "media", "options", "message_create", "2002"]) | st.text()
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=12,
)
files = st.sampled_from([samples.png(), samples.gif(), samples.mp4(), b"AAAA"]) | st.binary()
fields = st.dictionaries(st.sampled_from(NAMES), texts, max_size=6)

Ask = Callable[[Route, Call], Answer]


@contextmanager
def asking() -> Generator[Ask]:
    """Gives what calls a route of a simulator in this thread, rightly signed."""
    with asyncio.Runner() as runner:
        simulator = Simulator(
            small_world(Rules(limits="off")), options=Options(is_clock_frozen=True)
        )
        runner.run(simulator.__aenter__())
        answerer = api.Api(simulator.simulation)

        def ask(route: Route, odd: Call) -> Answer:
            signed = [*odd.query_parameters, *odd.form_parameters]
            header = oauth1.authorization(
                route.method,
                odd.url,
                credentials(),
                parameters_signed=signed,
                now=SystemClock().now(),
            )
            headers = {**odd.headers, "authorization": header}
            whole = Call(odd.method, odd.url, odd.path, odd.query, headers, odd.body)
            return runner.run(answerer.answer(whole))

        yield ask
        runner.run(simulator.__aexit__(None, None, None))


def is_x(answer: Answer) -> bool:
    """Whether X could have said this."""
    if answer.status >= 500:
        return False
    if answer.status < 400 or answer.status in {413, 415}:
        return True
    body = msgspec.json.decode(answer.body)
    return body.keys() == {"errors"} or body.keys() == {"request", "error"}


def odd_call(route: Route, query: Mapping[str, str], body: bytes, content_type: str) -> Call:
    path = route.path.format(id="5", event_id="5", media_id="x", file="a.png")
    headers = {"content-type": content_type} if content_type else {}
    url = f"http://127.0.0.1:8090{path}"
    return Call(route.method, url, path, urlencode(query), headers, body)


often = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=300)


@often
@given(name=st.sampled_from(CALLED), query=fields, value=values)
def any_json(ask: Ask, name: str, query: Mapping[str, str], value: object) -> None:
    route = ROUTES[name]
    body = msgspec.json.encode(value)

    assert is_x(ask(route, odd_call(route, query, body, "application/json")))


@often
@given(name=st.sampled_from(CALLED), query=fields, form=fields)
def any_form(ask: Ask, name: str, query: Mapping[str, str], form: Mapping[str, str]) -> None:
    route = ROUTES[name]
    body = urlencode(form).encode()

    assert is_x(ask(route, odd_call(route, query, body, "application/x-www-form-urlencoded")))


@often
@given(form=fields, content=files, boundary=st.sampled_from(["b", "c", "", "é"]))
def any_upload(ask: Ask, form: Mapping[str, str], content: bytes, boundary: str) -> None:
    route = ROUTES["media.upload"]
    parts = {**{name: text.encode() for name, text in form.items()}, "media": content}
    body = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (name.encode(), part)
        for name, part in parts.items()
    )
    content_type = f"multipart/form-data; boundary={boundary}"

    assert is_x(ask(route, odd_call(route, {}, body + b"--b--\r\n", content_type)))


@pytest.mark.parametrize("check", [any_json, any_form, any_upload])
async def test_odd_calls_are_answered_as_x_would(check: Callable[..., None]):
    def run() -> None:
        with asking() as ask:
            check(ask=ask)

    # In a thread, so that connections other tests keep open are looked after meanwhile.
    await anyio.to_thread.run_sync(run)
