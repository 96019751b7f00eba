"""What was just sent can be taken back, by button or key, and never reaches the phone."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Generator

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.desk_demo import WITHIN_S, DeskDemo, desk_demo
from tests.browser.test_desk import enter, phone, row, thread, view, write
from tests.browser.test_desk_accessibility import check

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory):
    with desk_demo(tmp_path_factory.mktemp("desk")) as one:
        one.writes("hello")
        yield one


@pytest.fixture(autouse=True)
def stopped(demo: DeskDemo, open_page: Open) -> Generator[None]:
    """Stop the clock once all is there, so that there is time to undo on the slowest machine."""
    opened(open_page, demo)
    clock(demo, "freeze")
    yield
    clock(demo, "run")


def clock(demo: DeskDemo, action: str) -> None:
    request = urllib.request.Request(
        f"{demo.x}/_sim/clock",
        data=json.dumps({"action": action}).encode(),
        headers={"content-type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=WITHIN_S).close()


def opened(open_page: Open, demo: DeskDemo, **options: object) -> Page:
    page = enter(open_page, demo.sam, **options)
    view(page, "All")
    row(page, "Ada Lovelace").click(timeout=WITHIN_MS)
    expect(thread(page)).to_contain_text("What can I do?", timeout=WITHIN_MS)
    return page


def test_a_reply_is_taken_back_by_button_and_key_and_what_is_sent_at_last_arrives_once(
    demo: DeskDemo, open_page: Open
) -> None:
    customer = phone(open_page, demo)
    desk = opened(open_page, demo)
    box = desk.get_by_role("textbox", name="Reply")
    write(desk, "wrong words")
    desk.get_by_role("button", name="Undo").click(timeout=WITHIN_MS)
    expect(box).to_have_value("wrong words", timeout=WITHIN_MS)
    expect(box).to_be_focused()
    expect(desk.get_by_role("button", name="Undo")).to_have_count(0)

    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("button", name="Undo")).to_be_visible(timeout=WITHIN_MS)
    expect(box).to_have_value("")
    desk.keyboard.press("Control+z")
    expect(box).to_have_value("wrong words", timeout=WITHIN_MS)

    box.fill("right words")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("button", name="Undo")).to_be_visible(timeout=WITHIN_MS)
    clock(demo, "run")
    said = thread(desk).locator("[data-speaker=person]")
    expect(said.locator("[data-state]")).to_have_attribute(
        "data-state", re.compile("sent|read"), timeout=WITHIN_MS
    )
    heard = customer.get_by_role("log", name="Conversation")
    expect(heard.get_by_text("right words")).to_have_count(1, timeout=WITHIN_MS)
    expect(heard).not_to_contain_text("wrong words")
    expect(desk.get_by_role("button", name="Undo")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_undo_fits_a_narrow_screen_and_keeps_what_was_written_since(
    demo: DeskDemo, open_page: Open, scheme: str
) -> None:
    size = {"width": 380, "height": 780}
    desk = opened(open_page, demo, viewport=size, color_scheme=scheme)
    box = desk.get_by_role("textbox", name="Reply")
    box.fill("")
    write(desk, "first")
    undo = desk.get_by_role("button", name="Undo")
    expect(undo).to_be_visible(timeout=WITHIN_MS)
    box.fill("second")
    assert desk.evaluate("document.documentElement.scrollWidth") <= 380
    undo.click()

    expect(box).to_have_value("first\n\nsecond", timeout=WITHIN_MS)
    write(desk, "third")
    expect(undo).to_be_visible(timeout=WITHIN_MS)
    check(desk)
    undo.click()
    expect(box).to_have_value("third", timeout=WITHIN_MS)
