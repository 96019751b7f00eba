"""What wears people out where it is wrong: places that jump, clocks, narrow pages, mistakes."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from playwright.sync_api import Page, Route, expect
from tests import samples
from tests.browser import desk_places
from tests.browser.conftest import WITHIN_MS, Open, running_demo
from tests.browser.desk_demo import ACCOUNT, DeskDemo
from tests.browser.test_desk import enter, strip, thread, write

pytestmark = pytest.mark.browser

ADA, ALAN, GRACE, MIRA, TOM = "2002", "2003", "2004", "2005", "2006"
REFUSED = {"effect": "status", "code": 349, "count": 1, "match": {"route": "dm.events.new"}}
NARROW = {"width": 380, "height": 780}
SIDEWAYS = """() => [...document.querySelectorAll('body, body *')].filter((one) => {
  const { overflowX } = getComputedStyle(one)
  return ['auto', 'scroll'].includes(overflowX) && one.scrollWidth > one.clientWidth + 1
}).map((one) => one.outerHTML.slice(0, 120))"""
FROM_END = "(log) => log.scrollHeight - log.scrollTop - log.clientHeight"
NAVIGATION = "<ul"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Generator[DeskDemo]:
    with running_demo(tmp_path_factory.mktemp("desk"), []) as running:
        yield DeskDemo.of(running)


def opened(open_page: Open, demo: DeskDemo, customer: str, **options: object) -> Page:
    page = enter(open_page, demo.sam, **options)
    page.goto(f"{page.url.partition('/desk')[0]}/desk/all/{ACCOUNT}/{ACCOUNT}-{customer}")
    expect(thread(page).locator("article").first).to_be_visible(timeout=WITHIN_MS)
    return page


def test_a_thread_stays_at_its_end_while_pictures_come_in(demo: DeskDemo, open_page: Open) -> None:
    page = opened(open_page, demo, ALAN)
    picture = {"name": "a.png", "mimeType": "image/png", "buffer": samples.png(400, 300)}
    page.get_by_label("Attach a photo, GIF or video").set_input_files(files=[picture])
    expect(page.get_by_text("Ready to be sent")).to_be_visible(timeout=WITHIN_MS)
    write(page, "look")
    sent = thread(page).locator("[data-speaker=person]", has_text="look")
    expect(sent).to_contain_text("Sent", timeout=WITHIN_MS)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/media", hold)
    with page.expect_request("**/media"):
        page.reload()
    expect(sent).to_be_visible(timeout=WITHIN_MS)
    page.wait_for_function("() => document.querySelector('[role=log]').scrollTop > 0")
    before = thread(page).evaluate("(log) => log.scrollHeight")
    assert len(held) == 1

    held[0].continue_()
    page.wait_for_function(
        "(before) => document.querySelector('[role=log]').scrollHeight > before + 50", arg=before
    )

    expect(page.get_by_role("button", name="To the newest message")).to_have_count(0)
    assert thread(page).evaluate(FROM_END) < 60
    thread(page).evaluate("(log) => log.scrollTo({ top: 0 })")
    expect(page.get_by_role("button", name="To the newest message")).to_be_visible()


def test_what_x_refuses_is_corrected_and_sent_again(demo: DeskDemo, open_page: Open) -> None:
    page = opened(open_page, demo, GRACE)
    with demo.misbehaving(REFUSED):
        write(page, "a wrogn word")
        failed = thread(page).locator("article", has=page.locator("[data-state=dead]"))
        expect(failed).to_contain_text("code 349", timeout=WITHIN_MS)

    failed.get_by_role("button", name="Edit").click()

    box = page.get_by_role("textbox", name="Reply")
    expect(box).to_have_value("a wrogn word", timeout=WITHIN_MS)
    expect(box).to_be_focused()
    expect(failed).to_have_count(0)
    box.fill("a right word")
    page.keyboard.press("Control+Enter")
    sent = thread(page).locator("[data-speaker=person]", has_text="a right word")
    expect(sent).to_contain_text("Sent", timeout=WITHIN_MS)
    expect(thread(page)).not_to_contain_text("a wrogn word")


def test_times_are_by_the_applications_clock(demo: DeskDemo, open_page: Open) -> None:
    page = opened(open_page, demo, MIRA)
    demo.control("POST", "clock", action="advance", seconds=3 * 86_400)
    demo.writes("three days later", MIRA)
    expect(thread(page)).to_contain_text("three days later", timeout=WITHIN_MS)

    expect(thread(page).get_by_role("heading").last).to_have_text("Today", timeout=WITHIN_MS)
    expect(page.locator("[aria-current=true] time")).to_have_text("now")
    page.get_by_role("combobox", name="Snooze").select_option("For an hour")

    expect(strip(page)).to_contain_text("snoozed until", timeout=WITHIN_MS)


def test_the_bots_own_doings_are_said_to_be_its_own(demo: DeskDemo, open_page: Open) -> None:
    page = opened(open_page, demo, TOM)

    expect(page.get_by_test_id("remark").last).to_contain_text("Bot · support-desk resolved this")


def test_the_strip_says_where_the_bots_dialog_waits(demo: DeskDemo, open_page: Open) -> None:
    demo.writes("hello", ADA)
    page = opened(open_page, demo, ADA)
    expect(thread(page)).to_contain_text("What can I do for you?", timeout=WITHIN_MS)

    demo.writes("Track an order", ADA)

    dialog = strip(page).get_by_test_id("dialog")
    expect(dialog).to_contain_text("dialog track, step ask: What is", timeout=WITHIN_MS)
    page.get_by_role("button", name="Take over").click()
    expect(dialog).to_have_count(0, timeout=WITHIN_MS)


def test_a_row_is_as_high_with_unread_messages_as_without(demo: DeskDemo, open_page: Open) -> None:
    page = enter(open_page, demo.robin)
    page.goto(f"{page.url.partition('/desk')[0]}/desk/all")
    rows = page.get_by_role("region", name="Conversations").get_by_role("listitem")
    expect(rows.first).to_be_visible(timeout=WITHIN_MS)
    demo.writes("one more", MIRA)
    expect(page.get_by_text("1 unread")).to_have_count(1, timeout=WITHIN_MS)

    heights = {round(one.bounding_box()["height"]) for one in rows.all()}

    assert len(heights) == 1, heights


def test_who_walks_the_views_by_keys_is_not_scrolled_away_by_a_message(
    demo: DeskDemo, open_page: Open
) -> None:
    page = enter(open_page, demo.sam, viewport=NARROW)
    page.goto(f"{page.url.partition('/desk')[0]}/desk/all")
    page.get_by_role("link", name="All, ").wait_for(timeout=WITHIN_MS)
    unassigned = page.get_by_role("link", name="Unassigned, ")
    unassigned.focus()
    place = unassigned.bounding_box()
    was = unassigned.get_attribute("aria-label")

    demo.writes("I want to talk to a person", TOM)

    expect(unassigned).not_to_have_attribute("aria-label", was or "", timeout=WITHIN_MS)
    expect(unassigned).to_be_focused()
    assert unassigned.bounding_box() == place


@pytest.mark.parametrize("place", ["all", f"all/{ACCOUNT}/{ACCOUNT}-{GRACE}", "activity"])
def test_nothing_on_a_narrow_page_is_cut_off_or_scrolls_sideways(
    demo: DeskDemo, open_page: Open, place: str
) -> None:
    page = enter(open_page, demo.sam, viewport=NARROW)
    page.goto(f"{page.url.partition('/desk')[0]}/desk/{place}")
    desk_places.settled(page)
    if "/" in place:
        expect(thread(page).locator("article").first).to_be_visible(timeout=WITHIN_MS)
        page.get_by_role("textbox", name="Reply").fill("hello")
        page.get_by_role("button", name="Add a quick reply").click()
        page.get_by_role("button", name="Add a button").click()

    sideways = [one for one in page.evaluate(SIDEWAYS) if not one.startswith(NAVIGATION)]

    assert sideways == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    current = page.locator("nav [aria-current=page]")
    if current.is_visible():
        box = current.bounding_box()
        assert 0 <= box["x"] <= box["x"] + box["width"] <= NARROW["width"]
