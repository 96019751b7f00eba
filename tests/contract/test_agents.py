"""What an agent's answer does to a conversation, on every database."""

from __future__ import annotations

import asyncio

import pytest

from roost.engine import answering, decisions, withholding
from roost.engine.answering import Act
from roost.engine.commits import Commits, Committed, Step
from roost.engine.decisions import AgentRequest, AgentTurn
from roost.errors import NoConversation
from roost.model.decisions import HandOff, Note, Reply, ReplyPublicly, Resolve
from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import Button, OutboundMessage, QuickReply
from roost.model.outbound import Addressee, Lane
from roost.model.people import PersonId
from roost.model.posts import PublicReply
from roost.model.turns import Progress
from roost.ports.remarks import RemarkKind

OURS, HERE = UserId("11"), ConversationId("11-22")
ANN, BEN = PersonId("ann"), PersonId("ben")


async def reply(store, world, text="hello", *, by=ANN, where=HERE):
    message = OutboundMessage(text)
    act = Act(OURS, where, by, "a" * 32, world.noon)
    await store.transact(lambda tx: answering.reply(tx, act, message))


async def test_an_agent_s_answer_takes_the_conversation_over_and_goes_first(store, world):
    await world.queue(store, await world.claimed(store, customer="33"), "bot")
    claim = await world.claimed(store)

    await reply(store, world)

    row = await store.transact(lambda tx: tx.conversations.whose(OURS, HERE))
    assert row.epoch == claim.epoch + 1
    entries = await world.start(store)
    assert [(one.message.text, one.lane) for one in entries] == [
        ("hello", Lane.AGENT),
        ("bot", Lane.BOT),
    ]


async def test_what_the_bot_was_still_deciding_comes_to_nothing(store, world):
    claim = await world.claimed(store)
    await world.receive(store, world.received())

    await reply(store, world)

    assert not await store.transact(lambda tx: tx.conversations.guard(claim))
    assert await world.pending(store) == []
    assert (await store.counts()).events_waiting == 0
    await store.transact(lambda tx: tx.conversations.release(claim, waiting_since=None))
    assert await world.claim(store) == []


async def test_whoever_answers_a_conversation_of_a_colleague_leaves_it_to_them(store, world):
    await world.claimed(store)

    await reply(store, world)
    await reply(store, world, by=BEN)

    row = await store.transact(lambda tx: tx.conversations.whose(OURS, HERE))
    assert (row.controller_id, row.epoch) == (ANN, 1)


async def test_an_agent_can_hand_off_to_the_queue_while_nobody_else_has_taken_it(store, world):
    await world.claimed(store)
    await reply(store, world)
    row = await store.transact(lambda tx: tx.conversations.whose(OURS, HERE))

    async def hand_off(epoch):
        turn = AgentTurn(AgentRequest(ANN, "a" * 32), Addressee(OURS, HERE, UserId("22")), epoch)
        await store.transact(
            lambda tx: decisions.apply(tx, [HandOff("lunch")], turn, at=world.noon)
        )
        return (await store.transact(lambda tx: tx.conversations.whose(OURS, HERE))).control

    assert await hand_off(row.epoch - 1) == "agent"
    assert await hand_off(row.epoch) == "queue"


async def test_nothing_happens_in_a_conversation_that_is_not_there(store, world):
    with pytest.raises(NoConversation):
        await reply(store, world, where=ConversationId("11-99"))
    assert (await store.counts()).outbox_waiting == 0


async def test_what_the_bot_did_not_get_to_say_stands_in_the_thread_where_it_would_have(
    store, world
):
    claim = await world.claimed(store)
    await reply(store, world, "I am here")
    start = await store.feed_position()
    said = OutboundMessage(
        "Which\0 order?", (QuickReply("A1"),), (Button("Help", "https://example.com"),)
    )
    step = Step(claim, Progress((Reply(said), Note("n"), Resolve()), final=True), 0, world.noon)

    committed = await committed_by(store, step)

    assert committed == Committed(is_owner=False, is_ready=False)
    found = await store.desk.transcript(OURS, HERE, before=None, limit=10)
    assert [(one.kind, one.person_id, one.text) for one in found.remarks] == [
        (RemarkKind.TAKEN_OVER, ANN, ""),
        (RemarkKind.WITHHELD, None, "Which␀ order?\n1. A1\nHelp: https://example.com"),
    ]
    assert [one.message.text for one in found.outgoing] == ["I am here"]
    (change,) = await store.changes_after(start, limit=10)
    assert change.kind == "withheld"
    assert (change.conversation_id, change.ref) == (HERE, claim.turn.events[-1].event_key)


@pytest.mark.parametrize("n_steps", [1, 2])
async def test_what_is_withheld_is_kept_once_however_its_step_is_committed(store, world, n_steps):
    claims = [await world.claimed(store, customer=str(22 + n)) for n in range(n_steps)]
    for claim in claims:
        await reply(store, world, where=claim.turn.conversation_id)
    steps = [
        Step(claim, Progress((Reply(OutboundMessage("late")),), final=True), 0, world.noon)
        for claim in claims
    ]

    await committed_by(store, *steps)

    for claim in claims:
        found = await store.desk.transcript(OURS, claim.turn.conversation_id, before=None, limit=10)
        kept = [one.text for one in found.remarks if one.kind is RemarkKind.WITHHELD]
        assert kept == ["late"]


