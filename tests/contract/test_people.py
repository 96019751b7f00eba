"""What `ports.people` promises: logins, sessions and links, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.contract.conftest import NOON

from roost.model.ids import UserId
from roost.model.people import LinkPurpose, Person, PersonId, Role

HOUR = timedelta(hours=1)


def person(name="sam", role=Role.AGENT, accounts=None):
    return Person(PersonId(f"p-{name}"), name, name.title(), role, accounts)


async def add(store, world, one):
    return await store.transact(lambda tx: tx.people.put(one, at=world.noon))


async def enter(store, world, one, token="token", *, lasts=HOUR):
    await store.transact(
        lambda tx: tx.people.begin_session(
            one.person_id, token, at=world.noon, ends_at=world.noon + lasts
        )
    )


async def session(store, world, token="token", *, after=timedelta(), idle=HOUR):
    now = world.noon + after
    return await store.people.session(token, now=now, idle_since=now - idle)


async def test_a_person_is_found_as_stored(store, world):
    one = person(role=Role.AGENT, accounts=frozenset({UserId("11"), UserId("12")}))
    assert await add(store, world, one)

    found = await store.people.person("sam")

    assert found is not None
    assert (found.person, found.password_hash) == (one, "")
    assert await store.people.person("robin") is None
    assert await store.people.people() == [one]


async def test_an_agent_without_accounts_is_not_an_agent_of_all(store, world):
    none, every = person("none", accounts=frozenset()), person("every")
    await add(store, world, none)
    await add(store, world, every)

    found = {one.name: one.may_serve(UserId("11")) for one in await store.people.people()}

    assert found == {"None": False, "Every": True}
    assert person(role=Role.ADMIN, accounts=frozenset()).may_serve(UserId("11"))


async def test_a_login_is_one_persons_only(store, world):
    assert await add(store, world, person())
    assert not await add(store, world, Person(PersonId("other"), "sam", "X", Role.ADMIN, None))
    assert [one.person_id for one in await store.people.people()] == ["p-sam"]


async def test_a_session_lasts_until_its_end(store, world):
    await add(store, world, person())
    await enter(store, world, person())

    found = await session(store, world, after=HOUR - timedelta(milliseconds=1))

    assert found is not None
    assert found.person == person()
    assert await session(store, world, after=HOUR, idle=2 * HOUR) is None
    assert await session(store, world, token="another") is None


async def test_a_session_that_nobody_uses_ends_unless_it_is_seen(store, world):
    await add(store, world, person())
    await enter(store, world, person(), lasts=9 * HOUR)
    assert await session(store, world, after=2 * HOUR) is None

    await store.transact(lambda tx: tx.people.see("token", at=world.noon + HOUR))

    assert await session(store, world, after=2 * HOUR) is not None


async def test_a_new_password_ends_every_session_of_that_person_alone(store, world):
    sam, robin = person(), person("robin")
    for one, token in ((sam, "one"), (sam, "two"), (robin, "three")):
        await add(store, world, one)
        await enter(store, world, one, token)

    await store.transact(lambda tx: tx.people.set_password(sam.person_id, "hash"))

    found = await store.people.person("sam")
    assert found is not None
    assert found.password_hash == "hash"
    assert await session(store, world, "one") is None
    assert await session(store, world, "two") is None
    assert await session(store, world, "three") is not None


async def test_whoever_logs_out_is_out(store, world):
    await add(store, world, person())
    await enter(store, world, person())

    for _ in range(2):
        await store.transact(lambda tx: tx.people.end_session("token"))

    assert await session(store, world) is None


def link(one, token, purpose=LinkPurpose.CHOOSE):
    async def unit(tx):
        await tx.people.put_link(one.person_id, token, purpose=purpose, uses=1, ends_at=NOON + HOUR)

    return unit


@pytest.mark.parametrize(
    "end",
    [
        link(person(), "newer"),
        lambda tx: tx.people.set_password(person().person_id, "hash"),
        lambda tx: tx.people.change(person(), is_active=False),
    ],
    ids=["newer link", "password", "shut out"],
)
async def test_older_links_of_a_person_end_and_nobody_elses(store, world, end):
    sam, robin = person(), person("robin")
    for one in (sam, robin):
        await add(store, world, one)
    await store.transact(link(sam, "choose"))
    await store.transact(link(sam, "enter", LinkPurpose.ENTER))
    await store.transact(link(robin, "robin's"))
    assert await store.people.link("choose", now=NOON)

    await store.transact(end)

    await store.transact(lambda tx: tx.people.change(sam, is_active=True))
    found = [await store.people.link(one, now=NOON) for one in ("choose", "enter", "robin's")]
    assert [one is not None for one in found] == [False, False, True]


async def test_a_link_made_for_who_is_out_does_not_work_when_they_are_let_in(store, world):
    await add(store, world, person())
    await store.transact(lambda tx: tx.people.change(person(), is_active=False))
    await store.transact(link(person(), "late"))

    await store.transact(lambda tx: tx.people.change(person(), is_active=True))

    assert await store.people.link("late", now=NOON) is None
    await store.transact(link(person(), "new"))
    await store.transact(lambda tx: tx.people.change(person(), is_active=True))
    assert await store.people.link("new", now=NOON) is not None


async def test_a_link_works_so_many_times_and_so_long(store, world):
    await add(store, world, person())

    async def unit(tx):
        await tx.people.put_link(
            person().person_id,
            "link",
            purpose=LinkPurpose.ENTER,
            uses=2,
            ends_at=world.noon + HOUR,
        )

    await store.transact(unit)
    found = await store.people.link("link", now=world.noon)
    assert found is not None
    assert (found.person, found.purpose) == (person(), LinkPurpose.ENTER)
    assert await store.people.link("link", now=world.noon + HOUR) is None

    used = [
        await store.transact(lambda tx: tx.people.use_link("link", at=world.noon)) for _ in range(3)
    ]

    assert used == [True, True, False]
    assert await store.people.link("link", now=world.noon) is None
