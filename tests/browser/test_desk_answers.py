"""Whatever the desk's page is told, by whomever and however it came, is text to it."""

from __future__ import annotations

import secrets
from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests import wire_types
from tests.browser import desk_places
from tests.browser.conftest import WITHIN_MS, Open, running_demo
from tests.browser.described import IDS, Answers, hostile
from tests.browser.desk_demo import ACCOUNT, ADA, DeskDemo
from tests.browser.payloads import LISTEN, PAYLOADS, TOGETHER, check_nothing_ran
from tests.browser.test_desk import enter
from tests.browser.test_desk_walk import furnish, places

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

STARTS = ("", "javascript:__hit=1//", "data:text/html,<svg onload=__hit=1>")
"""What a text must begin with to be run as an address."""

NOT_SHOWN = {
    "ExportedMemory": "an export is a file",
    "CustomerExport": "an export is a file",
    "Invitation": "comes before anybody is logged in",
    "TakenBack": "answers a change",
    "SyncedWelcomes": "answers a change",
    "SignInLink": "answers a change",
    "WelcomeContent": "answers a change",
    "MadeKey": "answers a change",
}
"""Answers that a look around does not ask for."""

SELDOM = {
    "WelcomeMessages.lacking",
    "WelcomeMessage.declared",
    "Trace.messages",
    "CustomerPanel.beginning",
    "CustomerPanel.episodes",
    "CustomerPanel.notes",
    "CustomerHistory.activities",
}
"""What the demo has none of just then."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Generator[DeskDemo]:
    """The demo as anybody starts it: with conversations, welcome messages and profiles."""
    with running_demo(tmp_path_factory.mktemp("desk"), []) as running:
        yield DeskDemo.of(running)


def is_kept(field: str) -> bool:
    """Tell whether a field's value is left as it is."""
    return IDS.fullmatch(field) is not None or field.partition(".")[0] in NOT_SHOWN


def look_around(page: Page, desk: str, traces: list[str]) -> None:
    """Go once to every kind of place, and open what asks for more."""
    chosen = [f"all/{ACCOUNT}/{ACCOUNT}-{ADA}", *places(traces)[-6:]]
    for place in chosen:
        page.goto(f"{desk}/{place}")
        desk_places.settled(page)
        check_nothing_ran(page)
        for opened in desk_places.customer(page):
            expect(page.get_by_test_id("history")).not_to_be_empty(timeout=WITHIN_MS)
            check_nothing_ran(page)
            opened.close()
    page.goto(f"{desk}/all")
    desk_places.settled(page)
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_role("dialog")).to_be_visible(timeout=WITHIN_MS)
    desk_places.settled(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("searchbox").fill("hello")
    page.keyboard.press("Enter")
    expect(page.locator(".found").first).to_be_visible(timeout=WITHIN_MS)
    check_nothing_ran(page)
    page.goto(f"{desk}/activity/people")
    desk_places.settled(page)
    page.get_by_label("Login").fill(f"guest-{secrets.token_hex(4)}")
    page.get_by_label("Name, as customers see it").fill("Guest")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_label("Link to come in")).to_be_visible(timeout=WITHIN_MS)
    check_nothing_ran(page)


def test_no_text_of_any_answer_is_run(demo: DeskDemo, open_page: Open) -> None:
    assert len(PAYLOADS) >= 20
    # So wide that the customer's panel stands beside the thread.
    page = enter(open_page, demo.sam, viewport={"width": 1440, "height": 900})
    page.add_init_script(LISTEN)
    traces = furnish(demo, page)
    answers = Answers(wire_types.description(), is_kept, SELDOM)
    hostile(page, answers)
    for start in STARTS:
        demo.let_time_pass()
        answers.payload = start + TOGETHER
        look_around(page, f"{page.url.partition('/desk')[0]}/desk", traces)

    unfilled = sorted(answers.wanted() - answers.filled)
    assert unfilled == [], unfilled


TAKES_FOR_MARKUP = """
addEventListener('DOMContentLoaded', () => new MutationObserver(() => {
  for (const one of document.querySelectorAll('[data-testid=text]:not([data-taken])')) {
    one.dataset.taken = ''
    one.innerHTML = one.textContent
  }
}).observe(document, {childList: true, subtree: true}))
"""


def test_one_text_that_is_taken_for_markup_is_found(demo: DeskDemo, chromium: Browser) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(demo.sam)
    expect(page.get_by_role("navigation", name="Views")).to_be_visible(timeout=WITHIN_MS)
    page.add_init_script(LISTEN)
    page.add_init_script(TAKES_FOR_MARKUP)
    answers = Answers(wire_types.description(), is_kept)
    answers.payload = TOGETHER
    hostile(page, answers)
    page.goto(f"{demo.sam.partition('/enter')[0]}/all/{ACCOUNT}/{ACCOUNT}-2003")
    page.wait_for_selector("[data-taken]", state="attached", timeout=WITHIN_MS)
    page.wait_for_function("window.__violations.length > 0 || window.__hit", timeout=WITHIN_MS)

    with pytest.raises(AssertionError):
        check_nothing_ran(page)
    context.close()
