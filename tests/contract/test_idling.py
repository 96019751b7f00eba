"""A session ends when nobody does anything, whatever their page asks for by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.contract.conftest import NOON
from tests.contract.desk_api import desk_over, following

from roost.desk import feed
from roost.desk.access import IDLE
from roost.testing.clocks import FrozenClock

HERE = "/api/conversations/11/11-22"
SOON = timedelta(milliseconds=50)


@pytest.fixture
async def desk(store):
    async with desk_over(store, FrozenClock(NOON)) as api:
        yield api


async def test_what_a_page_asks_for_by_itself_is_no_use_of_its_session(desk, world):
    await world.receive(desk.store, world.received())
    page, clock = await desk.entered(), desk.clock
    for _ in range(7):
        clock.advance(IDLE / 8)
        for method, path, body in (
            ("GET", "/api/session", None),
            ("GET", f"{HERE}/messages", None),
            ("POST", f"{HERE}/read", None),
            ("POST", f"{HERE}/presence", {"page": "0" * 16, "doing": "viewing"}),
        ):
            answer = await page.call(method, path, body, x_roost_by="")
            assert answer.status in {200, 204}, answer
    clock.advance(IDLE / 8 + timedelta(seconds=1))

    assert (await page.call("GET", "/api/session")).status == 401


async def test_a_stream_does_not_keep_the_session_that_it_looks_at(desk, monkeypatch):
    monkeypatch.setattr(feed, "QUIET_FOR", SOON)
    browser = await desk.entered()
    async with following(desk, browser) as stream:
        await stream.event()
        for _ in range(4):
            desk.clock.advance(IDLE / 4)
            # Once the stream has looked at the time that it is now.
            assert [(await stream.event())[0] for _ in range(2)] == ["quiet", "quiet"]
        desk.clock.advance(timedelta(seconds=1))

        while (told := await stream.event())[0] == "quiet":
            pass

    assert told[0] == "bye"
    assert (await browser.call("GET", "/api/session")).status == 401
