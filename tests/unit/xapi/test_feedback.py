"""Feedback cards: what X is sent, what it answers, and what is refused before."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest

from roost.errors import InvalidCall
from roost.testing.clocks import NOON, FrozenClock
from roost.xapi import Credentials, XClient
from roost.xapi.families.feedback import Card, Kind
from roost.xapi.transport import Request, Response

FEEDBACK = {
    "id": "77",
    "type": "nps",
    "to_user_id": "2002",
    "from_user_id": "1001",
    "dm_id": "1580000000000000001",
    "test": False,
    "privacy_url": "https://shop.example/privacy",
    "external_id": "case-7",
    "question_variant_id": 5,
    "display_name": "Shop",
    "response": {
        "score": {"created_at": 1665500000123, "value": 9},
        "text": {"created_at": 1665500000456, "value": "Quick!"},
    },
}
CARD = Card(Kind.NPS, "Would you?", "https://shop.example/privacy", "case-7", 5, "Shop")


class Scripted:
    """Answers in turn, and keeps what it was asked."""

    def __init__(self, *answers: object) -> None:
        self._answers = list(answers)
        self.asked: list[Request] = []

    async def send(self, request: Request, **_options: object) -> Response:
        self.asked.append(request)
        return Response(200, {}, msgspec.json.encode(self._answers.pop(0)))


def client(x: Scripted) -> XClient:
    return XClient(Credentials("k", "s", "1001-t", "ts"), x, FrozenClock(NOON))


async def test_a_card_is_sent_and_its_answer_read() -> None:
    x = Scripted(FEEDBACK, FEEDBACK)
    sent = await client(x).feedback.create("2002", CARD)
    shown = await client(x).feedback.show("77")

    assert sent == shown
    assert (shown.response.score.value, shown.response.text.value) == (9, "Quick!")
    assert dict(parse_qsl(x.asked[0].body.decode())) == {
        "to_user_id": "2002",
        "type": "nps",
        "message": "Would you?",
        "privacy_url": "https://shop.example/privacy",
        "question_variant_id": "5",
        "external_id": "case-7",
        "display_name": "Shop",
    }
    assert urlsplit(x.asked[1].url).path == "/1.1/feedback/show/77.json"


async def test_events_are_walked_until_the_cursor_is_empty() -> None:
    event = {"event_type": "feedback.created", "feedback": FEEDBACK, "created_at": "2022-10-11"}
    x = Scripted({"events": [event], "next_cursor": "c"}, {"events": [event], "next_cursor": ""})
    found = [one async for one in client(x).feedback.between(NOON, NOON + timedelta(hours=1))]

    assert [one.feedback.id for one in found] == ["77", "77"]
    first, second = (dict(parse_qsl(urlsplit(one.url).query)) for one in x.asked)
    assert int(first["to_time"]) - int(first["from_time"]) == 3_600_000
    assert (first["count"], first.get("cursor"), second["cursor"]) == ("100", None, "c")


@pytest.mark.parametrize(
    ("card", "told"),
    [
        (Card(Kind.CSAT, " ", "https://a.example"), "text"),
        (Card(Kind.CSAT, "Hi", "shop"), "privacy_url"),
        (Card(Kind.NPS, "Hi", "https://a.example", variant=6), "variant.*limit 5.*6"),
        (Card(Kind.CSAT, "Hi", "https://a.example", variant=38), "variant.*limit 37.*38"),
        (Card(Kind.CSAT, "Hi", "https://a.example", "x" * 257), "external_id.*limit 256.*257"),
        (
            Card(Kind.CSAT, "Hi", "https://a.example", display_name="x" * 21),
            "display_name.*limit 20.*21",
        ),
    ],
)
async def test_what_x_would_refuse_is_not_sent(card: Card, told: str) -> None:
    x = Scripted()
    with pytest.raises(InvalidCall, match=told):
        await client(x).feedback.create("2002", card)
    assert x.asked == []


async def test_a_span_that_ends_before_it_begins_is_not_asked_for() -> None:
    x = Scripted()
    with pytest.raises(InvalidCall, match="begin"):
        await client(x).feedback.page(NOON, NOON - timedelta(seconds=1))
    with pytest.raises(InvalidCall, match=r"count.*limit 100.*101"):
        await client(x).feedback.page(NOON, NOON, count=101)
    assert x.asked == []
