"""Lists and searches of many accounts, beside sorting everything; the same on both databases."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from tests.contract.test_desk_lookup import SAM

from roost.model.ids import UserId
from roost.ports.desk import View
from roost.store.merging import AT_ONCE

ACCOUNTS = [UserId(str(number)) for number in range(101, 103 + AT_ONCE)]
SOME = (ACCOUNTS, ACCOUNTS[3:4], ACCOUNTS[::-4], [])
LIMITS = (1, 7, 50)
MESSAGES = 90
MOMENTS = 9
"""So few that several conversations were last written in at the same one."""

WORDS = ("parcel", "invoice", "late", "rare")
WEIGHTS = (60, 30, 20, 2)


@dataclass
class Written:
    """What was stored: when each conversation began and was last written in, and all messages."""

    first: dict = field(default_factory=dict)
    last: dict = field(default_factory=dict)
    messages: list = field(default_factory=list)


@pytest.fixture
async def written(store, world):
    draw = random.Random(17)
    everything = Written()
    for number in range(1, MESSAGES + 1):
        text = " ".join(sorted(set(draw.choices(WORDS, WEIGHTS, k=2))))
        account, customer = draw.choice(ACCOUNTS), f"9{draw.randrange(4)}"
        event = world.received(number, account=account, customer=customer, text=text)
        event = replace(event, at=world.noon + timedelta(seconds=draw.randrange(MOMENTS)))
        await world.receive(store, event)
        key = event.account_id, event.conversation_id
        everything.first.setdefault(key, event.at)
        everything.last[key] = max(everything.last.get(key, event.at), event.at)
        everything.messages.append((number, event.account_id, text))
    return everything


async def walked(ask):
    """Give what all pages hold."""
    found, after = [], None
    while True:
        page = await ask(after)
        found += page.found if hasattr(page, "found") else page.conversations
        after = page.after
        if after is None:
            return found


async def test_lists_hold_what_sorting_everything_gives(store, written):
    latest = sorted(((at, *key) for key, at in written.last.items()), reverse=True)
    waiting = sorted((at, *key) for key, at in written.first.items())

    for accounts, limit in itertools.product(SOME, LIMITS):
        for view, everything in ((View.ALL, latest), (View.UNASSIGNED, waiting)):

            async def page(after, accounts=accounts, limit=limit, view=view):
                return await store.desk.page(accounts, view, SAM, after=after, limit=limit)

            found = [(one.account_id, one.conversation_id) for one in await walked(page)]
            wanted = [tuple(key) for _, *key in everything if key[0] in accounts]
            assert found == wanted, (view, accounts, limit)


@pytest.mark.parametrize("words", ["parcel", "rare", "invoice parcel", "absent"])
async def test_searches_find_what_looking_at_everything_does(store, written, words):
    for accounts, limit in itertools.product(SOME, LIMITS):

        async def page(after, accounts=accounts, limit=limit):
            return await store.search.messages(accounts, words.split(), after=after, limit=limit)

        wanted = [
            str(number)
            for number, account, text in reversed(written.messages)
            if account in accounts and set(words.split()) <= set(text.split())
        ]
        assert [one.message_id for one in await walked(page)] == wanted, (accounts, limit)


async def test_customers_are_found_as_looking_at_everything_does(store, written):
    for accounts, limit in itertools.product(SOME, LIMITS):

        async def page(after, accounts=accounts, limit=limit):
            return await store.search.customers(accounts, ["bo"], after=after, limit=limit)

        found = [(one.account_id, one.conversation_id) for one in await walked(page)]
        assert found == [key for key in reversed(written.first) if key[0] in accounts]
