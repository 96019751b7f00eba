"""Every place of the desk, and everything that can be opened there, to be walked through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, expect
from tests import samples
from tests.browser import openings, walking
from tests.browser.conftest import WITHIN_MS
from tests.browser.openings import MODAL, Opened, Opening, came_back, kept

SOURCES = Path(__file__).parents[2] / "ui/src/desk"

STOPS = "button:visible:enabled, a[href]:visible"
_TABLE = re.compile(r"^export const (\w+) = (\[[^\]]*\])", re.MULTILINE)


def routes() -> dict[str, list[str]]:
    """Give the page's own tables of what can stand in its address."""
    text = (SOURCES / "route.svelte.ts").read_text(encoding="utf-8")
    return {name: re.findall(r'"([^"]*)"', body) for name, body in _TABLE.findall(text)}


def openable() -> set[str]:
    """Give every component that a person opens, or that comes and goes in front of others."""
    return openings.components(SOURCES)


def settled(page: Page) -> None:
    """Wait until nothing on the page is still on its way."""
    expect(page.get_by_text("Loading …")).to_have_count(0, timeout=WITHIN_MS)
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=WITHIN_MS)


def dialog(name: str, key: str = "") -> Opening:
    """Open a dialog by the button of that name, or by a key where the button is not shown."""

    def opening(page: Page) -> Iterator[Opened]:
        button = page.get_by_role("button", name=name, exact=True)
        if not button.is_visible() and not key:
            return
        # In a text box a key is a letter.
        (button if button.is_visible() else page.locator(STOPS).first).focus()
        opener = page.evaluate_handle("document.activeElement")
        page.keyboard.press("Enter" if button.is_visible() else key)
        expect(page.locator(MODAL)).to_be_visible(timeout=WITHIN_MS)
        settled(page)
        is_in = page.evaluate(f"document.activeElement.closest('{MODAL}') !== null")

        def close() -> list[str]:
            page.keyboard.press("Escape")
            expect(page.locator(MODAL)).to_have_count(0, timeout=WITHIN_MS)
            return came_back(opener)

        yield Opened(MODAL, close, () if is_in else (f"focus did not go into {name}",))

    return opening


def part(opener: str, shown: str, closer: str) -> Opening:
    """Open a part of the page by a button, and shut it by a button of its own."""

    def opening(page: Page) -> Iterator[Opened]:
        button = page.get_by_role("button", name=opener, exact=True)
        if not button.is_visible():
            return
        button.press("Enter")
        expect(page.locator(shown)).to_be_visible(timeout=WITHIN_MS)

        def close() -> list[str]:
            page.get_by_role("button", name=closer, exact=True).press("Enter")
            expect(page.locator(shown)).to_have_count(0, timeout=WITHIN_MS)
            return kept(page)

        yield Opened("", close)

    return opening


def tags(page: Page) -> Iterator[Opened]:
    """Unfold the tags beside the views."""
    summary = page.locator("details summary")
    if not summary.is_visible() or page.locator("details[open]").count() > 0:
        return
    summary.press("Enter")
    expect(page.locator("details a").first).to_be_visible()

    def close() -> list[str]:
        summary.press("Enter")
        expect(page.locator("details[open]")).to_have_count(0)
        return came_back(summary)

    yield Opened("", close)


def file(page: Page) -> Iterator[Opened]:
    """Hang a picture on a reply."""
    chooser = page.get_by_label("Attach a photo, GIF or video")
    if chooser.count() == 0:
        return
    content = {"name": "a.png", "mimeType": "image/png", "buffer": samples.png(40, 30)}
    chooser.set_input_files(files=[content])
    expect(page.get_by_label("Description of the picture")).to_be_visible(timeout=WITHIN_MS)

    def close() -> list[str]:
        page.get_by_role("button", name="Remove the file").press("Enter")
        expect(page.get_by_test_id("attached")).to_have_count(0)
        return kept(page)

    yield Opened("", close)


def canned(page: Page) -> Iterator[Opened]:
    """Choose among canned replies: the text box keeps the focus, the arrows lead through them."""
    box = page.get_by_role("textbox", name="Reply")
    if not box.is_visible():
        return
    box.press("/")
    choices = page.get_by_role("listbox").get_by_role("option")
    expect(choices.first).to_be_visible(timeout=WITHIN_MS)
    missed = walking.walk_choices(page, box, choices)

    def close() -> list[str]:
        page.keyboard.press("Escape")
        expect(page.get_by_role("listbox")).to_have_count(0)
        faults = came_back(box)
        box.fill("")
        return faults

    yield Opened("", close, tuple(missed), has_own_keys=True)


def customer(page: Page) -> Iterator[Opened]:
    """Open the customer's panel, where it does not stand beside the thread already."""
    opener = page.get_by_role("button", name="Customer panel (P)")
    panel = page.get_by_test_id("customer")
    if not opener.is_visible() or panel.is_visible():
        return
    opener.press("Enter")
    expect(panel).to_be_visible(timeout=WITHIN_MS)
    settled(page)
    is_modal = page.locator(MODAL).count() > 0

    def close() -> list[str]:
        if is_modal:
            page.keyboard.press("Escape")
        else:
            opener.press("Enter")
        expect(panel).to_have_count(0, timeout=WITHIN_MS)
        return came_back(opener)

    yield Opened(MODAL if is_modal else "", close)


def palette(page: Page) -> Iterator[Opened]:
    """Open the palette: its box keeps the focus, the arrows lead through what it offers."""
    page.locator(STOPS).first.focus()
    opener = page.evaluate_handle("document.activeElement")
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Command, name or words")
    expect(box).to_be_focused(timeout=WITHIN_MS)
    missed = walking.walk_choices(page, box, page.locator(MODAL).get_by_role("option"))

    def close() -> list[str]:
        page.keyboard.press("Escape")
        expect(page.locator(MODAL)).to_have_count(0, timeout=WITHIN_MS)
        return came_back(opener)

    yield Opened(MODAL, close, tuple(missed))


OPENINGS: dict[str, Opening] = {
    "Palette": palette,
    "Keys": dialog("Keys", key="?"),
    "SearchBox": dialog("Search", key="/"),
    "Settings": dialog("Settings"),
    "Views": tags,
    "CannedMenu": canned,
    "CustomerSide": customer,
    "BuildOptions": part("Add a quick reply", "fieldset.build", "Remove option 1"),
    "BuildButtons": part("Add a button", "fieldset.build", "Remove button 1"),
    "Attach": file,
    "WelcomeEditor": part("New welcome message", "form[aria-labelledby=welcome-form]", "Cancel"),
}
"""How to open each component that can be opened."""

NOT_OPENED = {
    "Icon": "a picture, never alone",
    "Inspect": "a link of every message an admin sees",
    "StatusWord": "a word",
    "PostText": "words of a Post",
    "BeginningLine": "a line of the thread",
    "Enter": "a door",
    "Login": "a door",
    "Desk": "all of it",
    "ActivityPages": "the routes of the pages for admins",
    "Trace": "a route of the pages for admins",
    "ThreadPane": "the routes of conversations",
    "Connections": "a route of the pages for admins",
    "Welcomes": "a route of the pages for admins",
    "People": "a route of the pages for admins",
    "ApiKeys": "a route of the pages for admins",
}
"""What comes and goes by itself, or by its address, which the walk takes from the routes."""
