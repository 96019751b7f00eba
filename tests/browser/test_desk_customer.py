"""Who the customer is, beside the thread or above it, in light and dark, by keys alone."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Route, expect
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.desk_demo import ACCOUNT, ADA, ALAN, DeskDemo, desk_demo
from tests.browser.test_desk import enter, row, thread, view
from tests.samples import png

pytestmark = pytest.mark.browser

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 380, "height": 780}
AT = "2026-03-01T12:00:00Z"
LONG = {
    "name": "Wolfeschlegelsteinhausenbergerdorff" * 3,
    "description": "parcels" * 40,
    "location": "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
    "website": f"https://example.com/{'x' * 90}",
    "has_picture": True,
    "is_verified": True,
    "is_protected": True,
}
ARABIC = {"name": "محمد بن عبد الله", "description": "مرحبا، أنا أحب الطرود 123"}
POST = {"kind": "post", "at": AT, "x_id": "7", "name": "", "text": "x" * 200, "event_key": ""}
UNKNOWN = {"name": "", "screen_name": "", "followers": None, "joined_at": None, "told_at": None}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory):
    with desk_demo(tmp_path_factory.mktemp("desk")) as one:
        one.act(ADA, action="follow", to=ACCOUNT)
        one.act(ADA, action="post", text="where is my parcel?", to=ACCOUNT, kind="mention")
        one.writes("hello", ADA)
        one.writes("good morning", ALAN)
        yield one


def opened(page: Page, name: str = "Ada Lovelace") -> Locator:
    """Open a conversation; give the panel, which a narrow page does not show."""
    view(page, "All")
    row(page, name).click(timeout=WITHIN_MS)
    expect(thread(page)).to_contain_text("What can I do?", timeout=WITHIN_MS)
    return page.get_by_test_id("customer")


def button(page: Page) -> Locator:
    return page.get_by_role("button", name="Customer panel (P)")


def told_otherwise(page: Page, profile: dict[str, object], **more: object) -> None:
    """Let the application say something else of every customer."""

    def answer(route: Route) -> None:
        response = route.fetch()
        panel = response.json()
        route.fulfill(json={**panel, **more, "profile": panel["profile"] | profile})

    page.route("**/customer", answer)
    page.route(
        "**/customer/picture",
        lambda route: route.fulfill(body=png(73, 73), content_type="image/png"),
    )


def check(page: Page) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    overflows = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(overflows)


def test_the_panel_says_who_the_customer_is_and_what_they_did(
    demo: DeskDemo, open_page: Open
) -> None:
    desk = enter(open_page, demo.sam, viewport=WIDE)
    panel = opened(desk)

    expect(panel).to_contain_text("As X told it on", timeout=WITHIN_MS)
    link = panel.get_by_role("link", name="Profile on X")
    expect(link).to_have_attribute("href", "https://x.com/ada")
    history = panel.get_by_test_id("history")
    expect(history).to_contain_text("where is my parcel?", timeout=WITHIN_MS)
    expect(history.get_by_role("listitem")).to_have_count(2)
    expect(history.get_by_role("listitem").last).to_contain_text("Followed us")
    history.get_by_role("listitem").last.get_by_role("link").click()
    expect(desk).to_have_url(re.compile(f"/desk/activity/event/{ACCOUNT}/followed/"))
    expect(desk.get_by_text("received", exact=False).first).to_be_visible(timeout=WITHIN_MS)


def test_what_is_noted_tagged_and_resolved_shows_at_once(demo: DeskDemo, open_page: Open) -> None:
    desk = enter(open_page, demo.sam, viewport=WIDE)
    panel = opened(desk, "Alan Turing")
    expect(panel.get_by_text("No notes.")).to_be_visible(timeout=WITHIN_MS)

    desk.get_by_text("Note", exact=True).click()
    desk.get_by_role("textbox", name="Note").fill("prefers the evening")
    desk.get_by_role("button", name="Add note").click()
    expect(panel).to_contain_text("prefers the evening", timeout=WITHIN_MS)
    desk.get_by_label("Add a tag").fill("vip")
    desk.get_by_label("Add a tag").press("Enter")
    expect(panel.get_by_role("link", name="#vip")).to_be_visible(timeout=WITHIN_MS)
    desk.get_by_role("button", name="Resolve", exact=True).click()
    episode = panel.get_by_role("button", name="good morning")
    expect(episode).to_contain_text("resolved by Sam Carter", timeout=WITHIN_MS)
    episode.click()

    message = thread(desk).locator("[id^=message-]", has_text="good morning")
    expect(message).to_be_focused(timeout=WITHIN_MS)


DRAWN_TWICE = """() => new Promise((go) =>
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(go))))"""


def test_p_and_escape_show_and_hide_it_without_a_mouse(demo: DeskDemo, open_page: Open) -> None:
    desk = enter(open_page, demo.sam, viewport=WIDE)
    panel = opened(desk)
    expect(panel).to_contain_text("What became of this", timeout=WITHIN_MS)
    desk.keyboard.press("p")
    expect(panel).to_have_count(0)
    expect(button(desk)).to_have_attribute("aria-expanded", "false")

    desk.set_viewport_size({"width": 1100, "height": 800})
    desk.wait_for_function("() => !matchMedia('(min-width: 1400px)').matches")
    desk.evaluate(DRAWN_TWICE)  # the page hears of its new width when it is drawn
    desk.keyboard.press("p")
    expect(desk.get_by_role("dialog", name="Customer")).to_be_visible(timeout=WITHIN_MS)
    for name in ("Close", "Profile on X", "What became of this"):
        _tab_to(desk, name)
    desk.keyboard.press("Escape")

    expect(panel).to_have_count(0)
    expect(thread(desk)).to_be_visible()


def _tab_to(page: Page, name: str) -> None:
    focused = (
        "document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText"
    )
    seen: list[str] = []
    while not any(name in one for one in seen):
        assert len(seen) < 20, f"{name} is not among {seen}"
        page.keyboard.press("Tab")
        seen.append(page.evaluate(focused))


LOOKS = {
    "wide": {"viewport": WIDE, "color_scheme": "light"},
    "narrow": {"viewport": NARROW, "color_scheme": "light"},
    "wide dark": {"viewport": WIDE, "color_scheme": "dark"},
    "narrow dark": {"viewport": NARROW, "color_scheme": "dark"},
}


@pytest.mark.parametrize(
    ("kind", "look"),
    [*(("long", look) for look in LOOKS), ("arabic", "narrow dark"), ("unknown", "wide")],
)
def test_it_is_whole_and_clean_whoever_the_customer_is(
    demo: DeskDemo, open_page: Open, look: str, kind: str
) -> None:
    desk = enter(open_page, demo.sam, **LOOKS[look])
    profile = {"long": LONG, "arabic": ARABIC, "unknown": UNKNOWN}[kind]
    more = {} if kind == "unknown" else {"beginning": {**POST, "is_ours": False}}
    told_otherwise(desk, profile, **more)
    panel = opened(desk)
    if kind != "unknown":
        expect(desk.get_by_test_id("beginning")).to_contain_text("A Post", timeout=WITHIN_MS)
    check(desk)
    if look.startswith("narrow"):
        button(desk).click()
    expect(panel).to_contain_text("User id", timeout=WITHIN_MS)
    expect(panel).to_contain_text("Followed us", timeout=WITHIN_MS)
    if kind == "unknown":
        expect(panel).to_contain_text("X has not described this customer yet")
        expect(panel.get_by_role("heading", name=ADA)).to_be_visible()

    check(desk)
    region = panel.get_by_role("region")
    assert not region.evaluate("one => one.scrollWidth > one.clientWidth")
