"""Every place of the phone and the stage, and everything that can be opened there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from tests import samples
from tests.browser.conftest import WITHIN_MS
from tests.browser.openings import MODAL, Opened, Opening, came_back, components, kept
from tests.browser.playground import ACCOUNT, CUSTOMER, Playground
from tests.browser.test_phone_media import send, upload

UI = Path(__file__).parents[2] / "ui/src"
_PLACES = re.compile(r"const PLACES: readonly string\[\] = \[([^\]]*)\]")
ASIDE = ".inspect[tabindex='-1']"
"""Of the buttons that inspect messages one stops the Tab key; the arrows lead on."""


def places() -> list[str]:
    """Give the phone's own table of its rooms."""
    [found] = _PLACES.findall((UI / "phone/location.ts").read_text(encoding="utf-8"))
    return re.findall(r'"([^"]+)"', found)


def openable() -> set[str]:
    """Give every component of phone and stage that is opened, or comes and goes."""
    return components(UI / "phone") | components(UI / "stage")


def furnish(ground: Playground) -> None:
    """Have Posts, and a conversation with one of everything a message can carry."""
    ground.act(ACCOUNT, action="post", text="Read https://acme.example/news")
    link = f"https://x.com/messages/compose?recipient_id={ACCOUNT}"
    ground.act(ACCOUNT, action="post", text="Questions?", link=link)
    for text in ("Hello", "See https://acme.example/kettle", "Anybody there?"):
        ground.act(CUSTOMER, action="send_dm", to=ACCOUNT, text=text)
    options = [
        {"label": "Yes", "description": "It is", "metadata": "yes"},
        {"label": "No", "description": "It is not"},
    ]
    photo = {"type": "media", "media": {"id": upload(ground)}}
    buttons = [{"type": "web_url", "label": "Our shop", "url": "https://acme.example"}]
    send(ground, {"text": "Or that?", "ctas": buttons})
    asked = {"type": "options", "options": options}
    send(ground, {"text": "Is this it?", "attachment": photo, "quick_reply": asked})


def settled(page: Page, view: str = "") -> None:
    """Wait until nothing is still on its way; on a narrow page, in the view of that name."""
    views = page.get_by_role("navigation", name="View")
    if view and views.is_visible():
        views.get_by_role("button", name=view).click()
    room = page.locator("nav [aria-current=page]").first
    expect(room).to_be_attached(timeout=WITHIN_MS)
    if "Messages" in (room.text_content() or ""):
        expect(page.locator("[role=log]").first).to_be_attached(timeout=WITHIN_MS)
    for waits in ("Loading…", "Waiting for the simulator…", "Uploading…"):
        expect(page.get_by_text(waits)).to_have_count(0, timeout=WITHIN_MS)
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=WITHIN_MS)
    expect(page.locator("[data-testid=connection-state]:not([data-state=live])")).to_have_count(
        0, timeout=WITHIN_MS
    )


def rooms_of(page: Page, phone: str) -> list[Locator]:
    """Give the ways to all rooms of a phone, once they are there."""
    buttons = page.get_by_role("navigation", name=phone).get_by_role("button")
    expect(buttons).to_have_count(len(places()), timeout=WITHIN_MS)
    return buttons.all()


def in_front(page: Page, opener: Locator) -> Iterator[Opened]:
    """Open a dialog by what opens it, and leave it by Escape."""
    opener.press("Enter")
    expect(page.locator(MODAL)).to_be_visible(timeout=WITHIN_MS)
    is_in = page.evaluate(f"document.activeElement.closest('{MODAL}') !== null")

    def close() -> list[str]:
        page.keyboard.press("Escape")
        expect(page.locator(MODAL)).to_have_count(0, timeout=WITHIN_MS)
        return came_back(opener)

    yield Opened(MODAL, close, () if is_in else ("focus did not go into the dialog",))


def dialog(name: str) -> Opening:
    """Open a dialog by the first button of that name, where there is one."""

    def opening(page: Page) -> Iterator[Opened]:
        button = page.get_by_role("button", name=name).first
        if button.is_visible():
            yield from in_front(page, button)

    return opening


def drawer(name: str, *inner: Opening) -> Opening:
    """Open a drawer by its button, and what can be opened in it."""

    def opening(page: Page) -> Iterator[Opened]:
        controls = page.get_by_role("group", name="Controls")
        opener = controls.get_by_role("button", name=name)
        opener.press("Enter")
        expect(page.get_by_test_id(f"drawer-{name.lower()}")).to_be_visible(timeout=WITHIN_MS)
        for each in inner:
            yield from each(page)

        def close() -> list[str]:
            opener.focus()
            page.keyboard.press("Escape")
            expect(page.get_by_test_id(f"drawer-{name.lower()}")).to_have_count(0)
            return came_back(opener)

        yield Opened("", close)

    return opening


