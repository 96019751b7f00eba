"""Calls of X: what is sent, and what each answer means."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from roost.errors import (
    AnswerLost,
    InvalidMessage,
    NotSent,
    RateLimited,
    RejectedByX,
    RoostError,
    SendUncertain,
    TransportError,
    XApiUnavailable,
)
from roost.model.ids import UserId
from roost.model.messages import Button, OutboundMessage, QuickReply
from roost.testing.clocks import NOON, FrozenClock
from roost.xapi.client import XClient
from roost.xapi.errors_table import NOT_SENT_CODES
from roost.xapi.oauth1 import Credentials
from roost.xapi.transport import ANSWER_WITHIN, Request, Response

CREDENTIALS = Credentials("key", "secret", "1001-token", "token-secret")
HELLO = OutboundMessage("hello")
SENT = (
    b'{"event":{"type":"message_create","id":"77","message_create":'
    b'{"target":{"recipient_id":"2002"},"message_data":{"text":"hello"}}}}'
)


class ScriptedTransport:
    """Answers every request with the same thing, and keeps the requests."""

    def __init__(self, answer: Response | TransportError) -> None:
        self._answer = answer
        self.requests: list[Request] = []

    async def send(self, request: Request, *, answer_within: timedelta = ANSWER_WITHIN) -> Response:
        self.requests.append(request)
        if isinstance(self._answer, TransportError):
            raise self._answer
        return self._answer


def answered(status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Response:
    return Response(status, headers or {}, body)


def error_body(code: int) -> bytes:
    return json.dumps({"errors": [{"code": code, "message": "why"}]}).encode()


def client(answer: Response | TransportError) -> tuple[XClient, ScriptedTransport]:
    transport = ScriptedTransport(answer)
    return XClient(CREDENTIALS, transport, FrozenClock(), base_url="http://x.test/"), transport


async def test_a_message_is_sent_as_x_documents_it() -> None:
    x, transport = client(answered(200, SENT))
    message = OutboundMessage(
        "ü",
        (QuickReply("Yes", "y", "Sure"), QuickReply("No", None, "Not")),
        (Button("Go", "https://a.example"),),
    )
    event = await x.send_message(UserId("2002"), message)
    (request,) = transport.requests
    assert event.id == "77"
    assert (request.method, request.url) == (
        "POST",
        "http://x.test/1.1/direct_messages/events/new.json",
    )
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Authorization"].startswith("OAuth ")
    assert json.loads(request.body)["event"]["message_create"] == {
        "target": {"recipient_id": "2002"},
        "message_data": {
            "text": "ü",
            "quick_reply": {
                "type": "options",
                "options": [
                    {"label": "Yes", "description": "Sure", "metadata": "y"},
                    {"label": "No", "description": "Not"},
                ],
            },
            "ctas": [{"type": "web_url", "label": "Go", "url": "https://a.example"}],
        },
    }


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (NotSent("no route"), XApiUnavailable),
        (AnswerLost("reset"), SendUncertain),
        (answered(200, b"<html>"), SendUncertain),
        (answered(200, SENT.replace(b'"id":"77",', b"")), SendUncertain),
        (answered(201, SENT), SendUncertain),
        (answered(302), SendUncertain),
        (answered(400, error_body(214)), RejectedByX),
        (answered(401, error_body(89)), RejectedByX),
        (answered(403, error_body(349)), RejectedByX),
        *((answered(403, error_body(code)), RejectedByX) for code in sorted(NOT_SENT_CODES)),
        (answered(403, error_body(999)), SendUncertain),
        (answered(403, error_body(151)), SendUncertain),
        (answered(403, b""), SendUncertain),
        (answered(404, b""), RejectedByX),
        (answered(408, b""), SendUncertain),
        (answered(413, b""), RejectedByX),
        (answered(415, b""), RejectedByX),
        (answered(422, b""), RejectedByX),
        (answered(420, b""), RateLimited),
        (answered(429, error_body(88)), RateLimited),
        (answered(500, error_body(131)), SendUncertain),
        (answered(502, b""), SendUncertain),
        (answered(503, b"<html>"), SendUncertain),
        (answered(504, b""), SendUncertain),
    ],
)
async def test_what_an_answer_says_about_a_message(
    answer: Response | TransportError, expected: type[RoostError]
) -> None:
    x, transport = client(answer)
    with pytest.raises(expected):
        await x.send_message(UserId("2002"), HELLO)
    assert len(transport.requests) == 1


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
async def test_a_failed_reading_may_be_repeated(status: int) -> None:
    x, _ = client(answered(status))
    with pytest.raises(XApiUnavailable):
        await x.list_messages()


async def test_a_rate_limit_says_when_it_has_ended() -> None:
    opens = int((NOON + timedelta(hours=9)).timestamp())
    x, _ = client(answered(429, error_body(88), {"x-rate-limit-reset": str(opens - 1)}))
    with pytest.raises(RateLimited) as caught:
        await x.send_message(UserId("2002"), HELLO)
    assert caught.value.resets_at == datetime.fromtimestamp(opens, UTC)


@pytest.mark.parametrize("ahead", [timedelta(minutes=20), timedelta(0), timedelta(days=-2)])
async def test_a_rate_limit_ends_when_x_s_own_clock_says_so(ahead: timedelta) -> None:
    """F62: our clock may be wrong by days."""
    date = (NOON - ahead).strftime("%a, %d %b %Y %H:%M:%S GMT")
    opens = str(int((NOON - ahead + timedelta(minutes=9)).timestamp()) - 1)
    x, _ = client(answered(429, b"", {"x-rate-limit-reset": opens, "date": date}))
    with pytest.raises(RateLimited) as caught:
        await x.list_messages()
    assert caught.value.resets_at == NOON + timedelta(minutes=9)


async def test_no_rate_limit_lasts_longer_than_its_window() -> None:
    told = {
        "x-rate-limit-limit": "15",
        "x-rate-limit-remaining": "0",
        "x-rate-limit-reset": "9999999999",
    }
    x, _ = client(answered(429, b"", told))
    with pytest.raises(RateLimited) as caught:
        await x.list_messages()
    assert caught.value.resets_at == NOON + timedelta(minutes=15)
    standing = x.standing("dm.events.list")
    assert standing is not None
    assert standing.resets_at == NOON + timedelta(minutes=15)


@pytest.mark.parametrize("reset", ["", "soon", "-", "9" * 40])
async def test_a_garbled_reset_is_unknown(reset: str) -> None:
    x, _ = client(answered(429, b"", {"x-rate-limit-reset": reset}))
    with pytest.raises(RateLimited) as caught:
        await x.list_messages()
    assert caught.value.resets_at is None


class InTurn:
    """Answers one request after the other."""

    def __init__(self, *answers: Response) -> None:
        self._answers = list(answers)

    async def send(self, request: Request, *, answer_within: timedelta = ANSWER_WITHIN) -> Response:
        return self._answers.pop(0)


async def test_a_rate_limit_without_headers_ends_when_x_said_before() -> None:
    clock = FrozenClock()
    opens = int((clock.now() + timedelta(minutes=9)).timestamp())
    told = {
        "x-rate-limit-limit": "15",
        "x-rate-limit-remaining": "3",
        "x-rate-limit-reset": str(opens),
    }
    bare = answered(429, error_body(88))
    transport = InTurn(answered(200, b'{"events":[]}', told), bare, bare, bare)
    x = XClient(CREDENTIALS, transport, clock, base_url="http://x.test/")
    await x.list_messages()

    with pytest.raises(RateLimited) as caught:
        await x.list_messages()
    with pytest.raises(RateLimited) as elsewhere:
        await x.messages.show("1")
    standing = x.standing("dm.events.list")
    clock.advance(timedelta(minutes=10))
    with pytest.raises(RateLimited) as later:
        await x.list_messages()

    assert caught.value.resets_at == datetime.fromtimestamp(opens + 1, UTC)
    assert caught.value.most == 15
    assert standing is not None
    assert standing.remaining == 0
    assert elsewhere.value.resets_at is None, "another route's window says nothing of this one"
    assert later.value.resets_at is None, "that window is over"


async def test_a_refusal_carries_status_and_code() -> None:
    x, _ = client(answered(403, error_body(349)))
    with pytest.raises(RejectedByX, match="349: why") as caught:
        await x.send_message(UserId("2002"), HELLO)
    assert (caught.value.status, caught.value.code) == (403, 349)


async def test_a_message_over_a_limit_never_leaves() -> None:
    x, transport = client(answered(200, SENT))
    with pytest.raises(InvalidMessage):
        await x.send_message(UserId("2002"), OutboundMessage("a" * 10_001))
    assert transport.requests == []


async def test_query_parameters_are_encoded_as_signed() -> None:
    x, transport = client(answered(200, b'{"id":"1","url":"u","valid":true}'))
    await x.create_webhook("prod env", "https://a.example/x?b=c d&e=ü")
    assert transport.requests[0].url == (
        "http://x.test/1.1/account_activity/all/prod%20env/webhooks.json"
        "?url=https%3A%2F%2Fa.example%2Fx%3Fb%3Dc%20d%26e%3D%C3%BC"
    )


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (answered(204), True),
        (answered(404, error_body(34)), False),
        (answered(401, error_body(348)), False),
    ],
)
async def test_a_subscription_is_there_or_not(answer: Response, expected: bool) -> None:
    x, _ = client(answer)
    assert await x.is_subscribed("prod") is expected


async def test_refused_credentials_are_not_a_missing_subscription() -> None:
    x, _ = client(answered(401, error_body(89)))
    with pytest.raises(RejectedByX):
        await x.is_subscribed("prod")


async def test_a_subscription_is_removed_with_the_app_s_own_token() -> None:
    x, transport = client(answered(204))
    await x.unsubscribe("prod", UserId("1001"), bearer="AAAA")
    (request,) = transport.requests
    assert request.headers["Authorization"] == "Bearer AAAA"
    assert request.url.endswith("/prod/subscriptions/1001.json")


async def test_the_app_s_own_token_is_asked_for_with_key_and_secret() -> None:
    x, transport = client(answered(200, b'{"token_type":"bearer","access_token":"AAAA"}'))
    assert await x.bearer_token() == "AAAA"
    (request,) = transport.requests
    assert request.headers["Authorization"] == "Basic a2V5OnNlY3JldA=="
    assert request.body == b"grant_type=client_credentials"


async def test_a_rate_limit_says_how_large_the_window_is() -> None:
    x, _ = client(answered(429, error_body(88), {"x-rate-limit-limit": "15"}))
    with pytest.raises(RateLimited) as caught:
        await x.list_messages()
    assert caught.value.most == 15


async def test_what_x_says_about_a_window_is_heard() -> None:
    headers = {
        "x-rate-limit-limit": "15",
        "x-rate-limit-remaining": "7",
        "x-rate-limit-reset": "1800000000",
    }
    x, _ = client(answered(200, b'{"events":[]}', headers))
    await x.list_messages()
    standing = x.standings.take("dm.events.list")
    assert standing is not None
    assert (standing.most, standing.remaining) == (15, 7)


def signed_at(request: Request) -> int:
    found = re.search(r'oauth_timestamp="([0-9]+)"', request.headers["Authorization"])
    assert found is not None
    return int(found[1])


async def test_a_clock_that_x_finds_wrong_is_set_by_x_s() -> None:
    date = "Sun, 01 Mar 2026 14:30:00 GMT"
    x, transport = client(answered(401, error_body(135), {"date": date}))
    for _ in range(2):
        with pytest.raises(RejectedByX):
            await x.verify_credentials()
    before, after = transport.requests
    assert after.url.endswith("/1.1/account/verify_credentials.json")
    assert signed_at(after) - signed_at(before) == 9_000


@pytest.mark.parametrize(
    ("code", "headers"),
    [
        (135, {}),
        (135, {"date": "yesterday"}),
        (135, {"date": "Sun, 01 Mar 2026 14:30:00 -0000"}),
        (89, {"date": "Sun, 01 Mar 2026 14:30:00 GMT"}),
    ],
)
async def test_a_clock_is_not_set_without_reason_or_by_nonsense(
    code: int, headers: dict[str, str]
) -> None:
    x, transport = client(answered(401, error_body(code), headers))
    for _ in range(2):
        with pytest.raises(RejectedByX):
            await x.verify_credentials()
    before, after = transport.requests
    assert signed_at(before) == signed_at(after)
