"""Two people at one conversation: each sees that the other is there, and writes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.desk_demo import GRACE, DeskDemo, desk_demo
from tests.browser.test_desk import enter, row, thread, view
from tests.browser.test_desk_accessibility import check

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory):
    with desk_demo(tmp_path_factory.mktemp("desk")) as one:
        one.writes("hello")
        one.writes("hello", GRACE)
        yield one


def opened(open_page: Open, link: str, **options: object) -> Page:
    page = enter(open_page, link, **options)
    view(page, "All")
    row(page, "Ada Lovelace").click(timeout=WITHIN_MS)
    expect(thread(page)).to_contain_text("What can I do?", timeout=WITHIN_MS)
    return page


def company(page: Page) -> Locator:
    return (
        page.get_by_role("region", name="Conversation with")
        .get_by_test_id("company")
        .locator("bdi")
    )


def test_each_sees_that_the_other_is_there_and_writes(demo: DeskDemo, open_page: Open) -> None:
    sam = opened(open_page, demo.sam)
    expect(company(sam)).to_have_count(0)
    robin = opened(open_page, demo.robin)

    expect(company(sam)).to_have_text("Robin Hale is here too", timeout=WITHIN_MS)
    expect(company(robin)).to_have_text("Sam Carter is here too", timeout=WITHIN_MS)
    expect(row(sam, "Ada Lovelace")).to_contain_text("Robin Hale is here too")
    robin.get_by_role("textbox", name="Reply").press_sequentially("I am on it")
    expect(company(sam)).to_have_text("Robin Hale is typing a reply …", timeout=WITHIN_MS)
    expect(row(sam, "Ada Lovelace")).to_contain_text("Robin Hale is typing a reply …")
    robin.get_by_role("textbox", name="Reply").fill("")
    expect(company(sam)).to_have_text("Robin Hale is here too", timeout=WITHIN_MS)

    row(robin, "Grace Hopper").click()
    expect(company(sam)).to_have_count(0, timeout=WITHIN_MS)
    expect(row(sam, "Grace Hopper")).to_contain_text("Robin Hale is here too", timeout=WITHIN_MS)
    robin.close()
    # A page that cannot say so any more is forgotten after 50 s.
    expect(row(sam, "Grace Hopper")).not_to_contain_text("Robin", timeout=2 * WITHIN_MS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_company_fits_a_narrow_screen_and_axe_finds_nothing(
    demo: DeskDemo, open_page: Open, scheme: str
) -> None:
    size = {"width": 380, "height": 780}
    sam = opened(open_page, demo.sam, viewport=size, color_scheme=scheme)
    robin = opened(open_page, demo.robin)
    robin.get_by_role("textbox", name="Reply").press_sequentially("I am on it")

    expect(company(sam)).to_contain_text(re.compile("typing|here too"), timeout=WITHIN_MS)
    check(sam)
    assert sam.evaluate("document.documentElement.scrollWidth") <= 380