async def committed_by(store, *steps):
    """Commit steps as turns do, those that come together in one transaction; give the first's."""
    commits = Commits(store)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(commits.run())
        answers = await asyncio.gather(*(commits.commit(step) for step in steps))
        running.cancel()
    return answers[0]


async def shown(store, where=HERE):
    """Give what is on its way in a conversation, and what the bot was kept from saying."""
    found = await store.desk.transcript(OURS, where, before=None, limit=10)
    kept = [one.text for one in found.remarks if one.kind is RemarkKind.WITHHELD]
    return [one.message.text for one in found.outgoing], kept


async def state_of(store):
    return {state: n for state, n in (await store.counts()).outbox.items() if n}


def act(world, person=ANN):
    return Act(OURS, HERE, person, "a" * 32, world.noon)


TAKING = {
    "take-over": answering.take_over,
    "reply": lambda tx, act: answering.reply(tx, act, OutboundMessage("hello")),
    "assign": lambda tx, act: answering.assign(tx, act, BEN),
    "unassign": answering.unassign,
    "snooze": lambda tx, act: answering.snooze(tx, act, None),
    "resolve": answering.resolve,
}


@pytest.mark.parametrize("takes", TAKING.values(), ids=TAKING)
async def test_what_the_bot_has_said_that_x_does_not_have_is_withheld(store, world, takes):
    claim = await world.claimed(store)
    said = (Reply(OutboundMessage("one")), ReplyPublicly(PublicReply("two", "77")))
    await committed_by(store, Step(claim, Progress(said, final=True), 0, world.noon))
    start = await store.feed_position()

    await store.transact(lambda tx: takes(tx, act(world)))

    outgoing, kept = await shown(store)
    assert kept == ["one", "two"]
    assert outgoing == (["hello"] if takes is TAKING["reply"] else [])
    assert [one.message.text for one in await world.start(store)] == outgoing
    assert (await state_of(store))["dropped"] == 2
    kinds = [one.kind for one in await store.changes_after(start, limit=10)]
    assert kinds.count("withheld") == 2


async def test_what_the_bot_says_as_it_hands_over_is_sent_though_somebody_takes_over(store, world):
    claim = await world.claimed(store)
    await world.queue(store, claim, "before")
    said = (Reply(OutboundMessage("somebody will answer")), HandOff("asked for it"))
    await committed_by(store, Step(claim, Progress(said, final=True), 0, world.noon))

    await reply(store, world, "I am here")

    assert await shown(store) == (["somebody will answer", "I am here"], ["before"])
    (first,) = await world.start(store)
    assert first.message.text == "somebody will answer"


@pytest.mark.parametrize("is_handed_back", [False, True])
async def test_what_was_being_sent_and_did_not_leave_is_withheld_then(store, world, is_handed_back):
    await world.queue(store, await world.claimed(store), "one", "two")
    (entry,) = await world.start(store)
    await reply(store, world, "I am here")
    assert await shown(store) == (["one", "I am here"], ["two"])
    if is_handed_back:
        await store.transact(lambda tx: answering.hand_back(tx, act(world)))

    async def fail(tx):
        await tx.outbox.postpone(entry, world.noon, reason="no route to X")
        return await withholding.settle(tx, OURS, HERE, at=world.noon)

    assert await store.transact(fail)
    assert await shown(store) == (["I am here"], ["two", "one"])
    (next_one,) = await world.start(store)
    assert next_one.message.text == "I am here"


async def test_what_x_has_already_is_not_withheld(store, world):
    await world.queue(store, await world.claimed(store), "one")
    (entry,) = await world.start(store)
    await reply(store, world, "I am here")

    async def arrive(tx):
        await tx.outbox.finish(entry, MessageId("901"))
        return await withholding.settle(tx, OURS, HERE, at=world.noon)

    assert not await store.transact(arrive)
    assert (await state_of(store)) == {"sent": 1, "queued": 1}
    assert (await shown(store))[1] == []


async def test_a_bot_s_message_that_is_queued_though_a_person_has_it_is_known_when_it_is_due(
    store, world
):
    claim = await world.claimed(store)
    await store.transact(lambda tx: answering.take_over(tx, act(world)))
    await world.queue(store, claim, "late")  # as a process of an older version would

    (entry,) = await world.start(store)

    assert entry.is_withdrawn


async def test_a_person_may_have_the_bot_s_message_sent_again_after_taking_over(store, world):
    await world.queue(store, await world.claimed(store), "one")
    (entry,) = await world.start(store)
    await store.transact(lambda tx: tx.outbox.bury(entry, reason="refused"))
    await store.transact(lambda tx: answering.take_over(tx, act(world)))
    (waiting,) = await store.transact(lambda tx: tx.outbox.set_aside())

    await store.transact(lambda tx: tx.outbox.requeue(waiting, at=world.noon))

    (again,) = await world.start(store)
    assert (again.message.text, again.is_withdrawn) == ("one", False)
