"""What the gateway makes of what X, or nobody, has foreseen."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.xapi.test_calls import CREDENTIALS, HELLO, SENT, ScriptedTransport, answered

from roost.errors import SendUncertain, Unsendable, XApiUnavailable
from roost.model.ids import MAX_POSITION, ConversationId, UserId
from roost.model.messages import OutboundMessage
from roost.model.outbound import OutboxEntry
from roost.testing.clocks import NOON, FrozenClock
from roost.xapi.client import XClient
from roost.xapi.gateway import XGateway
from roost.xapi.transport import ANSWER_WITHIN, Request, Response

ACCOUNT = UserId("1001")
NESTED = b'{"a":' + b"[" * 100_000
ODD_DATES = [
    "Fri, 31 Dec 9999 23:59:59 -1200",
    "Mon, 01 Jan 0001 00:00:00 +1200",
    "Mon, 23 Nov 2026 25:00:00 GMT",
    "Mon, 23 Nov 2026 08:00:00 +9999999",
    "Mon, 23 Nov 99999999999999999999 08:00:00 GMT",
    "Mon, 23 Nov 2026 08:00:00 -0000",
    "",
    "x",
]


class BrokenTransport:
    """Fails in a way of which nobody has thought."""

    async def send(self, request: Request, *, answer_within: timedelta = ANSWER_WITHIN) -> Response:
        raise ZeroDivisionError("nobody has thought of this")


def gateway(transport: ScriptedTransport | BrokenTransport) -> XGateway:
    return XGateway({ACCOUNT: XClient(CREDENTIALS, transport, FrozenClock(), base_url="http://x")})


def answering(body: bytes, **headers: str) -> XGateway:
    return gateway(ScriptedTransport(answered(200, body, headers)))


def entry(message: OutboundMessage = HELLO) -> OutboxEntry:
    where = ConversationId("1001-2002")
    return OutboxEntry(1, ACCOUNT, where, UserId("2002"), message, 1, 50, NOON)


def message(number: int, *, sender: str = "1001", to: str = "2002", **data: Any) -> dict[str, Any]:
    return {
        "type": "message_create",
        "id": str(number),
        "created_timestamp": "1772366400000",
        "message_create": {
            "target": {"recipient_id": to},
            "sender_id": sender,
            "message_data": {"text": "x", **data},
        },
    }


@pytest.mark.parametrize("date", ODD_DATES)
async def test_a_message_is_sent_whatever_time_x_says_it_is(date: str) -> None:
    assert await answering(SENT, date=date).send(entry()) == "77"


@pytest.mark.parametrize("x_id", ["50", "49", "x", "-77", "7\u00b2", "7" * 5_000])
async def test_an_answer_with_an_id_that_is_not_new_leaves_a_doubt(x_id: str) -> None:
    body = json.dumps({"event": {**message(0), "id": x_id}}).encode()
    with pytest.raises(SendUncertain, match="nothing new"):
        await answering(body).send(entry())


async def test_an_answer_about_a_message_to_somebody_else_leaves_a_doubt() -> None:
    body = json.dumps({"event": message(77, to="2003")}).encode()
    with pytest.raises(SendUncertain, match="somebody else"):
        await answering(body).send(entry())


async def test_an_answer_that_is_nested_too_deep_leaves_a_doubt() -> None:
    with pytest.raises(SendUncertain, match="could not be read"):
        await answering(NESTED).send(entry())
    with pytest.raises(XApiUnavailable):
        await answering(NESTED).sent_page(ACCOUNT, baseline=50)


async def test_what_nobody_foresaw_leaves_a_doubt_once_a_request_was_made() -> None:
    broken = gateway(BrokenTransport())
    with pytest.raises(SendUncertain, match="ZeroDivisionError: nobody has thought of this"):
        await broken.send(entry())
    with pytest.raises(XApiUnavailable, match="ZeroDivisionError"):
        await broken.sent_page(ACCOUNT, baseline=50)


@pytest.mark.parametrize("text", ["", "x" * 10_001])
async def test_a_message_of_which_no_request_can_be_made_is_not_sent(text: str) -> None:
    transport = ScriptedTransport(answered(200, SENT))
    with pytest.raises(Unsendable, match="InvalidMessage: text"):
        await gateway(transport).send(entry(OutboundMessage(text)))
    assert transport.requests == []


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "participants_join", "id": "77", "created_timestamp": "1772366400000"},
        message(77, sender="5", to="6"),
        message(77, sender="2002", to="1001", attachment={"type": 1}),
        message(40, attachment={"type": 1}),
    ],
)
async def test_a_page_is_read_around_what_is_no_message_of_ours(odd: object) -> None:
    page = [message(78), odd, message(60, attachment=None), message(50)]
    found = await answering(json.dumps({"events": page, "next_cursor": "n"}).encode()).sent_page(
        ACCOUNT, baseline=50
    )
    assert [one.message.message_id for one in found.messages] == ["78", "60"]
    assert (found.unread, found.next_cursor, found.reached) == ([], "", 50)


@pytest.mark.parametrize(
    "odd",
    [
        message(77, attachment={"type": 1}),
        {**message(77), "id": 77},
        {"type": "message_create"},
        "odd",
        None,
    ],
)
async def test_a_page_says_where_a_message_of_ours_may_not_have_been_read(odd: object) -> None:
    body = json.dumps({"events": [odd, message(60)]}).encode()
    found = await answering(body).sent_page(ACCOUNT, baseline=50)
    assert [one.message.message_id for one in found.messages] == ["60"]
    assert len(found.unread) == 1
    assert found.unread[0] >= 77


@pytest.mark.parametrize(
    ("events", "next_cursor", "found"),
    [
        ([message(80), message(60)], "n", ("n", 60)),
        ([message(80), message(50)], "n", ("", 50)),
        ([message(80), message(60)], "", ("", 0)),
        (["odd", None], "n", ("n", MAX_POSITION)),
        ([], "", ("", 0)),
    ],
)
async def test_a_page_says_how_far_down_it_shows_what_there_is(
    events: list[object], next_cursor: str, found: tuple[str, int]
) -> None:
    body = json.dumps({"events": events, "next_cursor": next_cursor}).encode()
    page = await answering(body).sent_page(ACCOUNT, baseline=50)
    assert (page.next_cursor, page.reached) == found


@pytest.mark.parametrize("body", [b"", b"[]", b'{"events":null}', b"{}", b"<html>", NESTED])
async def test_what_is_no_page_tells_nothing(body: bytes) -> None:
    with pytest.raises(XApiUnavailable):
        await answering(body).sent_page(ACCOUNT, baseline=50)
