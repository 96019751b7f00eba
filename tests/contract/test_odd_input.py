"""Odd input has the same verdict on every database: stored, and as what, or refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import asyncpg
import pytest

from roost.model.events import Unrecognised
from roost.model.ids import ConversationId, UserId
from roost.model.messages import Button, Profile, QuickReply

TEXTS = {
    "empty": ("", ""),
    "blank": (" \t\r\n ", " \t\r\n "),
    "NUL": ("a\0b", "a\u2400b"),
    "half a pair": ("\ud83d", "\ufffd"),
    "halves in the wrong order": ("\ude00\ud83d", "\ufffd\ufffd"),
    "beyond the first plane": ("\U0001f600\U0010ffff", "\U0001f600\U0010ffff"),
    "no character": ("\ufffe\uffff", "\ufffe\uffff"),
    "controls": ("\x01\x1b[2J\x7f\x85", "\x01\x1b[2J\x7f\x85"),
    "right to left": ("\u202eabc\u202c \u05d0", "\u202eabc\u202c \u05d0"),
    "combining": ("e\u0301 \u00e9", "e\u0301 \u00e9"),
    "an escape": (r"\u0000 \x00 \0 \\", r"\u0000 \x00 \0 \\"),
    "quotes": ("' \" ` ; -- $1 %s :name ?", "' \" ` ; -- $1 %s :name ?"),
    "longest message": ("\u20ac" * 10_000, "\u20ac" * 10_000),
    "a megabyte": ("x" * 1_000_000, "x" * 1_000_000),
}

HIGHEST = 2**63 - 1


@pytest.mark.parametrize("name", TEXTS)
async def test_text_comes_back_as_every_database_can_hold_it(store, world, name):
    text, stored = TEXTS[name]
    event = world.received()
    event = replace(
        event,
        message=replace(
            event.message,
            text=text,
            quick_replies=(QuickReply(text, text, text),),
            buttons=(Button(text, text),),
        ),
        customer=Profile(event.customer.user_id, text, text),
    )

    await world.receive(store, event)

    (claim,) = await world.claim(store)
    message = claim.turn.events[0].message
    assert (message.text, message.buttons) == (stored, (Button(stored, stored),))
    assert message.quick_replies == (QuickReply(stored, stored, stored),)
    assert (claim.turn.customer.screen_name, claim.turn.customer.name) == (stored, stored)
    await world.queue(store, claim, text)
    (entry,) = await world.start(store)
    assert entry.message.text == stored
    await store.transact(lambda tx: tx.outbox.suspect(entry, reason=text, at=entry.attempted_at))
    assert (await store.counts()).outbox["uncertain"] == 1


@pytest.mark.parametrize("name", set(TEXTS) - {"a megabyte", "longest message"})
async def test_a_name_is_one_name_on_every_database(store, world, name):
    text, stored = TEXTS[name]
    odd = replace(world.received(), event_key=text, conversation_id=ConversationId(text))

    assert await store.inbox.put(world.delivery(odd)) == 1
    assert await store.inbox.put(world.delivery(odd)) == 0
    assert await store.inbox.put(world.delivery(replace(odd, event_key=stored))) == 0
    assert await store.inbox.put(world.delivery(replace(odd, event_key=f"{text}."))) == 1


@pytest.mark.parametrize("position", [0, 1, 2**31, 2**53 + 1, HIGHEST])
async def test_positions_are_whole_numbers_of_63_bits(store, world, position):
    await world.receive(store, replace(world.received(), position=position))

    (claim,) = await world.claim(store)
    assert claim.turn.events[0].position == position
    await world.queue(store, claim, "answer")
    (entry,) = await world.start(store)
    assert entry.baseline == position


@pytest.mark.parametrize("position", [HIGHEST + 1, -HIGHEST - 2, 10**30])
async def test_a_position_beyond_that_is_a_mistake_of_ours_and_stores_nothing(
    store, world, position
):
    delivery = world.delivery(replace(world.received(), position=position))

    with pytest.raises((OverflowError, asyncpg.DataError)):
        await store.inbox.put(delivery)

    assert (await store.counts()).events["new"] == 0
    assert await store.inbox.put(world.delivery(world.received())) == 1


@pytest.mark.parametrize(
    "at",
    [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
async def test_any_time_can_be_stored(store, world, at):
    assert await store.inbox.put(world.delivery(replace(world.received(), at=at), at=at)) == 1

    (row,) = await store.transact(lambda tx: tx.events.unfiled(10))
    assert row.event.at == at
    assert row.received_at == at.replace(microsecond=at.microsecond // 1_000 * 1_000)


async def test_names_are_told_apart_by_every_character(store, world):
    keys = ["a", "A", "\u00e4", "a\u0308", "a ", " a", "\u00c4", "ss", "\u00df", "\uff41"]
    events = [replace(world.received(), event_key=key) for key in keys]

    assert await store.inbox.put(world.delivery(*events)) == len(keys)


async def test_equal_positions_are_ordered_by_code_point(store, world):
    keys = ["b", "B", "a", "\u00e4", "Z", "_", "10", "9"]
    await world.receive(store, *(replace(world.received(7), event_key=key) for key in keys))

    assert await world.pending(store) == sorted(keys)


async def test_a_delivery_of_a_thousand_events_is_taken_whole(store, world):
    events = [Unrecognised(UserId("11"), f"{n:064x}", n, "name", world.noon) for n in range(1_000)]

    assert await store.inbox.put(world.delivery(*events, body=b"\0" * 1_048_576)) == 1_000
    assert await store.inbox.put(world.delivery(*events)) == 0
