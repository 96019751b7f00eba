"""`/_sim/budget`: what an account may still send."""

from __future__ import annotations

import pytest

from roost.simulator.entries import Rules

BUDGET = "/budget?user_id=1001&with=2002"


@pytest.fixture
async def limited(stage):
    return await stage.simulator(stage.world(Rules(user_dm_per_24h=10, app_dm_per_24h=20)))


async def budget(x, query: str = BUDGET):
    return (await x.control("GET", query)).json


async def test_nothing_is_used_up_at_first_nor_by_looking(limited):
    for _ in range(2):
        assert await budget(limited) == {
            "limits": "on",
            "account": {"name": "acme", "limit": 10, "remaining": 10, "ends_at": None},
            "apps": [
                {"name": "Acme Desk", "limit": 20, "remaining": 20, "ends_at": None},
                {"name": "Other", "limit": 20, "remaining": 20, "ends_at": None},
            ],
            "replies": {"remaining": 0, "ends_at": None},
        }


async def test_free_replies_go_first_and_then_the_day_of_user_and_app(limited):
    await limited.write("Hello")
    for _ in range(6):
        assert (await limited.send()).status == 200

    found = await budget(limited)

    assert found["replies"] == {"remaining": 0, "ends_at": None}
    assert (found["account"]["remaining"], found["apps"][0]["remaining"]) == (9, 19)
    assert found["apps"][1]["remaining"] == 20
    assert int(found["account"]["ends_at"]) - int(limited.clock.now().timestamp() * 1_000) > 0


async def test_free_replies_are_the_customers_and_end_after_a_day(limited):
    await limited.write("Hello")
    await limited.send()

    assert (await budget(limited))["replies"]["remaining"] == 4
    assert (await budget(limited, "/budget?user_id=1001&with=1002"))["replies"]["remaining"] == 0
    limited.advance(hours=24)
    assert (await budget(limited))["replies"] == {"remaining": 0, "ends_at": None}


async def test_without_limits_it_says_so(x):
    await x.send()

    found = await budget(x)

    assert found["limits"] == "off"
    assert found["account"]["remaining"] == found["account"]["limit"]


async def test_somebody_who_is_not_there_has_no_app(x):
    assert (await budget(x, "/budget?user_id=4711&with=2002"))["apps"] == []


@pytest.mark.parametrize("query", ["user_id=1001", "with=2002", ""])
async def test_both_sides_have_to_be_named(x, query: str):
    answer = await x.control("GET", f"/budget?{query}")

    assert 400 <= answer.status < 500
    assert answer.json["errors"][0]["message"]
