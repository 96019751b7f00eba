"""What `ports.desk` promises: lists in their order, counts, transcripts, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.contract.conftest import OURS, WITHOUT_BOT

from roost.engine import answering
from roost.engine.answering import Act
from roost.errors import NoBot, NoConversation
from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import OutboundMessage
from roost.model.people import PersonId
from roost.ports.desk import Speaker, View
from roost.ports.remarks import Answered, RemarkKind, RequestKey

SAM, ROBIN = PersonId("sam"), PersonId("robin")


def act(world, customer="22", person=SAM, account=OURS):
    conversation = ConversationId(f"{account}-{customer}")
    return Act(account, conversation, person, "0" * 32, world.noon)


async def names(store, view, *, person=SAM, accounts=(OURS,), limit=100):
    """Walk through a view page by page; give the customers."""
    found, after = [], None
    while True:
        page = await store.desk.page(accounts, view, person, after=after, limit=limit)
        assert len(page.conversations) <= limit
        found += [one.customer.user_id for one in page.conversations]
        after = page.after
        if after is None:
            return found


async def transcript(store, customer="22", before=None, limit=50):
    return await store.desk.transcript(
        OURS, ConversationId(f"11-{customer}"), before=before, limit=limit
    )


async def test_the_customer_who_has_waited_longest_comes_first(store, world):
    for customer, number in (("22", 30), ("23", 10), ("24", 20)):
        await world.receive(store, world.received(number, customer=customer))
    await world.receive(store, world.received(40, customer="23"))

    assert await names(store, View.BOT) == ["23", "24", "22"]


async def test_whoever_was_answered_stands_behind_all_who_wait(store, world):
    for number, customer in ((10, "22"), (20, "23"), (30, "24"), (40, "25")):
        await world.receive(store, world.received(number, customer=customer))
    await world.receive(store, world.sent(50, customer="22"))
    await world.receive(store, world.sent(60, customer="23"))

    assert await names(store, View.BOT) == ["24", "25", "23", "22"]
    summary = await store.desk.summary(OURS, ConversationId("11-22"))
    assert summary is not None
    assert (summary.waiting_since, summary.last_direction) == (None, "out")


async def test_a_late_event_of_ours_does_not_hide_that_the_customer_waits(store, world):
    await world.receive(store, world.received(50))
    await world.receive(store, world.sent(40))

    summary = await store.desk.summary(OURS, ConversationId("11-22"))

    assert summary is not None
    assert summary.waiting_since == world.noon + timedelta(seconds=50)


async def test_a_bots_last_words_do_not_end_the_wait_for_a_person(store, world):
    claim = await world.claimed(store)
    await world.receive(store, world.sent(100))
    await store.transact(lambda tx: tx.conversations.hand_off(claim, reason="asked"))
    handed_off = await store.desk.summary(OURS, ConversationId("11-22"))
    await world.receive(store, world.sent(200))

    summary = await store.desk.summary(OURS, ConversationId("11-22"))

    assert summary is not None
    assert handed_off is not None
    assert summary.waiting_since == handed_off.waiting_since == world.noon + timedelta(seconds=100)
    assert (summary.control, summary.control_reason) == ("queue", "asked")


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
@pytest.mark.parametrize("view", [View.BOT, View.ALL])
async def test_pages_hold_each_conversation_once_also_where_times_are_equal(
    store, world, view, limit
):
    at = world.noon
    for account, customer in (
        (OURS, "22"),
        (OURS, "23"),
        (UserId("10"), "24"),
        (UserId("13"), "25"),
        (OURS, "26"),
        (UserId("10"), "27"),
    ):
        event = world.received(customer=customer, account=account)
        await world.receive(store, type(event)(**{**fields(event), "at": at}))
    accounts = [UserId("13"), OURS, UserId("10")]
    every = View.ALL

    found = await names(store, every, accounts=accounts, limit=limit)

    assert sorted(found) == ["22", "23", "24", "25", "26", "27"]
    assert await names(store, view, limit=limit) == await names(store, view)


def fields(event):
    return {name: getattr(event, name) for name in event.__slots__}


async def test_all_begins_with_the_latest_message(store, world):
    for number, customer in ((10, "22"), (30, "23"), (20, "24")):
        await world.receive(store, world.received(number, customer=customer))

    assert await names(store, View.ALL, limit=2) == ["23", "24", "22"]


async def test_views_and_counts_follow_who_has_a_conversation(store, world):
    for customer in ("22", "23", "24"):
        await world.receive(store, world.received(customer=customer))
    await world.receive(store, world.received(customer="30", account=WITHOUT_BOT))
    await store.transact(lambda tx: answering.take_over(tx, act(world, "22")))
    await store.transact(lambda tx: answering.take_over(tx, act(world, "23", ROBIN)))

    accounts = [OURS, WITHOUT_BOT]

    assert await names(store, View.MINE, accounts=accounts) == ["22"]
    assert await names(store, View.MINE, person=ROBIN, accounts=accounts) == ["23"]
    assert await names(store, View.BOT, accounts=accounts) == ["24"]
    assert await names(store, View.UNASSIGNED, accounts=accounts) == ["30"]
    assert await store.desk.counts(accounts, SAM) == {
        View.MINE: 1,
        View.UNASSIGNED: 1,
        View.BOT: 1,
        View.SNOOZED: 0,
        View.RESOLVED: 0,
        View.TAGGED: 0,
        View.ALL: 4,
    }
    assert await store.desk.counts([], SAM) == dict.fromkeys(View, 0)


async def test_a_transcript_is_paged_from_the_newest_and_misses_nothing(store, world):
    for number in (10, 9, 11, 100, 50):
        await world.receive(store, world.received(number))

    pages, before = [], None
    while not pages or before is not None:
        page = await transcript(store, before=before, limit=2)
        pages.append([line.position for line in page.lines])
        before = page.before

    assert pages == [[50, 100], [10, 11], [9]]


async def test_a_transcript_says_who_spoke(store, world):
    claim = await world.claimed(store)
    last = [await last_speaker(store)]
    await world.queue(store, claim, "from the bot")
    entries = list(await world.start(store))
    await store.transact(lambda tx: answering.reply(tx, act(world), OutboundMessage("from Sam")))
    for position in (100, 200):
        (entry,) = entries or await world.start(store)
        entries.clear()
        message_id = MessageId(str(position))

        async def unit(tx, entry=entry, message_id=message_id):
            await tx.messages.put_sent(entry, message_id, world.noon)
            await tx.outbox.finish(entry, message_id)

        await store.transact(unit)
        await world.receive(store, world.sent(position))
        last.append(await last_speaker(store))
    await world.receive(store, world.sent(300, text="our app's, not linked"))
    last.append(await last_speaker(store))
    elsewhere = world.sent(400)
    message = type(elsewhere.message)(MessageId("400"), "by hand", source_app_id="99")
    await world.receive(store, type(elsewhere)(**{**fields(elsewhere), "message": message}))

    lines = (await transcript(store)).lines

    assert [(line.speaker, line.person_id) for line in lines] == [
        (Speaker.CUSTOMER, None),
        (Speaker.BOT, None),
        (Speaker.PERSON, SAM),
        (Speaker.OURS, None),
        (Speaker.ELSEWHERE, None),
    ]
    # Of the list's rows, each said so while its message was the last.
    assert [*last, await last_speaker(store)] == [(one.speaker, one.person_id) for one in lines]


async def last_speaker(store):
    """Say what the list and the conversation itself tell of the last message: the same."""
    summary = await store.desk.summary(OURS, ConversationId("11-22"))
    (listed,) = (await store.desk.page([OURS], View.ALL, SAM, after=None, limit=10)).conversations
    assert summary == listed
    return summary.last_speaker, summary.last_person_id


async def test_what_has_not_arrived_stands_apart_until_it_has(store, world):
    claim = await world.claimed(store)
    await world.queue(store, claim, "one", "two", "three")
    (entry,) = await world.start(store)
    await store.transact(lambda tx: tx.outbox.bury(entry, reason="refused"))
    (entry,) = await world.start(store)
    await store.transact(
        lambda tx: tx.outbox.suspect(entry, reason="answer lost", at=entry.attempted_at)
    )

    page = await transcript(store)

    states = [(one.message.text, one.state, one.reason) for one in page.outgoing]
    assert states == [
        ("one", "dead", "refused"),
        ("two", "uncertain", "answer lost"),
        ("three", "queued", ""),
    ]
    assert (page.outgoing[2].due_at, page.outgoing[2].person_id) == (None, None)


async def test_taking_over_twice_is_told_once_and_leaves_nothing_to_the_bot(store, world):
    claim = await world.claimed(store)
    await world.receive(store, world.received())
    for _ in range(2):
        await store.transact(lambda tx: answering.take_over(tx, act(world)))

    assert not await store.transact(lambda tx: tx.conversations.guard(claim))
    assert await world.pending(store) == []
    page = await transcript(store)
    assert [(one.kind, one.person_id) for one in page.remarks] == [(RemarkKind.TAKEN_OVER, SAM)]


async def test_a_colleagues_conversation_is_answered_without_taking_it(store, world):
    await world.claimed(store)
    await store.transact(lambda tx: answering.take_over(tx, act(world)))

    await store.transact(
        lambda tx: answering.reply(tx, act(world, person=ROBIN), OutboundMessage("hello"))
    )

    summary = await store.desk.summary(OURS, ConversationId("11-22"))
    assert summary is not None
    assert summary.controller_id == SAM
    (outgoing,) = (await transcript(store)).outgoing
    assert outgoing.person_id == ROBIN


async def test_handing_back_gives_the_bot_what_comes_from_then_on(store, world):
    await world.claimed(store)
    await store.transact(lambda tx: answering.take_over(tx, act(world)))
    await world.receive(store, world.received())
    for _ in range(2):
        await store.transact(lambda tx: answering.hand_back(tx, act(world)))
    later = world.received()
    await world.receive(store, later)

    assert await world.pending(store) == [later.event_key]
    kinds = [one.kind for one in (await transcript(store)).remarks]
    assert sorted(kinds) == [RemarkKind.HANDED_BACK, RemarkKind.TAKEN_OVER]


async def test_what_cannot_be_done_changes_nothing(store, world):
    await world.receive(store, world.received(customer="30", account=WITHOUT_BOT))
    with pytest.raises(NoBot, match="12"):
        await store.transact(
            lambda tx: answering.hand_back(tx, act(world, "30", account=WITHOUT_BOT))
        )
    with pytest.raises(NoConversation, match="11-99"):
        await store.transact(
            lambda tx: answering.reply(tx, act(world, "99"), OutboundMessage("hello"))
        )


async def test_a_request_is_begun_once_and_its_answer_kept(store, world):
    asked = RequestKey(OURS, SAM, "key", "fingerprint")

    async def first(tx):
        assert await tx.requests.begin(asked, at=world.noon) is None
        await tx.requests.finish(asked, b"answer")

    await store.transact(first)

    async def again(tx):
        return await tx.requests.begin(asked, at=world.noon)

    assert await store.transact(again) == Answered("fingerprint", b"answer")
    for other in (
        RequestKey(OURS, ROBIN, "key", "fingerprint"),
        RequestKey(WITHOUT_BOT, SAM, "key", "fingerprint"),
        RequestKey(OURS, SAM, "key2", "fingerprint"),
    ):
        assert (
            await store.transact(lambda tx, other=other: tx.requests.begin(other, at=world.noon))
            is None
        )


async def test_unread_messages_are_counted_until_somebody_looks(store, world):
    await world.receive(store, world.received(), world.received())
    conversation = ConversationId("11-22")
    before = await store.desk.summary(OURS, conversation)

    assert await store.transact(lambda tx: tx.conversations.mark(OURS, conversation, is_read=True))

    after = await store.desk.summary(OURS, conversation)
    assert (before.unread, after.unread) == (2, 0)
    assert not await store.transact(
        lambda tx: tx.conversations.mark(OURS, ConversationId("11-99"), is_read=True)
    )


async def test_what_is_resolved_is_nobodys_until_the_customer_writes_again(store, world):
    claim = await world.claimed(store)
    await world.receive(store, world.received(customer="30", account=WITHOUT_BOT))
    accounts = [OURS, WITHOUT_BOT]
    for here in (act(world), act(world, "30", account=WITHOUT_BOT)):
        await store.transact(lambda tx, here=here: answering.resolve(tx, here))

    assert sorted(await names(store, View.RESOLVED, accounts=accounts)) == ["22", "30"]
    assert not await store.transact(lambda tx: tx.conversations.guard(claim))
    resolved = await store.desk.summary(OURS, ConversationId("11-22"))
    assert (resolved.control, resolved.waiting_since) == ("nobody", None)

    await world.receive(store, world.sent(9_000))
    assert sorted(await names(store, View.RESOLVED, accounts=accounts)) == ["22", "30"]
    again = world.received(9_001)
    await world.receive(store, again)
    await world.receive(store, world.received(9_002, customer="30", account=WITHOUT_BOT))

    assert await names(store, View.BOT, accounts=accounts) == ["22"]
    assert await names(store, View.UNASSIGNED, accounts=accounts) == ["30"]
    assert await world.pending(store) == [again.event_key]


async def is_newer(store, after, person=SAM):
    return await store.transact(
        lambda tx: tx.messages.is_newer(OURS, ConversationId("11-22"), after=after, than_by=person)
    )


async def test_newer_is_what_the_customer_or_a_colleague_wrote_and_not_ones_own_or_a_bots(
    store, world
):
    claim = await world.claimed(store)
    (first,) = (await transcript(store)).lines
    await world.queue(store, claim, "from the bot")
    entries = list(await world.start(store))
    await store.transact(lambda tx: answering.reply(tx, act(world), OutboundMessage("mine")))
    assert not await is_newer(store, first.position)
    assert await is_newer(store, first.position - 1)

    assert await is_newer(store, first.position, person=ROBIN)
    for position in (100, 200):
        (entry,) = entries or await world.start(store)
        entries.clear()

        async def unit(tx, entry=entry, position=position):
            await tx.messages.put_sent(entry, MessageId(str(position)), world.noon)
            await tx.outbox.finish(entry, MessageId(str(position)))

        await store.transact(unit)

    assert not await is_newer(store, first.position)
    assert await is_newer(store, 199, person=ROBIN)
    assert not await is_newer(store, 200, person=ROBIN)
    await world.receive(store, world.received(300))
    assert await is_newer(store, 200)


async def test_a_note_stands_in_the_transcript_and_nowhere_else(store, world):
    await world.receive(store, world.received())
    before = await store.desk.summary(OURS, ConversationId("11-22"))

    await store.transact(lambda tx: answering.note(tx, act(world), "careful"))

    page = await transcript(store)
    assert [(one.kind, one.text, one.person_id) for one in page.remarks] == [
        (RemarkKind.NOTE, "careful", SAM)
    ]
    assert page.outgoing == []
    assert await store.desk.summary(OURS, ConversationId("11-22")) == before
