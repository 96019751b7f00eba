"""Events filed at once end like the same events filed one by one, whatever they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.contract.conftest import NOON

from roost.engine import answering, filing
from roost.engine.answering import Act
from roost.model.activities import Followed, MessagesRead, TypingStarted
from roost.model.events import Event, MessageReceived, MessageSent, TimerFired
from roost.model.ids import ConversationId, MessageId, UserId, conversation_between
from roost.model.messages import Message, OutboundMessage, Profile
from roost.model.outbound import Addressee, Lane
from roost.model.people import PersonId
from roost.ports import Tx
from roost.store.registry import AccountRow, AppRow
from roost.store.search_tables import customer_words, message_words
from roost.store.statements import Query
from roost.store.tables import changes, conversations, events, messages, outbox

WANTED = {"demo": {"followed", "typing_started"}}
TWINS = (("11", "12"), ("31", "32"))
"""Of each pair, a bot answers for the first account, and people for the second."""

KINDS = ("received", "history", "echo", "our echo", "typing", "read", "followed", "timer")
STATES = ("unknown", "known", "resolved", "taken", "waiting", "uncertain")
SECOND = timedelta(seconds=1)

LOOKED_AT = (
    select(*(column for column in conversations.c if column.name != "held_by")),
    select(events.c.account_id, events.c.kind, events.c.event_key, events.c.state, events.c.reason),
    select(*(column for column in messages.c if column.name != "outbox_id")),
    select(messages.c.account_id, messages.c.message_id, messages.c.outbox_id.is_(None)),
    select(*(column for column in message_words.c if column.name != "entry")),
    select(*(column for column in customer_words.c if column.name != "entry")),
    select(outbox.c.account_id, outbox.c.conversation_id, outbox.c.state, outbox.c.due_at),
)
FEED = select(
    changes.c.account_id, changes.c.kind, changes.c.conversation_id, changes.c.ref, changes.c.at
).order_by(changes.c.seq)


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    # Each example is a world of its own in the same database, so that fewer steps are no quicker.
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    states=st.lists(st.sampled_from(STATES), min_size=3, max_size=3),
    happened=st.lists(
        st.tuples(st.sampled_from(KINDS), st.integers(0, 2), st.integers(0, 1), st.integers(0, 60)),
        max_size=25,
    ),
)
async def test_a_batch_ends_like_its_events_one_by_one(
    store, world, states: list[str], happened: list[tuple[str, int, int, int]]
) -> None:
    await store.register(
        [AppRow("main", "7", "consumer-key")],
        [
            AccountRow(UserId(account), "main", "demo" if account.endswith("1") else "")
            for pair in TWINS
            for account in pair
        ],
    )
    base = world.number() * 1_000
    for pair in TWINS:
        for account in pair:
            for n, state in enumerate(states):
                await prepare(store, account, base + n, state)

    for pair, limit in zip(TWINS, (256, 1), strict=True):
        for n, (kind, customer, which, number) in enumerate(happened):
            event = event_of(kind, pair[which], str(base + customer), base + 100 + number)
            delivery = world.delivery(event, at=NOON + SECOND * n)
            await store.inbox.put(replace(delivery, is_history=kind == "history"))
        while await store.transact(lambda tx, n=limit: filing.file_new(tx, limit=n, wanted=WANTED)):
            pass

    together, one_by_one = [await looked_at(store, pair) for pair in TWINS]
    for table, same in zip(together, one_by_one, strict=True):
        assert table == same


async def prepare(store, account: str, number: int, state: str) -> None:
    """Have the conversation with a customer be in some state."""
    if state == "unknown":
        return
    customer = str(number)
    here = ConversationId(conversation_between(UserId(account), UserId(customer)))
    act = Act(UserId(account), here, PersonId("sam"), "0" * 32, NOON)

    async def unit(tx: Tx) -> None:
        event = received(account, customer, number)
        await tx.conversations.touch(event)
        await tx.messages.put(event)
        if state == "resolved":
            await answering.resolve(tx, act)
        if state == "taken":
            await answering.take_over(tx, act)
        if state in {"waiting", "uncertain"}:
            where = Addressee(UserId(account), here, UserId(customer))
            said = OutboundMessage("ours")
            await tx.outbox.put(where, said, lane=Lane.BOT, trace_id="", at=NOON)
            entries = await tx.outbox.due(100, now=NOON)
            await tx.outbox.start(entries)
            for entry in entries:
                if state == "waiting":
                    later = NOON + SECOND * 600
                    await tx.outbox.postpone(entry, later, reason="no budget")
                else:
                    await tx.outbox.suspect(entry, reason="no answer", at=entry.attempted_at)

    await store.transact(unit)


def event_of(kind: str, account: str, customer: str, number: int) -> Event:
    """Make an event; messages of one number are the same message, delivered again."""
    message = received(account, customer, number)
    ours, here = message.account_id, message.conversation_id
    place = (ours, f"{kind}{number}", number, here)
    match kind:
        case "echo" | "our echo":
            text = "ours" if kind == "our echo" else "by hand"
            said = Message(MessageId(str(number)), text, source_app_id="7")
            event = MessageSent(ours, str(number), number, here, Profile(customer), said, NOON)
        case "typing":
            event = TypingStarted(*place, message.customer, NOON)
        case "read":
            event = MessagesRead(*place, message.customer, NOON, str(number))
        case "followed":
            event = Followed(*place, message.customer, NOON, is_ours=False)
        case "timer":
            event = TimerFired(*place, "reminder", "", NOON, NOON)
        case _:
            event = message
    return event


def received(account: str, customer: str, number: int) -> MessageReceived:
    """Make a message of a customer whose name changes with its number."""
    return MessageReceived(
        account_id=UserId(account),
        event_key=str(number),
        position=number,
        conversation_id=conversation_between(UserId(account), UserId(customer)),
        customer=Profile(customer, "", ["", "Bob", "Robert"][number % 3]),
        message=Message(MessageId(str(number)), f"Où est mon colis {number}?"),
        at=NOON + SECOND * (number % 60),
    )


async def looked_at(store, pair: tuple[str, str]) -> list[list[tuple[object, ...]]]:
    """Give what is stored of two accounts, without their ids."""
    tables = [
        sorted(await rows_of(store, Query[tuple[str]](one), pair), key=repr) for one in LOOKED_AT
    ]
    return [*tables, await rows_of(store, Query[tuple[str]](FEED), pair)]


async def rows_of(store, query, pair: tuple[str, str]) -> list[tuple[object, ...]]:
    rows = await store._reading.rows(query, {})
    return [tuple(bare(value, pair) for value in row) for row in rows if row[0] in pair]


def bare(value: object, pair: tuple[str, str]) -> object:
    """Give a value without the account's id, which names, places and words begin with."""
    if isinstance(value, str):
        for n, account in enumerate(pair):
            if value == account:
                return f"account {n}"
            for mark, sign in ((f"{account}-", "-"), (f"@{account}", "@")):
                if value.startswith(mark):
                    return f"account {n}{sign}{value.removeprefix(mark)}"
    return value


@pytest.mark.parametrize("first", ["history", "received"])
async def test_what_is_new_and_what_is_history_of_one_customer_count_for_themselves(
    store, world, first: str
):
    for n, kind in enumerate([first, "history", "received", "received"]):
        delivery = world.delivery(world.received(), at=NOON + SECOND * n)
        await store.inbox.put(replace(delivery, is_history=kind == "history"))

    await store.transact(lambda tx: filing.file_new(tx, limit=256))

    (row,) = await store._reading.rows(Query[tuple[int]](select(conversations.c.unread)), {})
    assert row == (2 if first == "history" else 3,)
