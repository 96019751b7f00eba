"""The phone and the stage without a mouse: what cannot be reached by keys is named."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.playground import ACCOUNT, CUSTOMER, Playground, playground
from tests.browser.test_phone_media import send, upload

pytestmark = pytest.mark.browser

WIDE = {"width": 1280, "height": 860}
MOST_STOPS = 150

BEGIN = "() => { window.reached ??= new Set(); window.again = new Set(); }"
NOTE = """() => {
    const one = document.activeElement;
    const isAgain = window.again.has(one);
    if (one === document.body) return false;
    window.reached.add(one);
    window.again.add(one);
    return isAgain;
}"""
"""Remember what has the focus; gives whether it had it before on this round."""
UNREACHED = """(aside) => {
    const root = document.querySelector("dialog[open]") ?? document;
    const wanted = "a[href], button, input, select, textarea, summary, video[controls], [tabindex]";
    return [...root.querySelectorAll(wanted)]
        .filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.disabled)
        .filter((one) => !window.reached.has(one) && !(aside && one.matches(aside)))
        .map((one) => one.outerHTML.slice(0, 160));
}"""
"""What is visible, works, and was not reached; `aside` selects what the arrows lead to."""


@pytest.fixture(scope="module")
def ground():
    with playground() as one:
        link = f"https://x.com/messages/compose?recipient_id={ACCOUNT}"
        one.act(ACCOUNT, action="post", text="Questions?", link=link)
        for text in ("Hello", "See https://acme.example/kettle", "Anybody there?"):
            one.act(CUSTOMER, action="send_dm", to=ACCOUNT, text=text)
        photo = {"type": "media", "media": {"id": upload(one)}}
        options = {"type": "options", "options": [{"label": "Yes"}, {"label": "No"}]}
        send(one, {"text": "This?", "attachment": photo, "quick_reply": options})
        buttons = [{"type": "web_url", "label": "Our shop", "url": "https://acme.example"}]
        send(one, {"text": "Or that?", "ctas": buttons})
        yield one


def opened(open_page: Open, address: str) -> Page:
    """Open the phone, and wait until all of it is there."""
    page = open_page(address, viewport=WIDE)
    expect(page.get_by_test_id("log-row").first).to_be_visible(timeout=WITHIN_MS)
    return page


def walk(page: Page) -> None:
    """Press Tab once around the page."""
    page.evaluate(BEGIN)
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate(NOTE):
            return
    raise AssertionError(f"Tab goes on for more than {MOST_STOPS} controls")


def walk_messages(page: Page) -> None:
    """From the message that stops the Tab key, the arrows lead to all others."""
    page.evaluate(BEGIN)
    page.get_by_role("button", name="Inspect this message").last.focus()
    for key in ("ArrowUp", "ArrowDown"):
        for _ in range(page.get_by_role("button", name="Inspect this message").count()):
            page.keyboard.press(key)
            page.evaluate(NOTE)


@pytest.mark.parametrize("place", ["messages", "profile", "website"])
def test_every_control_of_a_room_is_reached(
    ground: Playground, open_page: Open, place: str
) -> None:
    page = opened(open_page, f"{ground.phone}#place={place}")
    if place == "messages":
        expect(page.get_by_role("link", name="Our shop")).to_be_visible(timeout=WITHIN_MS)
    if place == "messages":
        walk_messages(page)
    walk(page)
    assert page.evaluate(UNREACHED) == []


def test_every_control_of_the_stage_is_reached(ground: Playground, open_page: Open) -> None:
    page = open_page(ground.phone.replace("/phone", "/stage") + "#phones=2002,2003", viewport=WIDE)
    expect(page.get_by_test_id("stage-phone")).to_have_count(2, timeout=WITHIN_MS)
    expect(page.get_by_role("link", name="Our shop")).to_be_visible(timeout=WITHIN_MS)
    walk(page)
    assert page.evaluate(UNREACHED, "[tabindex='-1']") == []


@pytest.mark.parametrize("name", ["Clock", "Faults", "Events", "Session"])
def test_every_control_of_a_drawer_is_reached_and_escape_goes_back(
    ground: Playground, open_page: Open, name: str
) -> None:
    page = opened(open_page, f"{ground.phone}#place=website")
    opener = page.get_by_role("group", name="Controls").get_by_role("button", name=name)
    opener.press("Enter")
    expect(page.get_by_test_id(f"drawer-{name.lower()}")).to_be_visible()
    walk(page)
    assert page.evaluate(UNREACHED) == []
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


@pytest.mark.parametrize("opener", ["Add customer", "Mention…", "Send a location…", "Post…"])
def test_every_control_of_a_dialog_is_reached_and_escape_goes_back(
    ground: Playground, open_page: Open, opener: str
) -> None:
    page = opened(open_page, ground.phone)
    events = page.get_by_role("group", name="Controls").get_by_role("button", name="Events")
    events.press("Enter")
    page.get_by_role("button", name=opener).press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    walk(page)
    assert page.evaluate(UNREACHED) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name=opener)).to_be_focused()


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
