"""Answers get lost, rows are left, pages loaded anew: nothing that was written is lost."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from playwright.sync_api import Page, Route, expect
from tests.browser.conftest import WITHIN_MS, Open, running_demo
from tests.browser.desk_demo import ACCOUNT, ADA, ALAN, GRACE, DeskDemo
from tests.browser.test_desk import enter, row, strip, thread, view, write
from tests.browser.test_desk_agents import BOT, AgentsDemo, opened, sent

pytestmark = pytest.mark.browser

ASK = "Not known whether this was handed over"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Generator[AgentsDemo]:
    folder = tmp_path_factory.mktemp("desk")
    file, go = folder / "helper_bot.py", folder / "go"
    file.write_text(BOT.format(go=str(go)))
    with running_demo(folder, ["--bot", str(file)]) as running:
        found = DeskDemo.of(running)
        for customer in (ADA, ALAN, GRACE):
            found.writes("hello", customer)
        yield AgentsDemo(found.x, found.sam, found.robin, go)


def answered(open_page: Open, link: str, customer: str) -> Page:
    """Open a conversation, once the bot has answered in it."""
    page = opened(open_page, link, customer)
    expect(thread(page)).to_contain_text("You said", timeout=WITHIN_MS)
    return page


def lose(route: Route) -> None:
    """Have the application do it, and lose its answer."""
    assert route.fetch().ok
    route.abort()


def test_what_could_not_be_read_once_is_read_as_soon_as_it_can(
    demo: AgentsDemo, open_page: Open
) -> None:
    page = answered(open_page, demo.sam, GRACE)
    write(page, "mine from now on")
    sent(page, "mine from now on")
    out: set[str] = set()

    def stumble(route: Route) -> None:
        path = route.request.url.partition("?")[0]
        if path in out:
            route.continue_()
            return
        out.add(path)
        refusal = {"code": "unavailable", "message": "The database is not available."}
        route.fulfill(status=503, json=refusal)

    for part in ("rows", "counts", f"{ACCOUNT}/{ACCOUNT}-{GRACE}/messages"):
        page.route(f"**/api/conversations/{part}*", stumble)
    demo.writes("after a stumble", GRACE)

    expect(thread(page)).to_contain_text("after a stumble", timeout=WITHIN_MS)
    expect(row(page, "Grace Hopper")).to_contain_text("after a stumble", timeout=WITHIN_MS)
    expect(page.get_by_text("Live", exact=True)).to_be_visible(timeout=WITHIN_MS)
    assert len(out) == 3


def test_what_may_have_been_taken_is_not_edited_or_cancelled_before_the_application_has_said(
    demo: AgentsDemo, open_page: Open
) -> None:
    page = answered(open_page, demo.sam, ADA)
    page.route("**/api/changes*", lambda route: route.abort())
    page.reload()
    expect(thread(page)).to_contain_text("You said", timeout=WITHIN_MS)
    page.clock.install()
    page.route("**/replies", lose)
    write(page, "lost, then edited")
    expect(thread(page)).to_contain_text(ASK, timeout=WITHIN_MS)
    page.clock.pause_at(page.evaluate("Date.now() + 1"))

    page.get_by_role("button", name="Edit", exact=True).click()

    expect(page.get_by_text("had been handed over already")).to_be_visible(timeout=WITHIN_MS)
    expect(page.get_by_role("textbox", name="Reply")).to_have_value("")
    expect(thread(page).get_by_text("lost, then edited")).to_have_count(1)
    expect(page.get_by_text(ASK)).to_have_count(0)
    phone = open_page(f"{demo.x}/_sim/phone#customer={ADA}")
    log = phone.get_by_role("log", name="Conversation")
    expect(log.get_by_text("lost, then edited")).to_have_count(1, timeout=WITHIN_MS)
    assert demo.n_said("lost, then edited") == 1


def test_what_never_arrived_can_be_cancelled_and_does_not_arrive_later(
    demo: AgentsDemo, open_page: Open
) -> None:
    page = answered(open_page, demo.sam, ADA)
    page.clock.install()
    keys: list[str] = []

    def swallow(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        route.abort()

    page.route("**/replies", swallow)
    write(page, "never arrived")
    expect(thread(page)).to_contain_text(ASK, timeout=WITHIN_MS)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text(ASK)).to_have_count(0, timeout=WITHIN_MS)

    late = page.evaluate(
        """async ([path, key]) => {
          const me = await (await fetch('/api/session')).json()
          const headers = {
            'x-roost-csrf': me.csrf, 'idempotency-key': key, 'content-type': 'application/json',
          }
          const body = JSON.stringify({text: 'never arrived', may_undo: true})
          return (await fetch(path, {method: 'POST', headers, body})).status
        }""",
        [f"/api/conversations/{ACCOUNT}/{ACCOUNT}-{ADA}/replies?late", keys[0]],
    )

    assert late == 409
    assert demo.n_said("never arrived") == 0


def test_a_reply_that_was_not_handed_over_outlives_another_row_and_a_reload(
    demo: AgentsDemo, open_page: Open
) -> None:
    page = answered(open_page, demo.sam, ALAN)
    page.route("**/replies", lambda route: route.abort())
    write(page, "on its way through a tunnel")
    expect(thread(page)).to_contain_text(ASK, timeout=WITHIN_MS)

    row(page, "Grace Hopper").click()
    expect(thread(page)).not_to_contain_text("tunnel", timeout=WITHIN_MS)
    row(page, "Alan Turing").click()
    expect(thread(page)).to_contain_text("on its way through a tunnel", timeout=WITHIN_MS)
    page.reload()
    expect(thread(page)).to_contain_text("on its way through a tunnel", timeout=WITHIN_MS)
    expect(thread(page)).to_contain_text(ASK)
    row(page, "Grace Hopper").click()
    page.unroute("**/replies")

    row(page, "Alan Turing").click()
    sent(page, "on its way through a tunnel")
    expect(page.get_by_text(ASK)).to_have_count(0)
    assert demo.n_said("on its way through a tunnel") == 1
    assert page.evaluate("Object.keys(localStorage).filter(key => /unsent/.test(key))") == []


def test_a_half_written_note_outlives_another_row_and_a_reload(
    demo: AgentsDemo, open_page: Open
) -> None:
    page = answered(open_page, demo.sam, GRACE)
    expect(page.get_by_label("Speak as")).to_be_visible(timeout=WITHIN_MS)
    page.get_by_role("radio", name="Note").check()
    page.get_by_role("textbox", name="Note").fill("ask the wareh")
    row(page, "Alan Turing").click()
    expect(strip(page)).to_be_visible(timeout=WITHIN_MS)
    row(page, "Grace Hopper").click()
    note = page.get_by_role("textbox", name="Note")
    expect(note).to_have_value("ask the wareh", timeout=WITHIN_MS)
    note.fill("ask the warehouse")
    page.reload()
    expect(note).to_have_value("ask the warehouse", timeout=WITHIN_MS)

    page.get_by_role("button", name="Add note").click()

    expect(page.get_by_test_id("note").last).to_contain_text("ask the warehouse")
    page.reload()
    expect(page.get_by_role("textbox", name="Reply")).to_have_value("", timeout=WITHIN_MS)
    page.get_by_role("radio", name="Note").check()
    expect(note).to_have_value("")


def test_what_is_written_before_the_draft_has_come_is_kept_too(
    demo: AgentsDemo, open_page: Open
) -> None:
    page = answered(open_page, demo.sam, GRACE)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/composer", hold)
    page.reload()
    page.get_by_role("textbox", name="Reply").fill("sooner than the draft")
    page.wait_for_timeout(1_000)  # longer than a change waits until it is kept

    with page.expect_response(lambda answer: answer.url.endswith("/draft") and answer.ok):
        for route in held:
            route.continue_()

    page.unroute("**/composer")
    page.reload()
    expect(page.get_by_role("textbox", name="Reply")).to_have_value("sooner than the draft")
    with page.expect_response(lambda answer: answer.url.endswith("/draft") and answer.ok):
        page.get_by_role("textbox", name="Reply").fill("")


def test_of_two_pages_with_one_draft_only_one_can_send_it(
    demo: AgentsDemo, open_page: Open
) -> None:
    one = answered(open_page, demo.sam, GRACE)
    with one.expect_response(lambda answer: answer.url.endswith("/draft") and answer.ok):
        one.get_by_role("textbox", name="Reply").fill("written once")
    two = one.context.new_page()
    two.goto(one.url)
    for page in (one, two):
        expect(page.get_by_role("textbox", name="Reply")).to_have_value("written once")

    two.get_by_role("button", name="Send", exact=True).click()

    expect(one.get_by_role("textbox", name="Reply")).to_have_value("", timeout=WITHIN_MS)
    sent(one, "written once")
    assert demo.n_said("written once") == 1


def test_an_open_page_follows_what_its_person_may_do(demo: AgentsDemo, open_page: Open) -> None:
    page, admin = answered(open_page, demo.robin, ADA), enter(open_page, demo.sam)
    change = """async (rights) => {
      const me = await (await fetch('/api/session')).json()
      const people = (await (await fetch('/api/people')).json()).people
      const robin = people.find((one) => one.login.startsWith('robin'))
      const headers = {'x-roost-csrf': me.csrf, 'content-type': 'application/json'}
      const body = JSON.stringify({name: robin.name, role: 'agent', is_active: true, ...rights})
      return (await fetch(`/api/people/${robin.person_id}`, {method: 'PUT', headers, body})).status
    }"""
    expect(row(page, "Ada Lovelace")).to_be_visible(timeout=WITHIN_MS)

    assert admin.evaluate(change, {"accounts": ["77"]}) == 204

    expect(row(page, "Ada Lovelace")).to_have_count(0, timeout=WITHIN_MS)
    expect(page.get_by_text("not yours to see")).to_be_visible(timeout=WITHIN_MS)
    expect(page.get_by_role("textbox", name="Reply")).to_have_count(0)
    assert admin.evaluate(change, {"accounts": None, "name": "Robin Otherwise"}) == 204
    expect(row(page, "Ada Lovelace")).to_be_visible(timeout=WITHIN_MS)
    expect(thread(page)).to_contain_text("You said", timeout=WITHIN_MS)
    view(admin, "All")
    row(admin, "Ada Lovelace").click()
    expect(admin.get_by_label("Assigned to")).to_contain_text("Robin Otherwise", timeout=WITHIN_MS)
