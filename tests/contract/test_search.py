"""What `ports.searching` promises: the same messages and customers found on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.contract.conftest import OURS, WITHOUT_BOT

from roost.model import searching
from roost.model.ids import MessageId
from roost.model.messages import OutboundMessage, Profile
from roost.model.outbound import Lane
from roost.ports.searching import FoundKey


async def found(store, text, *, accounts=(OURS,), limit=50) -> list[str]:
    """Walk through the messages found page by page; give their ids."""
    ids: list[str] = []
    after: FoundKey | None = None
    while True:
        page = await store.search.messages(
            accounts, searching.looked_for(text), after=after, limit=limit
        )
        assert len(page.found) <= limit
        ids += [one.message_id for one in page.found]
        after = page.after
        if after is None:
            return ids


async def customers(store, text, *, accounts=(OURS,), limit=50) -> list[str]:
    page = await store.search.customers(
        accounts, searching.looked_for(text), after=None, limit=limit
    )
    return [one.customer.user_id for one in page.found]


async def test_messages_of_both_sides_are_found_the_latest_first(store, world):
    await world.receive(store, world.received(10, text="Where is my parcel?"))
    await world.receive(store, world.sent(30, text="Your parcel is on its way."))
    await world.receive(store, world.received(20, text="A parcel, please", customer="23"))
    await world.receive(store, world.received(40, text="thanks"))

    assert await found(store, "parcel") == ["30", "20", "10"]
    assert await found(store, "parcel my") == ["10"]
    assert await found(store, "parce") == []


async def test_what_is_found_says_where_and_whose_it_is(store, world):
    await world.receive(store, world.received(10, text="Hello, World"))

    (one,) = (await store.search.messages([OURS], ["world"], after=None, limit=5)).found

    assert (one.account_id, one.conversation_id) == (OURS, "11-22")
    assert (one.message_id, one.text, one.is_received) == (MessageId("10"), "Hello, World", True)
    assert (one.customer.screen_name, one.customer.name) == ("bob", "Bob")


@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_pages_hold_each_message_once_over_several_accounts(store, world, limit):
    await world.receive(store, world.received(10, text="one word"))
    # Two of our accounts in one conversation have the same message.
    await world.receive(store, world.received(10, text="one word", account=WITHOUT_BOT))
    await world.receive(store, world.received(11, text="one word"))
    await world.receive(store, world.received(9, text="one word", account=WITHOUT_BOT))
    both = (OURS, WITHOUT_BOT)

    assert await found(store, "word", accounts=both, limit=limit) == ["11", "10", "10", "9"]
    assert await found(store, "word", accounts=(WITHOUT_BOT,), limit=limit) == ["10", "9"]
    assert await found(store, "word", accounts=(), limit=limit) == []


async def test_a_message_stored_twice_is_found_once(store, world):
    event = world.received(10, text="twice")
    await world.receive(store, event)
    await store.transact(lambda tx: tx.messages.put(event))

    assert await found(store, "twice") == ["10"]


async def test_what_x_took_from_the_outbox_is_found(store, world):
    claim = await world.claimed(store)
    await world.queue(store, claim, "out of the box", lane=Lane.BOT)
    (entry,) = await world.start(store)
    await store.transact(lambda tx: tx.messages.put_sent(entry, MessageId("500"), world.noon))
    await world.receive(store, replace(world.sent(500, text="out of the box"), event_key="500"))

    assert await found(store, "box") == ["500"]
    assert isinstance(entry.message, OutboundMessage)


ODD = {
    'say "parcel" AND (NEAR/2 OR *': ["say", "and", "near", "2", "or", '"PARCEL"'],
    "Où est le CAFÉ? cafe\u0301": ["ou cafe", "CAFÉ", "cafe\u0301"],
    "Straße \ufb01n": ["strasse", "fin", "STRASSE FIN"],
    "注文はどこですか": ["注文", "注", "どこ", "文は"],
    "my 📦 broke 👩‍👩‍👧": ["📦", "my📦", "👩"],
    "\u202e\u05e9\u05dc \u05e2\u202c": ["\u05e9\u05dc", "\u202b\u05e2"],
    "الطلب ١٢٣": ["الطلب", "١٢٣"],
    "zero\u200bwidth soft\u00adhyphen": ["zerowidth", "softhyphen"],
    "a\0b nul": ["nul", "a b", "b\0nul"],
    "' OR 1=1; -- %_": ["or 1", "1=1"],
    "half \ud83d pair": ["half pair"],
    "ะไทยนี่": ["ไทย"],
    "㎆ ² ½ Ⅷ": ["mb", "2", "viii"],
}


FOUND_NOWHERE = (
    *("文注", "est où qui", "pa rcel", "@11", "words", "account_id", "x" * 200, "-parcel x", "\0"),
    "elsewhere",
)


async def test_odd_text_is_found_by_what_it_holds_and_by_nothing_else(store, world):
    for number, text in enumerate(ODD, start=1):
        await world.receive(store, world.received(number, text=text))

    for number, text in enumerate(ODD, start=1):
        for wanted in ODD[text]:
            assert str(number) in await found(store, wanted), (text, wanted)
    for wanted in FOUND_NOWHERE:
        assert await found(store, wanted) == [], wanted


async def test_the_longest_messages_are_stored_and_found(store, world):
    for number, text in enumerate(("x" * 10_000, "語" * 10_000, "a\u0301" * 5_000), start=1):
        await world.receive(store, world.received(number, text=text))

        assert await found(store, text) == [str(number)]
    await world.receive(store, world.received(9, text="\u20ac" * 10_000))
    assert await found(store, "\u20ac" * 10_000) == []


async def test_a_position_that_is_the_highest_there_is_is_found(store, world):
    for number, account in ((1, OURS), (2, WITHOUT_BOT)):
        event = world.received(number, text="late", account=account)
        await world.receive(store, replace(event, position=2**63 - 1))

    assert sorted(await found(store, "late", accounts=(OURS, WITHOUT_BOT))) == ["1", "2"]


async def test_customers_are_found_while_their_names_are_typed(store, world):
    await world.receive(store, world.received(10, customer="22", name="Zoë Ångström"))
    await world.receive(store, world.received(20, customer="23", name="Zora"))

    assert await customers(store, "z") == ["23", "22"]
    assert await customers(store, "zoe ang") == ["22"]
    assert await customers(store, "bob") == ["23", "22"]
    assert await customers(store, "oe") == []
    assert await customers(store, "z", accounts=(WITHOUT_BOT,)) == []


async def test_a_customer_is_found_by_the_name_that_they_have_now(store, world):
    await world.receive(store, world.received(10, name="Ada"))
    await world.receive(store, world.received(30, name="Eve"))
    await world.receive(store, world.received(20, name="Ada"))
    await world.receive(store, world.sent(40))
    nameless = replace(world.received(50, customer="23"), customer=Profile("23"))
    await world.receive(store, nameless)

    assert await customers(store, "ada") == []
    assert await customers(store, "eve") == ["22"]
    late = replace(world.received(5, customer="23"), customer=Profile("23", "kim", "Kim"))
    await world.receive(store, late)
    assert await customers(store, "kim") == ["23"]
