"""What `ports.GapRows` promises."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from tests.contract.conftest import NOON, OURS, WITHOUT_BOT
from tests.contract.spans import Spans

from roost.intake.backfill import Backfill, BackfillPolicy
from roost.model import waiting
from roost.ports import GapKind, KnownMessages, LastSeen, NewGap
from roost.service.probes import NoProbe
from roost.store.statements import Query
from roost.store.tables import conversations
from roost.testing.clocks import FrozenClock

MINUTE = timedelta(minutes=1)


def outage(begun=0, ended=10, *, account=OURS, kind=GapKind.OUTAGE):
    return NewGap(account, kind, "down", NOON + begun * MINUTE, NOON + ended * MINUTE)


gaps = Spans(lambda tx: tx.gaps)
opened, due, save = gaps.opened, gaps.due, gaps.save


async def open_gaps(store):
    return await store.transact(lambda tx: tx.gaps.open_gaps())


async def test_an_account_is_met_once_and_what_is_ok_never_goes_back(store):
    async def unit(tx):
        assert await tx.gaps.last_seen(OURS) is None
        await tx.gaps.meet(OURS, NOON)
        await tx.gaps.note_ok([OURS, WITHOUT_BOT], NOON + MINUTE)
        await tx.gaps.meet(OURS, NOON + 2 * MINUTE)
        await tx.gaps.note_ok([OURS], NOON)
        assert await tx.gaps.last_seen(WITHOUT_BOT) is None
        return await tx.gaps.last_seen(OURS)

    assert await store.transact(unit) == LastSeen(NOON, NOON + MINUTE, NOON)


async def test_times_that_lie_ahead_are_taken_back_and_others_stay(store):
    async def unit(tx):
        await tx.gaps.meet(OURS, NOON)
        await tx.gaps.meet(WITHOUT_BOT, NOON)
        await tx.gaps.note_ok([OURS], NOON + 60 * MINUTE)
        was_wrong = [await tx.gaps.put_right(NOON + 30 * MINUTE) for _ in range(2)]
        return was_wrong, [await tx.gaps.last_seen(one) for one in (OURS, WITHOUT_BOT)]

    was_wrong, seen = await store.transact(unit)

    assert was_wrong == [True, False]
    assert seen == [LastSeen(NOON, NOON + 30 * MINUTE, NOON), LastSeen(NOON, NOON, NOON)]


async def test_of_two_that_would_sweep_an_account_one_does(store):
    async def unit(tx):
        await tx.gaps.meet(OURS, NOON)
        first = await tx.gaps.note_swept(OURS, before=NOON, at=NOON + MINUTE)
        return first, await tx.gaps.note_swept(OURS, before=NOON, at=NOON + MINUTE)

    assert await store.transact(unit) == (True, False)


async def test_a_new_gap_is_due_and_its_first_pass_begins_with_the_claim(store):
    await opened(store, outage())

    (gap,) = await due(store)

    assert (gap.begun_at, gap.ended_at) == (NOON, NOON + 10 * MINUTE)
    assert (gap.passes, gap.cursor, gap.pass_begun_at) == (1, "", NOON)
    assert (gap.kind, gap.reason, gap.account_id) == (GapKind.OUTAGE, "down", OURS)


async def test_a_gap_nobody_has_begun_on_is_widened_and_another_is_opened_beside_one_begun(store):
    await opened(store, outage(0, 10), outage(-5, 20), outage(3, 4, kind=GapKind.ASKED))
    first, asked = await open_gaps(store)

    assert (first.begun_at, first.ended_at) == (NOON - 5 * MINUTE, NOON + 20 * MINUTE)
    assert asked.kind is GapKind.ASKED
    await due(store)
    await opened(store, outage(1, 2))
    assert len(await open_gaps(store)) == 3


async def test_progress_is_kept_and_a_pass_goes_on_at_its_cursor(store):
    await opened(store, outage())
    (gap,) = await due(store)
    reached = replace(
        gap,
        cursor="next",
        due_at=NOON + MINUTE,
        reached_at=NOON - MINUTE,
        n_pages=1,
        n_listed=50,
        n_new=7,
        n_new_in_pass=3,
        trouble="limit",
    )

    await save(store, reached)

    assert await open_gaps(store) == [reached]
    assert await due(store, NOON) == []
    assert await due(store, NOON + MINUTE) == [reached]


async def test_a_new_pass_counts_and_starts_its_counts_afresh(store):
    await opened(store, outage())
    (gap,) = await due(store)
    await save(store, replace(gap, n_new=7, n_new_in_pass=3, reached_at=NOON))

    (again,) = await due(store, NOON + MINUTE)

    assert (again.passes, again.pass_begun_at) == (2, NOON + MINUTE)
    assert (again.n_new, again.n_new_in_pass, again.reached_at) == (7, 0, None)


async def test_the_most_urgent_kind_comes_first(store):
    kinds = [GapKind.HISTORY, GapKind.SWEEP, GapKind.ASKED, GapKind.OUTAGE]
    await opened(store, *(outage(kind=kind) for kind in kinds))

    assert [gap.kind for gap in await due(store)] == kinds[::-1]


async def test_while_an_account_is_listed_no_other_gap_of_it_is_begun(store):
    await opened(store, outage())
    (gap,) = await due(store)
    await save(store, replace(gap, cursor="next", due_at=NOON + MINUTE))
    await opened(store, outage(kind=GapKind.SWEEP), outage(kind=GapKind.SWEEP, account=WITHOUT_BOT))

    assert [one.account_id for one in await due(store)] == [WITHOUT_BOT]
    assert OURS in {one.account_id for one in await due(store, NOON + MINUTE)}


class Blocked:
    """A source that gives no page before it is told to."""

    def __init__(self):
        self.n_asked = 0
        self.is_asked = asyncio.Event()
        self.may_answer = asyncio.Event()

    def learned(self, _):
        return None

    async def page(self, *_):
        self.n_asked += 1
        self.is_asked.set()
        await self.may_answer.wait()
        return b'{"events": []}'

    async def profiles(self, *_):
        return {}


@pytest.mark.parametrize("opening", ["postgresql"], indirect=True)
async def test_while_one_process_waits_for_the_first_page_no_other_begins_a_pass_beside_it(
    store, opening
):
    source = Blocked()
    await opened(store, outage())
    async with AsyncExitStack() as stack:
        second = await stack.enter_async_context(opening())
        workers = [
            Backfill(
                store=one,
                source=source,
                clock=FrozenClock(NOON),
                probe=NoProbe(),
                policy=BackfillPolicy(),
                announce=lambda: None,
            )
            for one in (store, second)
        ]
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        listing = tasks.create_task(workers[0].step())
        await source.is_asked.wait()
        source.is_asked.clear()
        await opened(second, outage(kind=GapKind.HISTORY))

        beside = tasks.create_task(workers[1].step())
        asked = tasks.create_task(source.is_asked.wait())
        await asyncio.wait([beside, asked], timeout=20, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        source.may_answer.set()

    assert (listing.result(), beside.result(), source.n_asked) == (1, 0, 1)


@pytest.mark.parametrize("opening", ["postgresql"], indirect=True)
async def test_while_one_process_claims_no_other_begins_on_the_same_account(store, opening):
    async with opening() as second:
        await opened(store, outage())

        async def unit(tx):
            mine = await tx.gaps.claim_due(NOON, 10)
            await opened(second, outage(kind=GapKind.HISTORY))
            return mine, await due(second)

        mine, theirs = await store.transact(unit)

        assert (len(mine), theirs) == (1, [])
        assert await due(second) == [], "the account is held"
        assert len(await due(store)) == 2, "whoever holds one may have the others"


async def test_a_closed_gap_is_gone_and_a_sweep_leaves_a_row_only_if_it_found_something(store):
    await opened(store, outage(), outage(kind=GapKind.SWEEP))
    one, sweep = await due(store)

    await store.transact(lambda tx: tx.gaps.close(replace(one, n_new=4), at=NOON))
    await store.transact(lambda tx: tx.gaps.close(sweep, at=NOON))

    assert await open_gaps(store) == []
    assert await due(store, NOON + MINUTE) == []


async def test_what_is_held_is_known_but_proves_nothing_and_is_filed_once_let_go(store, world):
    here, held, sent = world.received(), world.received(), world.sent()
    await world.put(store, here, sent)
    await store.inbox.put(replace(world.delivery(held), is_held=True, source="list"))
    asked = [here.event_key, held.event_key, sent.event_key, "nobody's"]

    known = await store.transact(lambda tx: tx.gaps.known(OURS, asked))

    settled = frozenset({here.event_key, sent.event_key})
    assert known == KnownMessages(settled | {held.event_key}, settled)
    assert held not in [row.event for row in await unfiled(store)]
    assert await store.transact(lambda tx: tx.gaps.release(OURS, at=NOON + MINUTE)) == 1
    (row,) = [row for row in await unfiled(store) if row.event == held]
    assert (row.received_at, row.is_history) == (NOON + MINUTE, False)


async def unfiled(store):
    return await store.transact(lambda tx: tx.events.unfiled(10))


async def test_nothing_that_was_asked_about_is_known_in_an_empty_store(store):
    nothing = KnownMessages(frozenset(), frozenset())
    assert await store.transact(lambda tx: tx.gaps.known(OURS, [])) == nothing


async def test_history_is_told_from_news_and_does_not_count_as_unread(store, world):
    event = world.received()
    await store.inbox.put(replace(world.delivery(event), is_history=True, source="list"))

    (row,) = await unfiled(store)
    await store.transact(lambda tx: tx.conversations.touch(event, is_history=row.is_history))
    await store.transact(lambda tx: tx.conversations.touch(world.received()))

    assert row.is_history
    assert await unread(store) == [(1,)]


async def unread(store):
    query = Query[tuple[int]](select(conversations.c.unread))
    return await store._reading.rows(query, {})


@pytest.mark.parametrize("cursor", ["", "in the middle of a pass"])
async def test_what_a_clock_that_was_fast_has_put_off_is_due_and_begun_anew(store, cursor):
    fast = NOON + timedelta(days=2)
    await opened(store, outage(ended=2 * 24 * 60), at=fast)
    (gap,) = await due(store, fast)
    await save(store, replace(gap, due_at=fast + MINUTE, cursor=cursor))

    (again,) = await due(store)

    assert (again.due_at, again.ended_at) == (NOON, NOON), "it ends when the clock is right"
    assert (again.cursor, again.passes, again.pass_begun_at) == ("", 2, NOON)
    assert [(one.ended_at, one.cursor) for one in await open_gaps(store)] == [(NOON, "")]


async def test_as_long_as_something_may_wait_it_waits(store):
    await opened(store, outage())
    (gap,) = await due(store)
    await save(store, replace(gap, due_at=NOON + waiting.LONGEST_WAIT))

    ahead = timedelta(minutes=10)
    assert await due(store, NOON - ahead) == [], "by another process, whose clock is behind"
    assert await due(store, NOON + waiting.LONGEST_WAIT - MINUTE) == []
    assert len(await due(store, NOON + waiting.LONGEST_WAIT)) == 1
