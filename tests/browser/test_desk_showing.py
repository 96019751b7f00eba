"""Typing and read marks, both ways: what customers do shows here, what agents do shows at X."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.desk_demo import ACCOUNT, ADA, ALAN, GRACE, DeskDemo, desk_demo
from tests.browser.test_desk import enter, row, strip, thread, view, write

pytestmark = pytest.mark.browser

IS_IN_LEDGER = """async (wanted) => {
  const rows = (await (await fetch('/_sim/ledger')).text()).split('\\n').filter((row) => row)
  return rows.map((row) => JSON.parse(row)).some((one) =>
    Object.entries(wanted).every(([name, value]) => one[name] === value))
}"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory):
    with desk_demo(tmp_path_factory.mktemp("desk")) as one:
        yield one


def shown_at_x(watch: Page, kind: str, **between: str) -> None:
    """Wait until somebody has shown somebody that, by the simulator's truth log."""
    watch.wait_for_function(IS_IN_LEDGER, arg={"kind": kind, **between}, timeout=WITHIN_MS)


def opened(open_page: Open, demo: DeskDemo, customer: str, name: str) -> Page:
    demo.writes("hello", customer)
    page = enter(open_page, demo.sam)
    view(page, "All")
    row(page, name).click(timeout=WITHIN_MS)
    expect(thread(page)).to_contain_text("What can I do?", timeout=WITHIN_MS)
    return page


def test_a_customers_typing_and_reading_show(demo: DeskDemo, open_page: Open) -> None:
    page = opened(open_page, demo, ADA, "Ada Lovelace")
    ours = thread(page).locator("[data-speaker=bot]").first

    demo.act(ADA, action="typing", to=ACCOUNT)
    expect(page.get_by_test_id("typing")).to_have_text(
        "Ada Lovelace is typing …", timeout=WITHIN_MS
    )
    demo.writes("a person, please")
    expect(thread(page)).to_contain_text("a person, please", timeout=WITHIN_MS)
    expect(page.get_by_test_id("typing")).to_have_text("")
    expect(ours.locator("[data-state]")).to_have_attribute("data-state", "sent")

    demo.act(ADA, action="read", to=ACCOUNT)
    expect(ours.locator("[data-state]")).to_have_attribute("data-state", "read", timeout=WITHIN_MS)
    expect(ours).to_contain_text("Read by the customer")
    write(page, "I am here now")
    expect(thread(page).locator("[data-speaker=person]").locator("[data-state]")).to_have_attribute(
        "data-state", "sent", timeout=WITHIN_MS
    )


def test_an_agents_typing_and_reading_are_shown_at_x_and_notes_are_not(
    demo: DeskDemo, open_page: Open
) -> None:
    page = opened(open_page, demo, GRACE, "Grace Hopper")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    watch = open_page(f"{demo.x}/_sim/health")

    strip(page).get_by_role("button", name="Take over").click()

    shown_at_x(watch, "read", reader_id=ACCOUNT, writer_id=GRACE)
    expect(strip(page)).to_have_attribute("data-control", "agent", timeout=WITHIN_MS)
    page.get_by_role("radio", name="Note").check()
    page.get_by_role("textbox", name="Note").press_sequentially("a note")
    assert "typing" not in asked
    page.get_by_role("radio", name="Reply").check()
    page.get_by_role("textbox", name="Reply").press_sequentially("Hi")
    shown_at_x(watch, "typing", sender_id=ACCOUNT, recipient_id=GRACE)


def test_a_conversation_opened_before_its_first_message_shows_it(
    demo: DeskDemo, open_page: Open
) -> None:
    desk = enter(open_page, demo.sam)
    desk.goto(f"{demo.sam.partition('/enter')[0]}/all/{ACCOUNT}/{ACCOUNT}-{ALAN}")
    expect(desk.get_by_text("There is no such conversation")).to_be_visible(timeout=WITHIN_MS)

    demo.writes("hello", ALAN)

    expect(thread(desk)).to_contain_text("hello", timeout=WITHIN_MS)
    expect(desk.get_by_role("textbox", name="Reply")).to_be_visible(timeout=WITHIN_MS)
