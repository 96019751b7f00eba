"""Whoever guesses is slowed down by all processes together, and learns nothing from the answers."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from tests.contract.conftest import NOON
from tests.contract.desk_api import desk_over

from roost.desk.throttle import FORGOTTEN_AFTER, FREE, LONGEST, Throttle
from roost.model.people import LinkPurpose, Person, PersonId, Role
from roost.ports.attempts import Shut
from roost.store.postgresql.store import PostgresStore
from roost.testing.clocks import FrozenClock

AT_ONCE = 30
PASSWORD = "correct horse battery"
SAM = Person(PersonId("p-sam"), "sam", "Sam", Role.AGENT, None)
INVITED = Person(PersonId("p-ida"), "ida", "Ida", Role.AGENT, None)


@pytest.fixture
async def desk(store):
    async with desk_over(store, FrozenClock(NOON)) as api:
        yield api


@pytest.fixture
async def stores(store, opening):
    """Two processes' stores where the database lets two have it, else one twice."""
    async with AsyncExitStack() as stack:
        other = store
        if isinstance(store, PostgresStore):
            other = await stack.enter_async_context(opening())
        yield store, other


async def log_in(browser, login="sam", password="x" * 12):
    body = {"login": login, "password": password}
    return await browser.call("POST", "/api/session", body)


async def with_password(desk):
    token = await desk.link(SAM, purpose=LinkPurpose.CHOOSE)
    chosen = {"token": token, "password": PASSWORD}
    assert (await desk.browser().call("POST", "/api/session/password", chosen)).status == 200


async def test_processes_count_together(stores):
    clock = FrozenClock(NOON)
    throttles = [Throttle(store, clock) for store in stores]

    waits = [await throttles[n % 2].wait("login", "sam", "192.0.2.1") for n in range(FREE + 2)]

    assert waits == [timedelta()] * (FREE + 1) + [timedelta(seconds=1)]


async def test_requests_at_once_get_no_more_attempts_than_one_after_the_other(stores):
    clock = FrozenClock(NOON)
    throttles = [Throttle(store, clock) for store in stores]

    waits = await asyncio.gather(*(throttles[n % 2].wait("login", "sam") for n in range(AT_ONCE)))

    assert sorted(waits) == [timedelta()] * (FREE + 1) + [timedelta(seconds=1)] * (
        AT_ONCE - FREE - 1
    )


async def test_guesses_at_once_are_answered_as_guesses_one_after_the_other(desk):
    await with_password(desk)
    browser = desk.browser()

    answers = await asyncio.gather(*(log_in(browser) for _ in range(AT_ONCE)))

    statuses = sorted(answer.status for answer in answers)
    assert statuses == [401] * (FREE + 1) + [429] * (AT_ONCE - FREE - 1)


async def test_a_restart_makes_nobody_guess_faster(life, store):
    clock = FrozenClock(NOON)
    for _ in range(FREE + 1):
        await Throttle(store, clock).wait("login", "sam")
    await life.end()

    again = await life.begin()

    assert await Throttle(again, clock).wait("login", "sam") == timedelta(seconds=1)


async def test_a_refused_attempt_costs_nothing_more_and_the_wait_has_an_end(store):
    clock = FrozenClock(NOON)
    throttle = Throttle(store, clock)
    waits = []
    for _ in range(FREE + 14):
        await throttle.wait("login", "sam")
        waits.append(await throttle.wait("login", "sam"))
        clock.advance(max(waits[-1], timedelta()))

    assert waits[-1] == LONGEST
    assert max(waits) == LONGEST


async def test_who_is_let_in_begins_anew(desk):
    await with_password(desk)
    browser = desk.browser()
    for _ in range(FREE):
        assert (await log_in(browser)).status == 401
    assert (await log_in(browser, password=PASSWORD)).status == 200

    statuses = [(await log_in(browser)).status for _ in range(FREE + 2)]

    assert statuses == [401] * (FREE + 1) + [429]


async def test_a_link_that_works_opens_whatever_others_have_tried(desk):
    stranger = desk.browser()

    async def open_link(token):
        return (await stranger.call("POST", "/api/session/link", {"token": token})).status

    statuses = [await open_link("x" * 43) for _ in range(FREE + 2)]

    assert statuses == [410] * (FREE + 1) + [429]
    assert await open_link(await desk.link(SAM, purpose=LinkPurpose.CHOOSE)) == 200


async def test_others_are_not_slowed_down(store):
    throttle = Throttle(store, FrozenClock(NOON))
    for _ in range(FREE + 2):
        await throttle.wait("login", "sam", "192.0.2.1")

    assert await throttle.wait("login", "sam", "192.0.2.2") == timedelta()
    assert await throttle.wait("login", "ada", "192.0.2.1") == timedelta()


async def test_nothing_is_left_of_attempts_a_day_later(store):
    clock = FrozenClock(NOON)
    throttle = Throttle(store, clock)
    for _ in range(FREE + 12):
        await throttle.wait("login", "sam")
        clock.advance(LONGEST)
    clock.advance(FORGOTTEN_AFTER)

    waits = [await throttle.wait("login", "sam") for _ in range(FREE + 2)]

    assert waits == [timedelta()] * (FREE + 1) + [timedelta(seconds=1)]


async def test_of_very_many_names_the_latest_are_remembered(store):
    async def attempt(name, seconds):
        at = NOON + timedelta(seconds=seconds)

        async def unit(tx):
            counted = await tx.attempts.begin(name, at=at)
            await tx.attempts.shut(name, until=NOON + timedelta(hours=1))
            await tx.attempts.keep(most=2, since=NOON)
            return counted

        return await store.transact(unit)

    for n, name in enumerate(("a", "b", "c")):
        assert await attempt(name, n) == 1

    assert await attempt("c", 3) == Shut(NOON + timedelta(hours=1))
    assert await attempt("b", 3) == Shut(NOON + timedelta(hours=1))
    assert await attempt("a", 3) == 1


async def test_answers_and_work_are_the_same_whether_there_is_such_a_login_or_not(
    desk, monkeypatch
):
    await with_password(desk)
    await desk.link(INVITED, purpose=LinkPurpose.CHOOSE)
    checked = []
    hashing = desk.parts.passwords._hashing
    verify = hashing.verify_and_update
    monkeypatch.setattr(
        hashing,
        "verify_and_update",
        lambda password, stored: checked.append(stored) or verify(password, stored),
    )
    seen = set()
    for login in ("sam", "ida", "nobody", "SAM ", "x" * 100):
        browser = desk.browser()
        for _ in range(FREE + 2):
            answer = await log_in(browser, login)
            body = answer.json | {"request_id": ""} if "request_id" in answer.json else answer.json
            names = tuple(sorted(answer.headers))
            seen.add((login == "SAM ", answer.status, str(body), names))

    # One hash of the same cost for each attempt that was let through, whoever was meant.
    parameters = {stored.split("$")[3] for stored in checked}
    assert parameters == {"m=19456,t=2,p=1"}
    assert len(checked) == 4 * (FREE + 1)
    assert {status for is_sam_again, status, *_ in seen if is_sam_again} == {429}
    assert len({one[1:] for one in seen}) == 2, seen
