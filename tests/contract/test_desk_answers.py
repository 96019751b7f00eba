"""What every answer of the desk says beside its content."""

from __future__ import annotations

import pytest
from tests.contract.conftest import NOON
from tests.contract.desk_api import desk_over

from roost.testing.clocks import FrozenClock


@pytest.fixture
async def desk(store, world):
    async with desk_over(store, FrozenClock(NOON)) as api:
        await world.receive(store, world.received(10))
        yield api


async def test_no_answer_of_the_api_is_kept_anywhere_whatever_it_says(desk):
    sam = await desk.entered()
    for path in ("/api/session", "/api/conversations?view=all", "/api/conversations/11/none"):
        answer = await sam.call("GET", path)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_page_is_asked_for_by_its_head_too(desk):
    somebody = desk.browser()
    for path in ("/", "/desk/"):
        asked = [await somebody.call(method, path) for method in ("HEAD", "GET")]
        assert len({one.status for one in asked}) == 1
        assert asked[0].status < 400
