"""What `ports.OutboxRows` promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roost.errors import NotUnique
from roost.model.ids import MessageId

SECOND = timedelta(seconds=1)


async def queued(store, world, *texts, customer="22"):
    await world.queue(store, await world.claimed(store, customer=customer), *texts)


async def finish(store, entry, message_id="900"):
    await store.transact(lambda tx: tx.outbox.finish(entry, MessageId(message_id)))


async def state(store):
    return {name: count for name, count in (await store.counts()).outbox.items() if count}


async def test_an_entry_carries_what_was_queued(store, world):
    claim = await world.claimed(store)
    await world.queue(store, claim, "hello")

    (entry,) = await world.start(store, now=world.noon + SECOND)

    assert (entry.account_id, entry.conversation_id, entry.recipient_id) == ("11", "11-22", "22")
    assert (entry.message.text, entry.attempt, entry.attempted_at) == (
        "hello",
        1,
        world.noon + SECOND,
    )
    assert entry.baseline == claim.turn.events[-1].position


async def test_the_baseline_is_the_highest_position_known_when_the_attempt_begins(store, world):
    await queued(store, world, "hello")
    await world.receive(store, world.received(50), world.sent(40))

    (entry,) = await world.start(store)

    assert entry.baseline == 50


async def test_ids_rise_in_the_order_messages_were_decided(store, world):
    await queued(store, world, "a", "b")
    await queued(store, world, "c", customer="33")

    ids = []
    for number in range(3):
        (entry,) = await world.start(store, 1)
        ids.append((entry.message.text, entry.outbox_id))
        await finish(store, entry, str(900 + number))

    assert sorted(ids) == [("a", 1), ("b", 2), ("c", 3)]


async def test_a_conversation_has_one_message_in_flight(store, world):
    await queued(store, world, "a", "b")
    await queued(store, world, "c", customer="33")

    assert [entry.message.text for entry in await world.start(store)] == ["a", "c"]
    assert await world.start(store) == []


async def test_the_next_message_goes_when_the_one_before_has_ended(store, world):
    await queued(store, world, "a", "b", "c")
    (first,) = await world.start(store)
    await finish(store, first)

    (second,) = await world.start(store)
    await store.transact(lambda tx: tx.outbox.bury(second, reason="refused"))

    (third,) = await world.start(store)
    assert [first.message.text, second.message.text, third.message.text] == ["a", "b", "c"]


async def test_only_so_many_conversations_are_started(store, world):
    for customer in ("30", "40", "50"):
        await queued(store, world, "hi", customer=customer)

    assert len(await world.start(store, 2)) == 2
    assert len(await world.start(store, 2)) == 1


async def test_what_is_due_later_than_anything_can_be_is_brought_forward(store, world):
    claim = await world.claimed(store)
    await world.queue(store, claim, "first")
    (entry,) = await world.start(store)
    due = world.noon + timedelta(days=2)
    await store.transact(lambda tx: tx.outbox.postpone(entry, due, reason="no network"))

    async def bring(latest):
        return await store.transact(lambda tx: tx.budgets.bring_forward(world.noon, latest=latest))

    assert await bring(due) == 0
    assert await world.start(store) == []
    assert await bring(due - timedelta(hours=1)) == 1
    assert [one.message.text for one in await world.start(store)] == ["first"]


async def test_a_postponed_message_holds_back_those_behind_it_until_it_is_due(store, world):
    await queued(store, world, "a", "b")
    (entry,) = await world.start(store)
    due = world.noon + timedelta(microseconds=1_500)

    await store.transact(lambda tx: tx.outbox.postpone(entry, due, reason="rate limit"))

    assert await world.start(store, now=world.noon + timedelta(milliseconds=1)) == []
    (again,) = await world.start(store, now=world.noon + timedelta(milliseconds=2))
    assert (again.message.text, again.attempt) == ("a", 2)


async def test_an_uncertain_message_holds_back_those_behind_it(store, world):
    await queued(store, world, "a", "b")
    (entry,) = await world.start(store)

    await store.transact(
        lambda tx: tx.outbox.suspect(entry, reason="answer lost", at=entry.attempted_at)
    )

    assert await world.start(store, now=world.noon + timedelta(days=1)) == []
    assert await state(store) == {"queued": 1, "uncertain": 1}
    assert (await store.counts()).outbox_waiting == 2


async def test_uncertain_messages_are_given_as_they_were_sent(store, world):
    await queued(store, world, "a")
    await queued(store, world, "b", customer="33")
    entries = [replace(entry, is_free=False, doubts=1) for entry in await world.start(store)]
    for entry in entries:
        await store.transact(
            lambda tx, e=entry: tx.outbox.suspect(e, reason="answer lost", at=e.attempted_at)
        )

    assert await store.transact(lambda tx: tx.outbox.uncertain()) == entries
    here = await store.transact(lambda tx: tx.outbox.uncertain(("11", "11-33")))
    assert here == [entries[1]]
    assert await store.transact(lambda tx: tx.outbox.uncertain(("12", "11-33"))) == []


async def test_only_attempts_that_x_may_have_acted_on_count_as_doubts(store, world, life):
    await queued(store, world, "a")
    for n in range(3):
        (entry,) = await world.start(store)
        assert (entry.attempt, entry.doubts) == (n + 1, 0)
        await store.transact(lambda tx, e=entry: tx.outbox.postpone(e, world.noon, reason="no way"))

    (entry,) = await world.start(store)
    for _ in range(2):
        await store.transact(
            lambda tx: tx.outbox.suspect(entry, reason="answer lost", at=entry.attempted_at)
        )
    (one,) = await store.transact(lambda tx: tx.outbox.uncertain())
    assert (one.attempt, one.doubts) == (4, 1)

    await store.transact(lambda tx: tx.outbox.postpone(one, world.noon, reason="absent"))
    await world.start(store)
    store = await life.die_and_be_succeeded()
    await store.transact(lambda tx: tx.outbox.suspect_interrupted())
    (one,) = await store.transact(lambda tx: tx.outbox.uncertain())
    assert (one.attempt, one.doubts) == (5, 2)


async def test_a_doubt_counts_from_when_the_attempt_ended_if_that_is_known(store, world, life):
    async def doubted(store):
        (one,) = await store.transact(lambda tx: tx.outbox.uncertain())
        return one

    await queued(store, world, "a")
    (entry,) = await world.start(store)
    ended_at = world.noon + 50 * SECOND
    await store.transact(lambda tx: tx.outbox.suspect(entry, reason="too slow", at=ended_at))
    one = await doubted(store)
    assert (one.attempted_at, one.ended_at) == (world.noon, ended_at)

    await store.transact(lambda tx: tx.outbox.postpone(one, world.noon, reason="absent"))
    begun_at = world.noon + 60 * SECOND
    await world.start(store, now=begun_at)
    store = await life.die_and_be_succeeded()
    await store.transact(lambda tx: tx.outbox.suspect_interrupted())
    assert (await doubted(store)).ended_at == begun_at


async def test_an_uncertain_message_can_turn_out_to_be_sent(store, world):
    await queued(store, world, "a", "b")
    (entry,) = await world.start(store)
    await store.transact(
        lambda tx: tx.outbox.suspect(entry, reason="answer lost", at=entry.attempted_at)
    )

    await finish(store, entry)

    assert await state(store) == {"queued": 1, "sent": 1}
    assert len(await world.start(store)) == 1


async def test_an_uncertain_message_can_turn_out_to_be_absent(store, world):
    await queued(store, world, "a")
    (entry,) = await world.start(store)
    await store.transact(
        lambda tx: tx.outbox.suspect(entry, reason="answer lost", at=entry.attempted_at)
    )

    await store.transact(lambda tx: tx.outbox.postpone(entry, world.noon, reason="absent"))

    (again,) = await world.start(store)
    assert again.attempt == 2


@pytest.mark.parametrize("late", ["suspect", "postpone", "bury", "finish"])
async def test_a_message_that_has_ended_stays_as_it_ended(store, world, late):
    await queued(store, world, "a")
    (entry,) = await world.start(store)
    await finish(store, entry)
    say = {
        "suspect": lambda tx: tx.outbox.suspect(entry, reason="late", at=entry.attempted_at),
        "postpone": lambda tx: tx.outbox.postpone(entry, world.noon, reason="late"),
        "bury": lambda tx: tx.outbox.bury(entry, reason="late"),
        "finish": lambda tx: tx.outbox.finish(entry, MessageId("901")),
    }

    await store.transact(say[late])

    assert await state(store) == {"sent": 1}


async def test_an_old_attempt_says_nothing_about_a_new_one(store, world):
    await queued(store, world, "a")
    (old,) = await world.start(store)
    await store.transact(lambda tx: tx.outbox.postpone(old, world.noon, reason="not sent"))
    await world.start(store)

    await store.transact(lambda tx: tx.outbox.postpone(old, world.noon, reason="late"))

    assert await state(store) == {"sending": 1}


async def test_two_messages_cannot_have_one_id(store, world):
    await queued(store, world, "a")
    await queued(store, world, "b", customer="33")
    one, other = await world.start(store)
    await finish(store, one, "900")

    with pytest.raises(NotUnique):
        await finish(store, other, "900")
    assert await state(store) == {"sending": 1, "sent": 1}


async def test_an_entry_is_no_message_that_is_another_one(store, world):
    await queued(store, world, "a")
    await queued(store, world, "b", customer="33")
    one, other = await world.start(store)
    await world.receive(store, world.received(901))

    async def put(entry, name):
        await store.transact(lambda tx: tx.messages.put_sent(entry, MessageId(name), world.noon))

    await put(one, "900")
    await put(one, "900")

    for entry, name in [(other, "900"), (one, "901")]:
        with pytest.raises(NotUnique):
            await put(entry, name)


async def test_what_a_dead_process_was_sending_is_uncertain(store, world, life):
    await queued(store, world, "a")
    await queued(store, world, "b", customer="33")
    await world.start(store, 1)

    store = await life.die_and_be_succeeded()
    assert await store.transact(lambda tx: tx.outbox.suspect_interrupted()) == 1
    assert await state(store) == {"queued": 1, "uncertain": 1}


class Sender:
    """Does what an engine may do with one conversation's outbox, one step at a time."""

    def __init__(self, life, world, claim):
        self.life, self.store, self.world, self.claim = life, life.store, world, claim
        self.flying, self.ended, self.n_put = [], [], 0

    async def put(self):
        self.n_put += 1
        await self.world.queue(self.store, self.claim, str(self.n_put))

    async def start(self):
        started = await self.world.start(self.store)
        assert not (self.flying and started), "two at once"
        self.flying += started

    async def interrupt(self):
        self.store = await self.life.die_and_be_succeeded()
        await self.store.transact(lambda tx: tx.outbox.suspect_interrupted())

    async def suspect(self):
        for entry in self.flying:
            await self.store.transact(
                lambda tx, e=entry: tx.outbox.suspect(e, reason="", at=e.attempted_at)
            )

    async def postpone(self):
        for entry in self.flying:
            await self.store.transact(
                lambda tx, e=entry: tx.outbox.postpone(e, self.world.noon, reason="")
            )
        self.flying.clear()

    async def finish(self):
        for entry in self.flying:
            await finish(self.store, entry, f"{self.world.number()}")
        self._end()

    async def bury(self):
        for entry in self.flying:
            await self.store.transact(lambda tx, e=entry: tx.outbox.bury(e, reason=""))
        self._end()

    def _end(self):
        self.ended += [entry.message.text for entry in self.flying]
        self.flying.clear()


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(
        st.sampled_from(["put", "start", "finish", "bury", "suspect", "postpone", "interrupt"]),
        max_size=40,
    )
)
@pytest.mark.usefixtures("store")
async def test_whatever_happens_messages_leave_one_by_one_and_in_order(life, world, steps):
    customer = str(1_000 + world.number())
    sender = Sender(life, world, await world.claimed(life.store, customer=customer))

    for step in steps:
        await getattr(sender, step)()
    for _ in range(sender.n_put - len(sender.ended)):
        await sender.start()
        await sender.finish()

    assert sender.ended == [str(n + 1) for n in range(sender.n_put)]