def view(name: str) -> Opening:
    """Look at what is selected in another way; its button stays where it is."""

    def opening(page: Page) -> Iterator[Opened]:
        button = page.get_by_test_id("inspector").get_by_role("button", name=name)
        if not button.is_visible():
            return
        button.press("Enter")
        expect(button).to_have_attribute("aria-pressed", "true")

        def close() -> list[str]:
            json = page.get_by_test_id("inspector").get_by_role("button", name="JSON")
            json.press("Enter")
            expect(json).to_have_attribute("aria-pressed", "true")
            return came_back(json)

        yield Opened("", close)

    return opening


def question(page: Page) -> Iterator[Opened]:
    """Follow an address of X that asks before it does something."""
    box = page.get_by_role("textbox", name="Address").first
    if box.is_visible():
        box.fill(f"https://x.com/intent/follow?user_id={ACCOUNT}")
        yield from in_front(page, box)


def file(page: Page) -> Iterator[Opened]:
    """Hang a picture on a message."""
    chooser = page.get_by_test_id("file")
    if chooser.count() == 0 or not page.get_by_role("textbox", name="Message").first.is_visible():
        return
    content = {"name": "a.png", "mimeType": "image/png", "buffer": samples.png(40, 30)}
    chooser.first.set_input_files(files=[content])
    expect(page.get_by_test_id("attached")).to_be_visible(timeout=WITHIN_MS)

    def close() -> list[str]:
        page.get_by_role("button", name="Remove a.png").press("Enter")
        expect(page.get_by_test_id("attached")).to_have_count(0)
        return kept(page)

    yield Opened("", close)


def line(page: Page) -> Iterator[Opened]:
    """Select a line of the log."""
    row = page.get_by_test_id("log-row").first.get_by_role("button")
    if row.count() == 0 or not row.is_visible():
        return
    row.press("Enter")
    follow = page.get_by_role("button", name="Follow latest")
    expect(follow).to_be_visible(timeout=WITHIN_MS)

    def close() -> list[str]:
        follow.press("Enter")
        expect(follow).to_have_count(0)
        return kept(page)

    yield Opened("", close)


PHONE: dict[str, Opening] = {
    "AddCustomer": dialog("Add customer"),
    "Drawer": drawer("Clock"),
    "Drawer, faults": drawer("Faults"),
    "Drawer, events": drawer("Events", dialog("Send a location…"), dialog("Add customer")),
    "Drawer, session": drawer("Session"),
    "ComposeSheet": dialog("Post as @"),
    "AskSheet": question,
    "AttachedFile": file,
    "StateDiff": view("State diff"),
    "Rendered": view("Rendered"),
    "Ledger": view("Ledger"),
    "LogRow": line,
}
"""How to open what can be open on the phone's page; none leaves anything behind."""

_INSPECTOR = {"StateDiff", "Rendered", "Ledger", "LogRow"}
STAGE = {name: opening for name, opening in PHONE.items() if name not in _INSPECTOR}
"""The same for the stage, which has no inspector and no log."""

NOT_OPENED = {
    "LocationSheet": "is opened from the drawer with events",
    "Attachment": "a part of a message",
    "Avatar": "a picture",
    "Buttons": "a part of a message",
    "ClockPanel": "a drawer",
    "Desk": "a pane of the stage",
    "Empty": "a conversation without messages",
    "Icon": "a picture, never alone",
    "Openers": "the buttons that open drawers",
    "Options": "a part of a message",
    "Profile": "a room",
    "Tabs": "the way to the rooms",
    "Verified": "a picture",
}
"""What comes and goes by itself, or by where one is."""


def walk_messages(page: Page) -> list[str]:
    """From the message that stops the Tab key, let the arrows lead to all others."""
    missed = []
    for log in page.get_by_role("log").all():
        inspects = log.locator(".inspect")
        if not log.is_visible() or inspects.count() == 0:
            continue
        inspects.last.focus()
        for one in reversed(inspects.all()):
            if not one.evaluate("(one) => document.activeElement === one"):
                missed.append("arrows do not reach " + (one.get_attribute("aria-label") or "?"))
            page.keyboard.press("ArrowUp")
    return missed
