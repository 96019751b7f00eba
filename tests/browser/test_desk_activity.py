"""Why the bot did not answer: each of six causes is named on the pages for admins."""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.browser.conftest import WITHIN_MS, Open, running_demo
from tests.browser.desk_demo import ACCOUNT, ADA, ALAN, GRACE, DeskDemo
from tests.browser.test_desk import enter, row, strip, thread, view

pytestmark = pytest.mark.browser

BOT = """
from roost import Bot, Chat
bot = Bot("helper")

@bot.on_message()
async def answer(chat: Chat, text: str) -> None:
    if text == "break":
        raise LookupError("no such order")
    await chat.say(f"You said {text}")
"""
SEND, LIST = {"route": "dm.events.new"}, {"route": "dm.events.list"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Generator[DeskDemo]:
    folder = tmp_path_factory.mktemp("activity")
    file: Path = folder / "helper_bot.py"
    file.write_text(BOT)
    with running_demo(folder, ["--bot", str(file)]) as running:
        yield DeskDemo.of(running)


def activity(page: Page) -> None:
    """Go to the list of everything that came in."""
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Activity").click()
    expect(page.get_by_role("heading", name="Activity", exact=True)).to_be_visible(
        timeout=WITHIN_MS
    )


def cause(page: Page, text: str) -> None:
    """See why there is no answer, on the page of an event."""
    why = page.get_by_role("region", name="Why there is no answer")
    expect(why).to_contain_text(text, timeout=WITHIN_MS)


def opened(open_page: Open, demo: DeskDemo, customer: str) -> Page:
    page = enter(open_page, demo.sam)
    view(page, "All")
    row(page, customer).click(timeout=WITHIN_MS)
    expect(strip(page)).to_be_visible(timeout=WITHIN_MS)
    return page


def inspect_silence(page: Page) -> None:
    page.get_by_test_id("silence").get_by_role("link", name="Why?").click(timeout=WITHIN_MS)


def test_an_answered_message_leads_to_its_whole_line_and_bytes(
    demo: DeskDemo, open_page: Open
) -> None:
    demo.writes("hello", GRACE)
    page = opened(open_page, demo, "Grace Hopper")
    expect(thread(page)).to_contain_text("You said hello", timeout=WITHIN_MS)

    thread(page).get_by_role("link", name="What became of this").first.click()

    for step in ("received", "verified", "stored", "turn", "decided", "outbox", "sent", "echo"):
        expect(page.locator(f"[data-step={step}]")).to_have_attribute(
            "data-state", "done", timeout=WITHIN_MS
        )
    expect(page.get_by_role("group", name=re.compile("As received"))).to_contain_text(
        '"for_user_id": "1001"'
    )
    page.get_by_role("link", name="Open conversation").click()
    expect(thread(page)).to_contain_text("You said hello", timeout=WITHIN_MS)


def test_a_wrong_secret_is_named(demo: DeskDemo, open_page: Open) -> None:
    page = enter(open_page, demo.sam)
    activity(page)

    with demo.misbehaving({"effect": "corrupt_signature", "match": {"user": ACCOUNT}}):
        demo.writes("who signs?", ALAN)
        refused = page.get_by_role("list", name="What came in").locator("[data-status=rejected]")
        expect(refused.first).to_contain_text("Wrong secret", timeout=WITHIN_MS)

    page.get_by_label("Status").select_option("Rejected")
    expect(page.locator("[data-status=processed]")).to_have_count(0, timeout=WITHIN_MS)
    some = re.compile("refused request", re.IGNORECASE)
    expect(refused.first).to_contain_text(some, timeout=WITHIN_MS)


def test_a_failed_handler_is_named_and_its_event_reprocessed(
    demo: DeskDemo, open_page: Open
) -> None:
    page = enter(open_page, demo.sam)
    demo.writes("break", ADA)
    activity(page)
    page.get_by_label("Status").select_option("Quarantined")
    failed = page.locator("[data-status=quarantined]")
    expect(failed.first).to_contain_text("v1.1", timeout=WITHIN_MS)
    expect(failed.first).to_contain_text("1 attempt")
    failed.get_by_role("link").first.click(timeout=WITHIN_MS)

    cause(page, "handler failed")
    cause(page, "no such order")
    page.get_by_role("button", name="Reprocess").click()

    expect(page.get_by_role("status")).to_contain_text("once more", timeout=WITHIN_MS)
    cause(page, "handler failed")


def test_a_conversation_of_an_agents_is_named(demo: DeskDemo, open_page: Open) -> None:
    demo.writes("first", ALAN)
    page = opened(open_page, demo, "Alan Turing")
    page.get_by_role("button", name="Take over").click()
    expect(strip(page)).to_have_attribute("data-control", "agent", timeout=WITHIN_MS)
    demo.writes("are you there?", ALAN)
    expect(thread(page)).to_contain_text("are you there?", timeout=WITHIN_MS)

    inspect_silence(page)

    cause(page, "An agent has the conversation")


def test_an_uncertain_send_is_named(demo: DeskDemo, open_page: Open) -> None:
    page = opened(open_page, demo, "Grace Hopper")
    lost = {"effect": "reset", "when": "before", "match": SEND}
    unseen = {"effect": "status", "code": 131, "match": LIST}
    with demo.misbehaving(lost, unseen):
        demo.writes("is it sent?", GRACE)
        waiting = thread(page).locator("article").filter(has_text="You said is it sent?")
        expect(waiting).to_be_visible(timeout=WITHIN_MS)
        waiting.get_by_role("link", name="What became of this").click()

        cause(page, "Uncertain")
        expect(page.locator("[data-step=sent]")).to_have_attribute("data-state", "failed")


def test_a_missing_subscription_is_named_and_mended(demo: DeskDemo, open_page: Open) -> None:
    page = enter(open_page, demo.sam)
    activity(page)
    page.get_by_role("link", name="Connections").click()
    page.get_by_role("button", name="Remove subscription @acme").click(timeout=WITHIN_MS)
    question = page.get_by_role("group", name="Remove it, so that X delivers nothing")
    expect(question.get_by_role("button")).to_have_text(["Yes, remove", "Keep it"])
    question.get_by_role("button", name="Keep it").click(timeout=WITHIN_MS)
    expect(page.get_by_text("Not subscribed")).to_have_count(0)
    page.get_by_role("button", name="Remove subscription").click(timeout=WITHIN_MS)
    page.get_by_role("button", name="Yes, remove").click(timeout=WITHIN_MS)
    expect(page.locator("[data-subscribed=false]")).to_be_visible(timeout=WITHIN_MS)

    page.get_by_role("link", name="Events").click()

    trouble = page.locator("[data-trouble=not_subscribed]")
    expect(trouble).to_contain_text("No subscription", timeout=WITHIN_MS)
    page.get_by_role("link", name="Connections").click()
    page.get_by_role("button", name="Add subscription").click(timeout=WITHIN_MS)
    expect(page.locator("[data-subscribed=true]")).to_be_visible(timeout=WITHIN_MS)


@pytest.mark.parametrize("width", [1280, 380])
def test_what_stands_beside_a_question_stays_where_it_is(
    demo: DeskDemo, open_page: Open, *, width: int
) -> None:
    page = enter(open_page, demo.sam, viewport={"width": width, "height": 800})
    activity(page)
    page.get_by_role("link", name="Connections").click()
    beside = page.get_by_role("button", name="Register")
    before = beside.bounding_box(timeout=WITHIN_MS)

    page.get_by_role("button", name="Delete").click(timeout=WITHIN_MS)

    question = page.get_by_role("group", name="Delete the webhook and its subscriptions?")
    expect(question.get_by_role("button")).to_have_text(["Yes, delete", "Keep it"])
    assert beside.bounding_box() == before
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    question.get_by_role("button", name="Keep it").click()


def test_a_rate_limit_is_named(demo: DeskDemo, open_page: Open) -> None:
    page = opened(open_page, demo, "Ada Lovelace")
    with demo.misbehaving({"effect": "rate_limit", "seconds": 900, "match": SEND}):
        demo.writes("how long?", ADA)
        waiting = thread(page).locator("article").filter(has_text="You said how long?")
        expect(waiting).to_contain_text("rate limit", timeout=WITHIN_MS)
        waiting.get_by_role("link", name="What became of this").click()

        cause(page, "Rate limit")
        cause(page, "Until")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 380])
