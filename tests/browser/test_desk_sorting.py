"""People share out what waits, put it aside, and mark what it is about."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.desk_demo import ADA, DeskDemo, desk_demo
from tests.browser.test_desk import enter, row, strip, thread, view

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory):
    with desk_demo(tmp_path_factory.mktemp("desk")) as one:
        one.writes("hello", ADA)
        yield one


def opened(open_page: Open, link: str, **options: object) -> Page:
    page = enter(open_page, link, **options)
    view(page, "All")
    row(page, "Ada Lovelace").click(timeout=WITHIN_MS)
    expect(strip(page)).to_be_visible(timeout=WITHIN_MS)
    return page


def test_a_snoozed_conversation_waits_in_its_view_until_the_customer_writes(
    demo: DeskDemo, open_page: Open
) -> None:
    desk = opened(open_page, demo.sam)
    desk.get_by_label("Snooze", exact=True).select_option("Until they write")
    expect(strip(desk)).to_contain_text("snoozed until they write", timeout=WITHIN_MS)
    view(desk, "Mine")
    expect(desk.get_by_text("Nothing is yours")).to_be_visible()
    view(desk, "Snoozed")
    expect(row(desk, "Ada Lovelace")).to_be_visible()
    view(desk, "Mine")

    demo.writes("are you there?", ADA)

    expect(row(desk, "Ada Lovelace")).to_contain_text("are you there?", timeout=WITHIN_MS)


def test_a_conversation_is_given_to_a_colleague_who_sees_it_at_once(
    demo: DeskDemo, open_page: Open
) -> None:
    sam, robin = opened(open_page, demo.sam), enter(open_page, demo.robin)
    view(robin, "Mine")

    sam.get_by_label("Assigned to").select_option("Robin Hale")

    expect(row(robin, "Ada Lovelace")).to_be_visible(timeout=WITHIN_MS)
    expect(thread(sam)).to_contain_text("You gave this to Robin Hale")
    sam.get_by_role("button", name="Resolve", exact=True).click()
    sam.get_by_role("button", name="Reopen").click()
    expect(strip(sam)).to_contain_text("yours", timeout=WITHIN_MS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_tag_leads_to_what_has_it(demo: DeskDemo, open_page: Open, scheme: str) -> None:
    desk = opened(open_page, demo.sam, color_scheme=scheme)
    desk.get_by_label("Add a tag").fill("#vip")
    desk.get_by_label("Add a tag").press("Enter")
    expect(desk.get_by_role("list", name="Tags")).to_contain_text("#vip", timeout=WITHIN_MS)
    results = Axe().run(desk)
    assert results.violations_count == 0, results.generate_report()
    desk.get_by_text("Tags", exact=True).click()
    desk.get_by_role("link", name="#vip", exact=True).click()

    expect(row(desk, "Ada Lovelace")).to_contain_text("#vip", timeout=WITHIN_MS)
    row(desk, "Ada Lovelace").click()
    desk.get_by_role("button", name="Remove tag vip").click()
    expect(desk.get_by_text("No conversation has this tag.")).to_be_visible(timeout=WITHIN_MS)


@pytest.mark.parametrize("by", ["button", "key", "palette"])
def test_what_is_marked_unread_is_so_for_everybody_until_it_is_opened_again(
    demo: DeskDemo, open_page: Open, by: str
) -> None:
    sam, robin = opened(open_page, demo.sam), opened(open_page, demo.robin)
    marked = row(robin, "Ada Lovelace").get_by_text("marked unread")
    expect(marked).to_have_count(0)

    if by == "button":
        strip(sam).get_by_role("button", name="Mark unread").click()
    elif by == "key":
        thread(sam).focus()
        sam.keyboard.press("u")
    else:
        sam.keyboard.press("Control+k")
        sam.keyboard.type(">mark unr")
        sam.keyboard.press("Enter")

    expect(sam.get_by_text("Choose a conversation")).to_be_visible(timeout=WITHIN_MS)
    expect(row(sam, "Ada Lovelace")).to_contain_text("marked unread", timeout=WITHIN_MS)
    expect(row(sam, "Ada Lovelace")).to_be_focused()
    # Robin's page stands open at it, which is no looking anew.
    expect(marked).to_have_count(1, timeout=WITHIN_MS)
    sam.reload()
    expect(row(sam, "Ada Lovelace")).to_contain_text("marked unread", timeout=WITHIN_MS)
    row(sam, "Ada Lovelace").click()
    expect(marked).to_have_count(0, timeout=WITHIN_MS)
