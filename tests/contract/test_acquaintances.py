"""What `ports.AcquaintanceRows` promises, and what becomes of activities when they are filed."""

from __future__ import annotations

from roost.engine import filing
from roost.model.activities import Followed, MessagesRead, TypingStarted
from roost.model.ids import ConversationId, UserId
from roost.model.messages import Profile
from roost.model.people import PersonId
from roost.ports.desk import View

OURS, HERE = UserId("11"), ConversationId("11-22")
BOB = Profile("22", "bob", "Bob")
WANTED = {"demo": {"followed", "typing_started"}}


def followed(world, key: str = "f", account: str = "11") -> Followed:
    conversation = ConversationId(f"{account}-22")
    return Followed(UserId(account), key, 5, conversation, BOB, world.noon, False)


async def file(store, *events, world, wanted=WANTED) -> None:
    await world.put(store, *events)
    await store.transact(lambda tx: filing.file_new(tx, limit=100, wanted=wanted))


async def control(store) -> str | None:
    return await store.transact(lambda tx: tx.conversations.control_of(OURS, HERE))


async def listed(store, view: View = View.ALL) -> int:
    page = await store.desk.page([OURS], view, PersonId("p"), after=None, limit=10)
    return len(page.conversations)


async def test_a_wanted_activity_waits_for_the_bot_in_a_conversation_nobody_sees(store, world):
    await file(store, followed(world), world=world)

    assert await world.pending(store) == ["f"]
    assert (await listed(store), await listed(store, View.BOT)) == (0, 0)
    (row,) = await store.transact(
        lambda tx: tx.conversations.claim_ready(10, lease=world.noon - world.noon)
    )
    assert (row.customer_id, row.customer_name, row.has_written) == ("22", "Bob", False)


async def test_the_conversation_is_seen_once_there_is_a_message(store, world):
    await file(store, followed(world), world=world)
    await world.receive(store, world.received())

    assert (await listed(store), await listed(store, View.BOT)) == (1, 1)
    (row,) = await store.transact(
        lambda tx: tx.conversations.claim_ready(10, lease=world.noon - world.noon)
    )
    assert row.has_written


async def test_an_activity_nobody_wants_begins_nothing(store, world):
    await file(store, followed(world), world=world, wanted={"demo": {"liked"}, "other": {"liked"}})
    await file(store, followed(world, account="12"), world=world)  # has no bot

    assert await control(store) is None
    assert (await store.counts()).events["done"] == 2


async def test_a_person_s_conversation_stays_theirs(store, world):
    await world.receive(store, world.received())
    await store.transact(lambda tx: tx.conversations.take_over(OURS, HERE, PersonId("p")))
    await file(store, followed(world), world=world)

    assert await world.pending(store) == []
    assert await control(store) == "agent"


async def test_whoever_follows_begins_anew_and_whoever_types_does_not(store, world):
    await world.receive(store, world.received())
    await store.transact(lambda tx: tx.conversations.resolve(OURS, HERE))
    typing = TypingStarted(OURS, "t", 6, HERE, BOB, world.noon)
    await file(store, typing, world=world)
    assert (await control(store), await world.pending(store)) == ("nobody", [])

    await file(store, followed(world), world=world)
    assert (await control(store), await world.pending(store)) == ("bot", ["f"])


async def test_what_the_customer_has_read_is_kept_and_never_less(store, world):
    sent = [world.sent(number) for number in (100, 200)]
    await world.receive(store, world.received(50))
    await file(store, *sent, world=world)

    async def seen():
        summary = await store.desk.summary(OURS, HERE)
        return summary.seen_position

    before = await seen()
    for n, message_id in enumerate(("200", "100")):
        read = MessagesRead(OURS, f"r{n}", 300 + n, HERE, BOB, world.noon, message_id)
        await file(store, read, world=world)

    assert (before, await seen()) == (None, 200)
