"""The desk's routes by which messages and customers are found."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from tests.contract.conftest import NOON, OURS, WITHOUT_BOT
from tests.contract.desk_api import desk_over

from roost.model.ids import UserId
from roost.testing.clocks import FrozenClock


@pytest.fixture
async def desk(store):
    async with desk_over(store, FrozenClock(NOON)) as api:
        yield api


def asked(kind: str, words: str, rest: str = "") -> str:
    return f"/api/search/{kind}?q={quote(words, errors='surrogatepass')}{rest}"


async def test_what_is_found_is_shown_with_its_words_marked(desk, store, world):
    await world.receive(store, world.received(10, text="Where is my <b>Parcel</b>?"))
    sam = await desk.entered()

    found = (await sam.get(asked("messages", "parcel")))["messages"]
    (customer,) = (await sam.get(asked("customers", "bo")))["customers"]

    assert [one["message_id"] for one in found] == ["10"]
    assert found[0]["snippet"] == [
        {"text": "Where is my <b>", "is_match": False},
        {"text": "Parcel", "is_match": True},
        {"text": "</b>?", "is_match": False},
    ]
    assert (customer["conversation_id"], customer["customer"]["screen_name"]) == ("11-22", "bob")


async def test_nobody_finds_what_is_written_to_accounts_they_do_not_serve(desk, store, world):
    await world.receive(store, world.received(10, text="secret"))
    await world.receive(store, world.received(11, text="secret", account=WITHOUT_BOT))
    sam = await desk.entered(accounts=frozenset({UserId(WITHOUT_BOT)}))

    for kind, words, key in (("messages", "secret", "messages"), ("customers", "bob", "customers")):
        found = (await sam.get(asked(kind, words)))[key]
        foreign = await sam.call("GET", asked(kind, words, f"&account={OURS}"))

        assert [one["account_id"] for one in found] == [WITHOUT_BOT]
        assert (foreign.status, foreign.json["code"]) == (404, "not_found")


async def test_pages_go_on_where_the_last_one_ended(desk, store, world):
    for number in range(1, 6):
        await world.receive(store, world.received(number, text="word", customer=str(20 + number)))
    sam = await desk.entered()

    for kind, words in (("messages", "word"), ("customers", "bob")):
        seen, rest = [], "&limit=2"
        while rest:
            page = await sam.get(asked(kind, words, rest))
            seen += [one["conversation_id"] for one in page[kind]]
            rest = page["after"] and f"&limit=2&after={page['after']}"
        assert seen == [f"11-{20 + number}" for number in (5, 4, 3, 2, 1)]


REFUSED = {
    "": "q",
    "?!": "q",
    "\0": "q",
    "x" * 201: "q",
    "x&limit=0": "limit",
    "x&limit=101": "limit",
    "x&after=!": "after",
    "x&after=bnVsbA": "after",
}


@pytest.mark.parametrize("kind", ["messages", "customers"])
async def test_what_cannot_be_looked_for_is_refused_by_name(desk, kind):
    sam = await desk.entered()

    for query, field in REFUSED.items():
        words, *rest = query.split("&", 1)
        answer = await sam.call("GET", asked(kind, words, "".join(f"&{one}" for one in rest)))

        assert answer.status == 422, query
        assert [one["field"] for one in answer.json["errors"]] == [field], query


async def test_odd_input_never_fails(desk):
    sam = await desk.entered()

    for words in ('"', "a* OR b", "NEAR(a b)", "文\ud83d", "\u202eא", "a" * 200, "文" * 200, "📦"):
        for kind in ("messages", "customers"):
            answer = await sam.call("GET", asked(kind, words))
            assert answer.status in {200, 400, 422}, (words, answer)
