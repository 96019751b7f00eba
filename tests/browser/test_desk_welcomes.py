"""Admins write welcome messages and custom profiles, and see them as customers will."""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect
from tests import samples
from tests.browser.conftest import WITHIN_MS, Open, running_demo
from tests.browser.desk_demo import DeskDemo
from tests.browser.test_desk import enter, row, thread, view
from tests.browser.test_desk import write as write_reply

pytestmark = pytest.mark.browser

NAME = """() => { const one = document.activeElement
  const name = one.ariaLabel ?? one.labels?.[0]?.textContent ?? one.textContent
  return one.tagName + ' ' + name.trim() }"""
NAMES = """(root) => [...root.querySelectorAll('.scroll :is(a, button, input, select, textarea)')]
  .filter((one) => !one.disabled && one.type !== 'radio')
  .map((one) => one.tagName + ' ' +
    (one.ariaLabel ?? one.labels?.[0]?.textContent ?? one.textContent).trim())"""
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 380, "height": 780}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Generator[DeskDemo]:
    """The demo as anybody starts it: its bot declares a greeting, and X has it."""
    with running_demo(tmp_path_factory.mktemp("desk"), []) as running:
        yield DeskDemo.of(running)


def opened(open_page: Open, demo: DeskDemo, **options: Any) -> Page:
    demo.let_time_pass()
    page = enter(open_page, demo.sam, **options)
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Activity").click()
    page.get_by_role("link", name="Welcome messages").click()
    expect(entry(page, "greeting")).to_be_visible(timeout=WITHIN_MS)
    expect(page.get_by_label("Name customers see")).to_be_visible(timeout=WITHIN_MS)
    return page


