"""Whatever is asked of an account that is none of ours: there is no such account."""

from __future__ import annotations

import pytest
from tests.contract.conftest import NOON, OURS
from tests.contract.desk_api import desk_over

from roost.errors import XApiUnavailable
from roost.model.ids import UserId
from roost.model.people import Role
from roost.store.registry import AccountRow, AppRow
from roost.testing.clocks import FrozenClock

PICTURE = b"\x89PNG\r\n\x1a\n"
REMOVED = "14"
"""An account that was ours: what customers wrote is there, and nobody calls X in its name."""

FOREIGN = "9999"


@pytest.fixture
async def desk(store, world):
    await store.register(
        [AppRow("main", "7", "consumer-key")], [AccountRow(UserId(REMOVED), "main", "")]
    )
    await world.receive(store, world.received(50, account=UserId(REMOVED)))
    async with desk_over(store, FrozenClock(NOON)) as api:
        # As the adapter does where an account has no tokens.
        api.at_x.fails_with = XApiUnavailable("the account has no tokens")
        yield api


@pytest.mark.parametrize("account", [FOREIGN, REMOVED])
async def test_files_and_pictures_of_it_are_not_there(desk, account):
    ada = await desk.entered("ada", Role.ADMIN)
    here, there = f"/api/accounts/{account}", f"/api/conversations/{account}/{account}-22"

    answers = [
        await ada.upload(f"{here}/media", PICTURE),
        await ada.call("PUT", f"{here}/media/1", {"alt_text": "a lamp"}),
        await ada.call("GET", f"{here}/profiles/1/picture"),
        await ada.call("GET", f"{there}/customer/picture"),
        await ada.call("GET", f"{there}/messages/50/media"),
    ]

    assert [answer.status for answer in answers] == [404] * 5, answers


async def test_nobody_is_erased_from_it_and_who_is_in_a_removed_one_is(desk):
    ada = await desk.entered("ada", Role.ADMIN)

    async def erase(account, customer):
        return await ada.call("DELETE", f"/api/accounts/{account}/customers/{customer}")

    assert [(await erase(*one)).status for one in ((FOREIGN, "22"), (OURS, "x%22y"))] == [404] * 2
    done = await erase(REMOVED, "22")
    assert (done.status, done.json["conversations"]) == (200, 1)
    assert (await erase(OURS, "22")).json["conversations"] == 0
