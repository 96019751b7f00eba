"""Nobody is kept out of the desk: axe finds nothing, in light and dark, wide and narrow."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.desk_demo import desk_demo
from tests.browser.test_desk import enter, row, strip, thread, view, write

pytestmark = pytest.mark.browser

WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 380, "height": 780}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory):
    with desk_demo(tmp_path_factory.mktemp("desk")) as one:
        one.writes("hello https://example.com")
        yield one


def check(page: Page) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_axe_finds_nothing_in_the_desk(demo, open_page: Open, size, scheme) -> None:
    page = enter(open_page, demo.sam, viewport=size, color_scheme=scheme)
    view(page, "Unassigned")
    check(page)
    view(page, "All")
    expect(row(page, "Ada Lovelace")).to_be_visible(timeout=WITHIN_MS)
    check(page)
    row(page, "Ada Lovelace").click()
    expect(thread(page)).to_contain_text("What can I do?", timeout=WITHIN_MS)
    check(page)
    page.get_by_role("button", name="Add a quick reply").click()
    page.get_by_role("button", name="Add a button").click()
    page.get_by_role("textbox", name="Reply").fill("/x")
    check(page)
    for name in ("Remove option 1", "Remove button 1"):
        page.get_by_role("button", name=name).click()
    write(page, "hello")
    expect(strip(page)).to_have_attribute("data-control", "agent", timeout=WITHIN_MS)
    check(page)
    if size == NARROW:
        page.get_by_role("button", name="Back to the list").click()
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_label("Name customers see")).to_be_visible(timeout=WITHIN_MS)
    check(page)
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    check(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_at_the_door(demo, open_page: Open, scheme) -> None:
    page = open_page(demo.sam.partition("enter")[0], color_scheme=scheme)
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    check(page)
