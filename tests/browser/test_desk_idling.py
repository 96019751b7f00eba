"""A page at which nobody does anything logs them out, and keeps what they have written."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Generator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect
from tests.browser.conftest import WITHIN_MS, Open
from tests.contract.conftest import NOON, LeaseClock, World
from tests.contract.desk_api import DeskApi, desk_over
from tests.contract.live_cuts import served

from roost.desk import changes, feed
from roost.desk.access import IDLE
from roost.model.people import LinkPurpose, Person, PersonId, Role
from roost.store.sqlite import SqliteStore
from roost.testing.clocks import FrozenClock

pytestmark = pytest.mark.browser

SOON = timedelta(milliseconds=200)
PASSWORD = "correct horse battery"
SECOND = timedelta(seconds=1)


@asynccontextmanager
async def desk_in(folder: Path) -> AsyncGenerator[tuple[DeskApi, str]]:
    """Serve a desk with one conversation, and a link for Sam."""
    async with (
        SqliteStore.open(folder / "roost.db") as store,
        desk_over(store, FrozenClock(NOON)) as desk,
        served(desk.application) as port,
    ):
        world = World(LeaseClock())
        await world.receive(store, world.received())
        sam = Person(PersonId("p-sam"), "sam", "Sam", Role.AGENT, None)
        token = await desk.link(sam, purpose=LinkPurpose.CHOOSE)
        yield desk, f"http://127.0.0.1:{port}/desk/enter#{token}"


@pytest.fixture
def desk(tmp_path: Path) -> Generator[tuple[DeskApi, str]]:
    """The same, in a thread of its own."""
    began: Future[tuple[DeskApi, str]] = Future()
    loop, over = asyncio.new_event_loop(), asyncio.Event()

    async def serve() -> None:
        async with desk_in(tmp_path) as found:
            began.set_result(found)
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    yield began.result(30)
    loop.call_soon_threadsafe(over.set)
    thread.join(30)
    loop.close()


def entered(open_page: Open, link: str) -> Page:
    """Choose a password, and be let in."""
    page = open_page(link)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Choose password").click()
    expect(page.get_by_role("navigation", name="Views")).to_be_visible(timeout=WITHIN_MS)
    return page


def noted(page: Page) -> list[Request]:
    """Note what a page asks for from now on."""
    asked: list[Request] = []

    def note(request: Request) -> None:
        asked.append(request)

    page.on("request", note)
    return asked


def test_a_page_that_nobody_touches_is_logged_out_and_what_was_written_is_there_again(
    desk: tuple[DeskApi, str], open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (feed, changes):
        monkeypatch.setattr(module, "QUIET_FOR", SOON)
    api, link = desk
    page = entered(open_page, link)
    page.clock.install()
    page.goto(page.url.partition("/desk")[0] + "/desk/all/11/11-22")
    reply, login = (
        page.get_by_role("textbox", name="Reply"),
        page.get_by_role("heading", name="Log in"),
    )
    expect(reply).to_be_visible(timeout=WITHIN_MS)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    page.wait_for_load_state("networkidle")  # what is asked for late would be use, too
    asked = noted(page)

    # Somebody writes: that is use, also hours after they came.
    api.clock.advance(IDLE - SECOND)
    with page.expect_response("**/draft"):
        reply.fill("half a reply")
    api.clock.advance(IDLE - SECOND)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    assert login.count() == 0
    # For two minutes the page goes on to say that it shows the conversation, and nobody is there.
    asked.clear()
    with page.expect_response("**/presence"):
        page.clock.fast_forward(120_000)
    own = [one for one in asked if "/api/" in one.url and "/api/changes" not in one.url]
    assert {one.headers.get("x-roost-by") for one in own} == {None}
    assert login.count() == 0

    api.clock.advance(2 * SECOND)

    expect(login).to_be_visible(timeout=WITHIN_MS)
    expect(page.get_by_role("status")).to_have_text("You have been logged out. Log in to go on.")
    page.get_by_label("Login").fill("sam")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(reply).to_have_value("half a reply", timeout=WITHIN_MS)
    page.goto("about:blank")
