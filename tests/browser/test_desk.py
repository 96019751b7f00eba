"""People at the desk, with customers at the phone and a bot between them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.desk_demo import ALAN, GRACE, DeskDemo, desk_demo

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory):
    with desk_demo(tmp_path_factory.mktemp("desk")) as one:
        yield one


def enter(open_page: Open, link: str, **options: object) -> Page:
    page = open_page(link, also="https://example.com", **options)
    expect(page.get_by_role("navigation", name="Views")).to_be_visible(timeout=WITHIN_MS)
    return page


def view(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Views").get_by_role("link", name=name).click()


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name="Conversations").get_by_role("link", name=name)


def thread(page: Page) -> Locator:
    return page.get_by_role("log", name="Messages")


def strip(page: Page) -> Locator:
    return page.locator("[data-control]")


def phone(open_page: Open, demo: DeskDemo) -> Page:
    return open_page(f"{demo.x}/_sim/phone")


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Reply").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def test_a_person_answers_what_the_bot_hands_off(demo: DeskDemo, open_page: Open) -> None:
    customer = phone(open_page, demo)
    desk = enter(open_page, demo.sam)
    expect(desk).to_have_url(re.compile(r"/desk/$"))
    customer.get_by_role("textbox", name="Message").fill("hello <b>there</b>")
    customer.get_by_role("button", name="Send", exact=True).click()
    view(desk, "Bot handling")
    expect(row(desk, "Ada Lovelace")).to_contain_text("Bot: What can I do?", timeout=WITHIN_MS)

    view(desk, "Unassigned")
    customer.get_by_role("button", name="A person").click()
    row(desk, "Ada Lovelace").click(timeout=WITHIN_MS)

    prompt = thread(desk).locator("[data-speaker=bot]").first
    expect(prompt.get_by_role("list", name="Quick replies")).to_contain_text(
        "chosen by the customer"
    )
    expect(thread(desk)).to_contain_text("hello <b>there</b>")
    expect(desk.get_by_test_id("remark").last).to_contain_text("asked for a person")
    expect(strip(desk)).to_contain_text("Waits for a person")
    write(desk, "This is Sam & I help")
    expect(customer.get_by_role("log", name="Conversation")).to_contain_text("This is Sam & I help")
    mine = thread(desk).locator("[data-speaker=person]")
    expect(mine).to_have_count(1)
    expect(mine).to_contain_text("Sent", timeout=WITHIN_MS)
    expect(strip(desk)).to_have_attribute("data-control", "agent")
    view(desk, "Mine")
    expect(row(desk, "Ada Lovelace")).to_contain_text("You: This is Sam & I help")


def test_taking_over_silences_the_bot_and_handing_back_lets_it_answer(
    demo: DeskDemo, open_page: Open
) -> None:
    demo.writes("first", ALAN)
    desk = enter(open_page, demo.sam)
    view(desk, "All")
    row(desk, "Alan Turing").click(timeout=WITHIN_MS)
    bots = thread(desk).locator("[data-speaker=bot]")
    expect(bots).to_have_count(1, timeout=WITHIN_MS)

    desk.get_by_role("button", name="Take over").click()
    expect(strip(desk)).to_contain_text("yours")
    demo.writes("second", ALAN)
    expect(thread(desk)).to_contain_text("second", timeout=WITHIN_MS)
    desk.get_by_role("button", name="Hand back to bot").click()
    expect(strip(desk)).to_have_attribute("data-control", "bot")
    demo.writes("third", ALAN)

    expect(bots).to_have_count(2, timeout=WITHIN_MS)
    expect(thread(desk)).to_contain_text("You handed back to the bot")


def test_colleagues_see_at_once_what_the_other_does(demo: DeskDemo, open_page: Open) -> None:
    demo.writes("anybody?", ALAN)
    pages = [enter(open_page, link) for link in (demo.sam, demo.robin)]
    for page in pages:
        view(page, "All")
        row(page, "Alan Turing").click(timeout=WITHIN_MS)
    sam, robin = pages
    sam.get_by_role("button", name="Take over").click()

    expect(strip(robin)).to_contain_text("Sam Carter has this conversation", timeout=WITHIN_MS)
    write(sam, "from Sam")
    theirs = thread(robin).locator("[data-speaker=person]").filter(has_text="from Sam")
    expect(theirs).to_contain_text("Sam Carter", timeout=WITHIN_MS)
    preview = "Sam Carter: from Sam"
    expect(row(robin, "Alan Turing")).to_contain_text(preview, timeout=WITHIN_MS)
    sam.get_by_role("button", name="Hand back to bot").click()
    expect(strip(sam)).to_have_attribute("data-control", "bot")


def test_the_keyboard_is_enough(demo: DeskDemo, open_page: Open) -> None:
    demo.writes("hello")
    demo.writes("hello", ALAN)
    desk = enter(open_page, demo.sam)
    desk.keyboard.press("g")
    desk.keyboard.press("a")
    expect(row(desk, "Alan Turing")).to_contain_text("What can I do?", timeout=WITHIN_MS)
    expect(row(desk, "Ada Lovelace")).to_be_visible(timeout=WITHIN_MS)
    desk.keyboard.press("j")
    first = desk.locator(":focus").get_attribute("id")
    desk.keyboard.press("j")
    assert desk.locator(":focus").get_attribute("id") != first
    desk.keyboard.press("k")
    expect(desk.locator(f"[id='{first}']")).to_be_focused()

    expect(desk.get_by_role("textbox", name="Reply")).to_be_visible()
    desk.keyboard.press("r")
    desk.keyboard.type("jk by key")
    desk.keyboard.press("Control+Enter")

    expect(thread(desk)).to_contain_text("jk by key")
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("textbox", name="Reply")).not_to_be_focused()
    expect(strip(desk)).to_have_attribute("data-control", "agent")
    desk.keyboard.press("t")
    expect(strip(desk)).to_have_attribute("data-control", "bot")
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog", name="Keys")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("dialog", name="Keys")).to_have_count(0)


def test_a_row_somebody_points_at_stays_where_it_is(demo: DeskDemo, open_page: Open) -> None:
    desk = enter(open_page, demo.sam)
    view(desk, "All")
    demo.writes("good morning", GRACE)
    expect(row(desk, "Grace Hopper")).to_contain_text("What can I do?", timeout=WITHIN_MS)
    demo.writes("good evening", ALAN)
    rows = desk.locator("a[id^=row-]")
    expect(rows.first).to_contain_text("Alan Turing", timeout=WITHIN_MS)
    expect(rows.first).to_contain_text("What can I do?", timeout=WITHIN_MS)
    rows.first.hover()

    demo.writes("good night", GRACE)

    fresh = desk.get_by_role("button", name="1 new")
    expect(fresh).to_be_visible(timeout=WITHIN_MS)
    expect(rows.first).to_contain_text("Alan Turing")
    fresh.click()
    expect(rows.first).to_contain_text("Grace Hopper")


def test_a_reply_that_is_too_long_is_counted_and_kept(demo: DeskDemo, open_page: Open) -> None:
    demo.writes("hello")
    desk = enter(open_page, demo.sam)
    view(desk, "All")
    row(desk, "Ada Lovelace").click(timeout=WITHIN_MS)
    box = desk.get_by_role("textbox", name="Reply")
    desk.get_by_label("Speak as").select_option("account")
    box.fill("x" * 10_001)

    expect(desk.get_by_text("10,001 / 10,000")).to_be_visible()
    expect(desk.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    expect(box).to_have_attribute("aria-invalid", "true")


def test_on_a_narrow_screen_there_is_one_pane_at_a_time(demo: DeskDemo, open_page: Open) -> None:
    demo.writes("hello")
    desk = enter(open_page, demo.sam, viewport={"width": 380, "height": 780})
    view(desk, "All")
    row(desk, "Ada Lovelace").click(timeout=WITHIN_MS)
    expect(desk.get_by_role("textbox", name="Reply")).to_be_visible()
    expect(desk.get_by_role("navigation", name="Views")).to_be_hidden()
    assert desk.evaluate("document.documentElement.scrollWidth") <= 380
    desk.get_by_role("button", name="Back to the list").click()

    expect(row(desk, "Ada Lovelace")).to_be_visible()
    desk.go_back()
    expect(desk.get_by_role("textbox", name="Reply")).to_be_visible()


def test_whoever_logs_out_is_out_and_can_be_invited_again(demo: DeskDemo, open_page: Open) -> None:
    desk = enter(open_page, demo.robin)
    desk.get_by_role("button", name="Log out").click()
    expect(desk.get_by_role("heading", name="Log in")).to_be_visible()
    desk.get_by_label("Login").fill("robin")
    desk.get_by_label("Password").fill("not the password")
    desk.get_by_role("button", name="Log in").click()
    expect(desk.get_by_role("alert")).to_contain_text("Login or password is wrong")


def test_the_second_of_two_answers_is_held_until_confirmed(demo: DeskDemo, open_page: Open) -> None:
    demo.writes("who answers first?", ALAN)
    pages = [enter(open_page, link) for link in (demo.sam, demo.robin)]
    for page in pages:
        view(page, "All")
        row(page, "Alan Turing").click(timeout=WITHIN_MS)
        expect(thread(page)).to_contain_text("who answers first?", timeout=WITHIN_MS)
    sam, robin = pages
    robin.route("**/api/changes*", lambda route: route.abort())
    robin.route("**/api/conversations/**/messages*", lambda route: route.abort())
    write(sam, "Sam was first")
    expect(thread(sam).locator("[data-speaker=person]").last).to_contain_text(
        "Sent", timeout=WITHIN_MS
    )
    write(robin, "Robin was second")

    held = thread(robin).get_by_role("alert")
    expect(held).to_contain_text("somebody has written meanwhile", timeout=WITHIN_MS)
    expect(thread(sam)).not_to_contain_text("Robin was second")
    robin.unroute("**/api/conversations/**/messages*")
    robin.get_by_role("button", name="Send anyway").click()

    expect(thread(sam)).to_contain_text("Robin was second", timeout=WITHIN_MS)
    sam.get_by_role("button", name="Resolve", exact=True).click()
    expect(strip(sam)).to_have_attribute("data-control", "nobody")


def test_a_note_is_for_colleagues_and_resolving_clears_the_desk(
    demo: DeskDemo, open_page: Open
) -> None:
    demo.writes("thanks", ALAN)
    desk = enter(open_page, demo.sam)
    view(desk, "All")
    row(desk, "Alan Turing").click(timeout=WITHIN_MS)
    desk.get_by_role("radio", name="Note").check()
    desk.get_by_role("textbox", name="Note").fill("a kind customer")
    desk.get_by_role("button", name="Add note").click()
    expect(desk.get_by_test_id("note")).to_contain_text("a kind customer")

    desk.get_by_role("button", name="Resolve", exact=True).click()

    expect(strip(desk)).to_have_attribute("data-control", "nobody")
    view(desk, "Resolved")
    expect(row(desk, "Alan Turing")).to_be_visible(timeout=WITHIN_MS)
    seen = open_page(f"{demo.x}/_sim/phone").get_by_role("log", name="Conversation")
    expect(seen).not_to_contain_text("a kind customer")