def entry(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem", name=name, exact=True)


def check(page: Page) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def seen(page: Page, picture: Locator) -> None:
    """Wait until a picture is there, and not only its place."""
    there = "(one) => one.complete && one.naturalWidth > 0"
    page.wait_for_function(there, arg=picture.element_handle(), timeout=WITHIN_MS)


def write(page: Page, name: str, text: str) -> None:
    page.get_by_role("button", name="New welcome message").click()
    page.get_by_label("Name, for you").fill(name)
    page.get_by_label("Text", exact=True).fill(text)


def test_what_the_bot_declares_is_shown_as_customers_see_it(
    demo: DeskDemo, open_page: Open
) -> None:
    page = opened(open_page, demo)

    greeting = entry(page, "greeting")
    expect(greeting).to_have_attribute("data-welcome", "same")
    expect(greeting).to_contain_text("Default")
    expect(greeting).to_contain_text("Speaks as Acme Assistant")
    expect(greeting.get_by_role("list", name="Quick replies")).to_contain_text("Track an order")
    link = greeting.get_by_label("Link that opens greeting")
    expect(link).to_have_value(re.compile(r"https://x\.com/messages/compose\?recipient_id=1001&"))
    face = greeting.locator("img").first
    page.wait_for_function(
        "(one) => one.complete && one.naturalWidth > 0", arg=face.element_handle()
    )


def test_one_is_written_with_all_it_can_carry_and_made_the_default(
    demo: DeskDemo, open_page: Open, tmp_path: Path
) -> None:
    picture = tmp_path / "sale.png"
    picture.write_bytes(samples.png())
    page = opened(open_page, demo)
    write(page, "sale", "Everything is cheaper today!")
    page.get_by_role("button", name="Add a quick reply").click()
    page.get_by_label("Label of option 1").fill("Show me")
    page.get_by_role("button", name="Add a button").click()
    page.get_by_label("Label of button 1").fill("The shop")
    page.get_by_label("Where button 1 leads").fill("https://acme.example/sale")
    page.get_by_label("Attach a photo, GIF or video").set_input_files(picture)
    page.get_by_role("combobox", name="Who speaks").select_option("Acme Assistant")
    page.get_by_label("Make it the default at once").check()
    preview = page.get_by_role("group", name="As customers see it", exact=True)
    for text in ("Acme Assistant", "Everything is cheaper today!", "The shop", "Show me"):
        expect(preview).to_contain_text(text)

    page.get_by_role("button", name="Make at X").click()

    sale = entry(page, "sale")
    expect(sale).to_contain_text("Default", timeout=WITHIN_MS)
    expect(sale).to_have_attribute("data-welcome", "by_hand")
    expect(entry(page, "greeting")).not_to_contain_text("Rule")
    seen(page, sale.locator("img").nth(1))


def test_one_is_changed_keeps_its_picture_and_is_deleted_after_a_question(
    demo: DeskDemo, open_page: Open
) -> None:
    page = opened(open_page, demo)
    sale = entry(page, "sale")
    page.get_by_role("button", name="Edit sale").click()
    page.get_by_label("Text", exact=True).fill("It is over.")
    page.get_by_role("button", name="Save at X").click()
    expect(sale.get_by_test_id("preview-text")).to_have_text("It is over.", timeout=WITHIN_MS)
    page.reload()
    expect(sale.get_by_test_id("preview-text")).to_have_text("It is over.", timeout=WITHIN_MS)
    expect(sale.locator("img")).to_have_count(2)

    page.get_by_role("button", name="Make greeting the default").click()
    expect(entry(page, "greeting")).to_contain_text("Rule", timeout=WITHIN_MS)
    expect(sale).not_to_contain_text("Rule")
    page.get_by_role("button", name="Delete sale").click()
    expect(sale).to_contain_text("Delete sale at X?")
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Delete sale").click()
    page.get_by_role("button", name="Yes, delete").click()

    expect(sale).to_have_count(0, timeout=WITHIN_MS)
    page.get_by_role("button", name="Load again").click()
    expect(page.get_by_role("button", name="Load again")).to_be_enabled(timeout=WITHIN_MS)
    expect(page.locator("[data-welcome]")).to_have_count(1)


def test_the_limit_is_counted_and_nothing_too_long_can_be_sent(
    demo: DeskDemo, open_page: Open
) -> None:
    page = opened(open_page, demo)
    write(page, "long", "x" * 9_991)

    expect(page.get_by_text("9,991 / 9,990")).to_be_visible()
    expect(page.get_by_role("button", name="Make at X")).to_be_disabled()
    page.get_by_label("Text", exact=True).fill("x" * 9_990)
    expect(page.get_by_role("button", name="Make at X")).to_be_enabled()
    page.get_by_label("Name, for you").fill("roost#mine")
    expect(page.get_by_role("button", name="Make at X")).to_be_disabled()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Name, for you")).to_have_count(0)


def test_what_was_changed_by_hand_is_said_to_differ_and_is_brought_back(
    demo: DeskDemo, open_page: Open
) -> None:
    page = opened(open_page, demo)
    page.get_by_role("button", name="Edit greeting").click()
    page.get_by_label("Text", exact=True).fill("Hello by hand")
    page.get_by_role("button", name="Save at X").click()
    greeting = entry(page, "greeting")
    expect(greeting).to_have_attribute("data-welcome", "differs", timeout=WITHIN_MS)
    page.get_by_role("button", name="Load again").click()
    expect(greeting).to_contain_text("code says")

    page.get_by_role("button", name="Bring to X what the bot declares").click()

    expect(greeting).to_have_attribute("data-welcome", "same", timeout=WITHIN_MS)
    expect(greeting.get_by_test_id("preview-text")).to_contain_text("I'm Acme's assistant")


def test_a_profile_is_made_chosen_for_an_agent_and_deleted(
    demo: DeskDemo, open_page: Open, tmp_path: Path
) -> None:
    picture = tmp_path / "robin.png"
    picture.write_bytes(samples.png())
    page = opened(open_page, demo)
    page.get_by_label("Name customers see").fill("Robin, Acme")
    page.get_by_label("Picture", exact=True).set_input_files(picture)
    page.get_by_role("button", name="Create at X").click()
    profiles = page.get_by_role("list", name="Custom profiles")
    expect(profiles).to_contain_text("Robin, Acme", timeout=WITHIN_MS)

    chosen = page.get_by_label("Profile of Robin")
    chosen.select_option("Robin, Acme")
    expect(chosen).to_be_enabled(timeout=WITHIN_MS)
    page.get_by_role("button", name="Delete the profile Robin, Acme").click()
    page.get_by_role("button", name="Yes, delete").click()

    expect(profiles).not_to_contain_text("Robin, Acme", timeout=WITHIN_MS)
    expect(chosen).to_have_value("", timeout=WITHIN_MS)


def test_axe_finds_nothing_and_nothing_is_cut_off(demo: DeskDemo, open_page: Open) -> None:
    page = opened(open_page, demo)
    check(page)
    write(page, "x", "See it")
    page.get_by_role("button", name="Add a quick reply").click()
    page.get_by_role("button", name="Add a button").click()
    scroll = page.get_by_role("group", name="Activity")
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            check(page)
        assert scroll.evaluate("(one) => one.scrollWidth <= one.clientWidth"), size


def test_everything_is_reached_by_the_keyboard(demo: DeskDemo, open_page: Open) -> None:
    page = opened(open_page, demo)
    page.get_by_role("button", name="New welcome message").press("Enter")
    expect(page.get_by_role("heading", name="New welcome message")).to_be_focused()
    reached = set[str]()
    wanted = page.locator(".activity").evaluate(NAMES)
    for _ in range(len(wanted) + 5):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(NAME))
    assert [one for one in wanted if one not in reached] == []


def test_messages_show_the_profile_they_were_said_under(demo: DeskDemo, open_page: Open) -> None:
    page = enter(open_page, demo.sam)
    view(page, "All")
    row(page, "Grace Hopper").click(timeout=WITHIN_MS)
    write_reply(page, "Hello, Grace")

    mine = thread(page).locator("[data-speaker=person]").last
    expect(mine).to_contain_text("as Sam Carter, Acme", timeout=WITHIN_MS)
    seen(page, mine.locator("img"))
    seen(page, thread(page).locator("[data-speaker=bot] img").first)
