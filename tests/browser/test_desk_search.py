"""People look for what was written, by `/`, and come to the message."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.desk_demo import DeskDemo, desk_demo
from tests.browser.test_desk import enter, row, thread, view

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory):
    with desk_demo(tmp_path_factory.mktemp("desk")) as one:
        one.writes("My <b>parcel</b> was to come on Tuesday")
        for n in range(60):
            one.writes(f"line {n}")
        yield one


def box(page: Page):
    return page.get_by_role("searchbox", name="Search messages and customers")


def check(page: Page) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 380])
def test_a_message_is_found_and_shown(demo: DeskDemo, open_page: Open, width, scheme) -> None:
    page = enter(open_page, demo.sam, viewport={"width": width, "height": 780}, color_scheme=scheme)
    view(page, "All")
    expect(row(page, "Ada Lovelace")).to_be_visible(timeout=WITHIN_MS)
    expect(row(page, "Ada Lovelace")).to_contain_text("What can I do?", timeout=WITHIN_MS)
    page.keyboard.press("/")
    expect(box(page)).to_be_focused()
    check(page)

    box(page).fill("nowhere")
    expect(page.get_by_role("dialog")).to_contain_text("Nothing has “nowhere” in it.")
    box(page).fill("?!")
    expect(page.get_by_role("dialog")).to_contain_text("Nothing has “?!” in it.")
    box(page).fill("PARCEL tuesday")
    found = page.get_by_role("button").filter(has_text="My <b>parcel</b>")
    expect(found).to_be_visible(timeout=WITHIN_MS)
    expect(found.locator("mark")).to_have_text(["parcel", "Tuesday"])
    check(page)
    found.press("Enter")

    message = thread(page).get_by_role("article").filter(has_text="My <b>parcel</b>")
    expect(message).to_be_focused(timeout=WITHIN_MS)
    expect(message).to_be_in_viewport()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_customer_is_found_while_the_name_is_typed(demo: DeskDemo, open_page: Open) -> None:
    page = enter(open_page, demo.sam)
    page.get_by_role("button", name="Search").click()
    box(page).fill("ada lov")
    box(page).press("Enter")

    page.get_by_role("button", name=re.compile("^Ada Lovelace")).click()

    expect(page).to_have_url(re.compile(r"/desk/all/1001/"))
    expect(thread(page)).to_be_visible(timeout=WITHIN_MS)


def test_a_search_that_fails_says_so_and_can_be_tried_again(
    demo: DeskDemo, open_page: Open
) -> None:
    page = enter(open_page, demo.sam)
    page.route("**/api/search/messages*", lambda route: route.abort())
    page.keyboard.press("/")
    box(page).fill("parcel")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible(timeout=WITHIN_MS)

    page.unroute("**/api/search/messages*")
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_role("button").filter(has_text="My <b>parcel</b>")).to_be_visible(
        timeout=WITHIN_MS
    )
