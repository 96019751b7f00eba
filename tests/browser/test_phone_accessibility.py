"""Nobody is kept out of the phone: axe finds nothing in any room, drawer or dialog."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.playground import ACCOUNT, CUSTOMER, playground
from tests.browser.test_phone_media import a_photo, attach, send, upload

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def ground():
    with playground() as one:
        one.act(ACCOUNT, action="post", text="Read https://acme.example/news")
        link = f"https://x.com/messages/compose?recipient_id={ACCOUNT}"
        one.act(ACCOUNT, action="post", text="Questions?", link=link)
        one.act(CUSTOMER, action="send_dm", to=ACCOUNT, text="Hello")
        options = [
            {"label": "Yes", "description": "It is", "metadata": "yes"},
            {"label": "No", "description": "It is not"},
        ]
        send(
            one,
            {
                "text": "Is this it? https://acme.example/kettle",
                "attachment": {"type": "media", "media": {"id": upload(one)}},
                "quick_reply": {"type": "options", "options": options},
            },
        )
        buttons = [{"type": "web_url", "label": "Follow us", "url": "https://acme.example"}]
        send(one, {"text": "Or this?", "ctas": buttons})
        yield one


def assert_clean(page: Page) -> None:
    options = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "best-practice"]}
    found = Axe().run(page, options=options)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 380])
def test_axe_finds_nothing(ground, open_page: Open, scheme: str, width: int) -> None:
    page = open_page(
        ground.phone,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    expect(page.get_by_role("link", name="Follow us")).to_be_visible(timeout=WITHIN_MS)
    attach(page, "a.png", a_photo())
    expect(page.get_by_test_id("attached")).to_be_visible()
    assert_clean(page)
    for place in ("Profile", "Web page"):
        page.get_by_role("navigation", name="Phone").get_by_role("button", name=place).click()
        expect(page.get_by_role("region", name=place)).to_be_visible()
        assert_clean(page)
    for name in ("Clock", "Faults", "Events"):
        page.get_by_role("group", name="Controls").get_by_role("button", name=name).click()
        expect(page.get_by_test_id(f"drawer-{name.lower()}")).to_be_visible()
        assert_clean(page)
    page.get_by_role("button", name="Send a location…").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert_clean(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Mention…").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert_clean(page)