def test_axe_finds_nothing_on_these_pages(
    demo: DeskDemo, open_page: Open, *, width: int, scheme: str
) -> None:
    page = enter(open_page, demo.sam, viewport={"width": width, "height": 800}, color_scheme=scheme)
    activity(page)
    expect(page.get_by_role("list", name="What came in")).to_be_visible(timeout=WITHIN_MS)
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=WITHIN_MS)
    _check(page)
    page.get_by_role("list", name="What came in").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Its line")).to_be_visible(timeout=WITHIN_MS)
    _check(page)
    page.get_by_role("link", name="Connections").click()
    expect(page.locator("[data-subscribed]")).to_be_visible(timeout=WITHIN_MS)
    _check(page)
    page.get_by_role("link", name="API keys").click()
    page.get_by_label("Name of the key").fill("reports")
    page.get_by_role("button", name="Make a key").click()
    expect(page.get_by_label("The key", exact=True)).to_have_value(
        re.compile("^roost_[-_A-Za-z0-9]{43}$"), timeout=WITHIN_MS
    )
    _check(page)
    page.get_by_role("button", name="Revoke reports").first.click()
    expect(page.get_by_text("revoked").first).to_be_visible(timeout=WITHIN_MS)


def _check(page: Page) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    is_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(is_wide)
