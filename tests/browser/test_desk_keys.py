"""A working day without a mouse: single keys, their switch, the sheet of keys and the palette."""

from __future__ import annotations

import re
from collections.abc import Generator

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.desk_demo import ADA, ALAN, GRACE, DeskDemo, desk_demo
from tests.browser.test_desk import enter, row, strip, thread, view
from tests.browser.test_desk_accessibility import check

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Generator[DeskDemo]:
    with desk_demo(tmp_path_factory.mktemp("desk")) as one:
        for customer in (ADA, ALAN, GRACE):
            one.writes("a lamp for me", customer)
        yield one


def entered(open_page: Open, demo: DeskDemo, *, has_open: str = "") -> Page:
    """Log in, see all three, and open one of them."""
    page = enter(open_page, demo.sam)
    view(page, "All")
    for name in ("Ada", "Alan", "Grace"):
        expect(row(page, name)).to_be_visible(timeout=WITHIN_MS)
    if has_open:
        row(page, has_open).click()
        expect(thread(page)).to_contain_text("What can I do?", timeout=WITHIN_MS)
        row(page, has_open).focus()
    return page


def palette(page: Page) -> Locator:
    """Open the palette, and give its box."""
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Command, name or words")
    expect(box).to_be_focused(timeout=WITHIN_MS)
    return box


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def test_a_conversation_is_taken_tagged_given_away_snoozed_and_resolved_by_keys(
    demo: DeskDemo, open_page: Open
) -> None:
    page = entered(open_page, demo, has_open="Grace")

    page.keyboard.press("t")
    expect(strip(page)).to_contain_text("is yours", timeout=WITHIN_MS)
    page.keyboard.press("l")
    page.keyboard.type("lamps")
    page.keyboard.press("Enter")
    expect(page.get_by_role("list", name="Tags").first).to_contain_text("#lamps", timeout=WITHIN_MS)
    page.keyboard.press("a")
    page.keyboard.type("rob")
    page.keyboard.press("Enter")
    expect(strip(page)).to_contain_text("Robin Hale has this", timeout=WITHIN_MS)
    page.keyboard.press("i")
    expect(strip(page)).to_contain_text("is yours", timeout=WITHIN_MS)
    page.keyboard.press("Shift+Z")
    page.keyboard.type("2h")
    expect(dialog(page).get_by_role("option").first).to_contain_text("Until")
    page.keyboard.press("Enter")
    expect(strip(page)).to_contain_text("snoozed until", timeout=WITHIN_MS)

    here = page.url
    page.keyboard.press("Shift+E")

    expect(page).not_to_have_url(here, timeout=WITHIN_MS)
    expect(row(page, "Grace")).to_be_visible()
    view(page, "Resolved")
    expect(row(page, "Grace")).to_contain_text("#lamps", timeout=WITHIN_MS)


def test_single_keys_can_be_switched_off_and_stay_off_while_the_palette_works(
    demo: DeskDemo, open_page: Open
) -> None:
    page = entered(open_page, demo, has_open="Ada")
    page.keyboard.press("?")
    switch = dialog(page).get_by_role("checkbox", name="Single keys are on")
    switch.uncheck()
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)

    for key in ("t", "e", "?", "/", "p", "Shift+E"):
        page.keyboard.press(key)
    page.reload()
    expect(thread(page)).to_contain_text("What can I do?", timeout=WITHIN_MS)
    row(page, "Ada").focus(timeout=WITHIN_MS)
    page.keyboard.press("t")

    palette(page).fill("take")
    page.keyboard.press("Enter")
    expect(strip(page)).to_contain_text("is yours", timeout=WITHIN_MS)
    expect(page.get_by_test_id("remark")).to_have_count(1)
    expect(page.get_by_test_id("remark")).to_contain_text("You took over")
    page.get_by_role("button", name="Keys").click()
    dialog(page).get_by_role("checkbox", name="Single keys are on").check()
    page.keyboard.press("Escape")
    row(page, "Ada").focus()
    page.keyboard.press("t")
    expect(strip(page)).to_have_attribute("data-control", "bot", timeout=WITHIN_MS)


def test_the_palette_leads_to_commands_places_customers_and_messages(
    demo: DeskDemo, open_page: Open
) -> None:
    page = entered(open_page, demo)

    box = palette(page)
    check(page)
    box.fill("snoozed")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/desk/snoozed$"), timeout=WITHIN_MS)
    palette(page).fill("@alan")
    expect(dialog(page).get_by_role("option", name="Alan Turing")).to_be_visible(timeout=WITHIN_MS)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"{ALAN}$"), timeout=WITHIN_MS)
    palette(page).fill("lamp")
    messages = page.get_by_role("group", name="Messages")
    expect(messages).to_contain_text("a lamp for me", timeout=WITHIN_MS)
    messages.get_by_role("option", name="Show all").click()
    found = page.get_by_role("dialog", name="Search")
    expect(found).to_contain_text("a lamp for me", timeout=WITHIN_MS)
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)

    # In a text box, too; and what was used lately comes first.
    page.get_by_role("textbox", name="Reply").fill("half a word")
    palette(page)
    expect(dialog(page).get_by_role("option").first).to_contain_text("Go to Snoozed")
    page.keyboard.type("> assign to")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(dialog(page).get_by_role("option", name="Robin Hale")).to_be_visible()
    page.keyboard.press("Backspace")
    expect(page.get_by_role("group", name="Go to")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("textbox", name="Reply")).to_be_focused()
    expect(page.get_by_role("textbox", name="Reply")).to_have_value("half a word")


def test_a_reply_is_sent_and_the_conversation_resolved_at_once(
    demo: DeskDemo, open_page: Open
) -> None:
    page = entered(open_page, demo, has_open="Alan")
    box = page.get_by_role("textbox", name="Reply")
    page.keyboard.press("r")
    expect(box).to_be_focused()
    box.fill("That is all")

    page.keyboard.press("Control+Shift+Enter")

    expect(strip(page)).to_have_attribute("data-control", "nobody", timeout=WITHIN_MS)
    mine = thread(page).locator("[data-speaker=person]", has_text="That is all")
    expect(mine).to_contain_text("Sent", timeout=WITHIN_MS)


def test_the_sheet_shows_the_keys_of_the_screen(demo: DeskDemo, open_page: Open) -> None:
    page = entered(open_page, demo)
    page.keyboard.press("?")
    expect(dialog(page)).to_contain_text("Take over")
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("v")
    expect(page).to_have_url(re.compile(r"/desk/activity$"), timeout=WITHIN_MS)

    page.keyboard.press("?")

    expect(dialog(page)).to_contain_text("Go to Mine")
    expect(dialog(page)).not_to_contain_text("Take over")
