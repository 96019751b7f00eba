"""A conversation on the phone without a mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.playground import Playground, playground

pytestmark = pytest.mark.browser

WIDE = {"width": 1280, "height": 860}


@pytest.fixture
def ground():
    with playground() as one:
        yield one


def test_a_message_is_answered_chosen_and_inspected_by_keys(
    ground: Playground, open_page: Open
) -> None:
    page = open_page(f"{ground.phone}#customer=2003", viewport=WIDE)
    log = page.get_by_role("log", name="Conversation")
    skip = page.get_by_role("button", name="Skip to the message box")
    skip.press("Enter")
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()
    for n, text in enumerate(("first", "second"), start=1):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        expect(log.locator("[data-message-id]")).to_have_count(n, timeout=WITHIN_MS)
    inspect = page.get_by_role("button", name="Inspect this message")
    inspect.last.focus()
    page.keyboard.press("ArrowUp")
    expect(inspect.first).to_be_focused()
    json = page.get_by_test_id("inspector").get_by_role("region", name="JSON")
    expect(json).to_contain_text('"first"')
    page.keyboard.press("ArrowDown")
    expect(json).to_contain_text('"second"')
