"""What `ports.ReplayRows` promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.contract.conftest import NOON
from tests.contract.spans import Spans

from roost.ports import NewReplay

MINUTE = timedelta(minutes=1)


def span(begun=0, ended=10, *, app="main", reason="down"):
    return NewReplay(app, reason, NOON + begun * MINUTE, NOON + ended * MINUTE)


replays = Spans(lambda tx: tx.replays)
opened, due, save = replays.opened, replays.due, replays.save


async def still_open(store):
    return await store.transact(lambda tx: tx.replays.open_replays())


async def test_a_new_span_is_due_and_nothing_of_it_has_been_reached(store):
    await opened(store, span())

    (one,) = await due(store)

    assert (one.app_key, one.reason, one.opened_at) == ("main", "down", NOON)
    assert (one.begun_at, one.ended_at) == (NOON, NOON + 10 * MINUTE)
    assert (one.reached_at, one.job_id, one.n_jobs, one.lost_to) == (NOON, "", 0, None)


async def test_a_span_nobody_has_begun_on_is_widened_in_both_directions(store):
    await opened(store, span(0, 10), span(-5, 20), span(3, 4), span(0, 1, app="other"))

    other, wide = sorted(await still_open(store), key=lambda one: one.app_key, reverse=True)

    assert (wide.begun_at, wide.ended_at) == (NOON - 5 * MINUTE, NOON + 20 * MINUTE)
    assert wide.reached_at == wide.begun_at
    assert (other.app_key, other.ended_at) == ("other", NOON + MINUTE)


async def test_beside_one_that_a_job_was_asked_for_another_is_opened(store):
    await opened(store, span())
    (one,) = await due(store)
    counted = replace(one, n_jobs=1, due_at=NOON + MINUTE)
    assert await store.transact(lambda tx: tx.replays.count(counted))
    await opened(store, span(20, 30), at=NOON + MINUTE)
    assert len(await still_open(store)) == 2

    await save(store, replace(one, n_jobs=1, job_id="7", job_until=NOON + 10 * MINUTE))
    await opened(store, span(20, 40), at=NOON + 2 * MINUTE)

    first, second = await still_open(store)
    assert (first.ended_at, second.ended_at) == (NOON + 10 * MINUTE, NOON + 40 * MINUTE)


async def test_while_an_app_has_a_job_its_other_spans_wait(store):
    await opened(store, span())
    (one,) = await due(store)
    running = replace(one, n_jobs=1, job_id="7", job_until=NOON, due_at=NOON + 30 * MINUTE)
    await save(store, running)
    await opened(store, span(20, 30), span(0, 1, app="other"), at=NOON + MINUTE)
    assert len(await still_open(store)) == 3

    assert [it.app_key for it in await due(store, NOON + 2 * MINUTE)] == ["other"]
    again = await due(store, NOON + 31 * MINUTE)
    assert {(it.app_key, it.job_id) for it in again} == {("main", "7"), ("other", "")}


async def test_progress_is_kept_and_a_saved_span_is_given_back(store):
    await opened(store, span())
    (one,) = await due(store)
    reached = replace(
        one,
        due_at=NOON + MINUTE,
        reached_at=NOON + 2 * MINUTE,
        job_id="7",
        job_until=NOON + 3 * MINUTE,
        n_jobs=4,
        heard_id="8",
        heard_state="Complete",
        trouble="limit",
        lost_to=NOON - MINUTE,
    )

    await save(store, reached)

    assert await still_open(store) == [reached]
    assert await due(store, NOON) == []
    assert await due(store, NOON + MINUTE) == [reached]


async def test_what_is_heard_meanwhile_leaves_the_span_to_whoever_works_on_it(store):
    await opened(store, span())
    (one,) = await due(store)

    await store.transact(lambda tx: tx.replays.hear(one, "7", "Complete"))

    (held,) = await store.transact(lambda tx: tx.replays.held("main"))
    assert (held.heard_id, held.heard_state) == ("7", "Complete")
    assert held.due_at == one.due_at


async def test_what_is_widened_after_a_claim_is_not_counted_but_looked_at_again(store):
    await opened(store, span())
    (one,) = await due(store)
    await opened(store, span(-5, 90))

    assert not await store.transact(lambda tx: tx.replays.count(replace(one, n_jobs=1)))

    (wide,) = await due(store)
    assert (wide.reached_at, wide.n_jobs) == (NOON - 5 * MINUTE, 0)
    assert await store.transact(lambda tx: tx.replays.count(replace(wide, n_jobs=1)))


async def test_putting_off_writes_nothing_but_when_and_why(store):
    await opened(store, span())
    (one,) = await due(store)
    await opened(store, span(-5, 90))

    async def unit(tx):
        await tx.replays.put_off(one, NOON + MINUTE, "X is away")

    await store.transact(unit)

    (wide,) = await still_open(store)
    assert (wide.due_at, wide.trouble) == (NOON + MINUTE, "X is away")
    assert wide.reached_at == wide.begun_at == NOON - 5 * MINUTE


async def test_a_closed_span_stays_as_it_ended_and_is_nobodys_work(store):
    await opened(store, span())
    (one,) = await due(store)
    ended = replace(one, reached_at=one.ended_at, n_jobs=1)

    await store.transact(lambda tx: tx.replays.close(ended, at=NOON + MINUTE))

    assert await still_open(store) == []
    assert await due(store, NOON + 60 * MINUTE) == []
    assert await store.transact(lambda tx: tx.replays.latest("main")) == (ended, False)
    assert await store.transact(lambda tx: tx.replays.latest("other")) is None
    await save(store, replace(ended, n_jobs=9))
    assert await store.transact(lambda tx: tx.replays.latest("main")) == (ended, False)


async def test_what_a_clock_that_was_fast_has_put_off_is_due_and_ends_now(store):
    fast = NOON + timedelta(days=2)
    await opened(store, span(ended=2 * 24 * 60), at=fast)
    (one,) = await due(store, fast)
    await save(store, replace(one, due_at=fast + MINUTE, n_jobs=1))

    (again,) = await due(store)

    assert (again.due_at, again.ended_at, again.reached_at) == (NOON, NOON, NOON)
    assert await store.transact(lambda tx: tx.replays.count(again)), "as it is stored"
