"""What customers and colleagues write is text at the desk, whatever it would be elsewhere."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.desk_demo import ACCOUNT, DeskDemo, desk_demo
from tests.browser.payloads import LISTEN, PAYLOADS, check_nothing_ran
from tests.browser.test_desk import enter, thread

from roost.model.ids import UserId, conversation_between

pytestmark = pytest.mark.browser

CALL = """async ([method, path, body, key]) => {
  const me = await (await fetch('/api/session')).json()
  const answer = await fetch(path, {method, body: JSON.stringify(body), headers: {
    'content-type': 'application/json', 'x-roost-csrf': me.csrf, 'idempotency-key': key}})
  return [answer.status, await answer.text()]
}"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory):
    with desk_demo(tmp_path_factory.mktemp("desk")) as one:
        yield one


def customer(demo: DeskDemo, number: int, payload: str) -> str:
    """Have a new customer of that name write that; give the conversation's path in the API."""
    user = {"screen_name": f"payload{number}", "name": payload}
    request = urllib.request.Request(
        f"{demo.x}/_sim/users",
        data=json.dumps(user).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=WITHIN_MS / 1_000) as answer:
        user_id = json.load(answer)["user_id"]
    demo.writes(payload, user_id)
    here = conversation_between(UserId(ACCOUNT), UserId(user_id))
    return f"/api/conversations/{ACCOUNT}/{here}"


def call(page: Page, method: str, path: str, body: Mapping[str, Any], *, within: range) -> int:
    """Ask the desk's API for something, as its page does."""
    status, text = page.evaluate(CALL, [method, path, body, f"{method} {path}"])
    assert status in within, (method, path, body, text)
    return status


def write_everywhere(page: Page, here: str, payload: str) -> None:
    """Put a payload into every field that colleagues fill in; limits are kept, or said."""
    label, done = payload[:36], range(200, 300)
    leads = {"label": label, "url": "https://example.com/?" + urllib.parse.quote(payload)}
    reply = {
        "text": payload,
        "quick_replies": [{"label": label, "metadata": payload, "description": payload}],
        "buttons": [leads],
        "speak": "account",
    }
    call(page, "POST", f"{here}/replies", reply, within=done)
    call(page, "POST", f"{here}/notes", {"text": payload}, within=done)
    call(page, "POST", f"{here}/tags", {"tags": [payload]}, within=done)
    runs = {"text": "x", "buttons": [{"label": "x", "url": "javascript:__hit=1"}]}
    call(page, "POST", f"{here}/replies", runs, within=range(422, 423))
    call(page, "PUT", f"{here}/draft", {"text": payload, "buttons": []}, within=done)


def test_the_payloads_would_run_where_text_is_taken_for_markup(chromium: Browser) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.set_content("<p id=place></p>")

    page.evaluate("(text) => { place.innerHTML = text }", PAYLOADS["image"])

    page.wait_for_function("window.__hit === 1", timeout=WITHIN_MS)
    context.close()


def test_nothing_that_anybody_writes_is_run_at_the_desk(demo: DeskDemo, open_page: Open) -> None:
    assert len(PAYLOADS) >= 20
    desk = enter(open_page, demo.sam, viewport={"width": 1440, "height": 900})
    desk.add_init_script(LISTEN)
    for number, payload in enumerate(PAYLOADS.values()):
        here = customer(demo, number, payload)
        desk.wait_for_function(
            "async (path) => (await fetch(path)).ok", arg=here, timeout=WITHIN_MS
        )
        write_everywhere(desk, here, payload)
        canned = f"/api/accounts/{ACCOUNT}/canned/{number:032x}"
        call(desk, "PUT", canned, {"name": f"c{number}", "text": payload}, within=range(200, 300))
        desk.goto(here.replace("/api/conversations", f"{demo.sam.partition('/enter')[0]}/all"))
        expect(thread(desk).locator("[data-speaker=customer]").first).to_contain_text(
            payload, timeout=WITHIN_MS
        )
        expect(thread(desk).locator("[data-speaker=person]").first).to_contain_text(
            payload, timeout=WITHIN_MS
        )
        expect(desk.get_by_test_id("note").last).to_contain_text(payload, timeout=WITHIN_MS)
        expect(desk.get_by_role("textbox", name="Reply")).to_have_value(payload, timeout=WITHIN_MS)
        expect(desk.get_by_test_id("customer")).to_contain_text(payload, timeout=WITHIN_MS)
        check_nothing_ran(desk)

    desk.get_by_role("button", name="Settings").click()
    expect(desk.get_by_role("dialog", name="Settings")).to_contain_text(
        PAYLOADS["image"], timeout=WITHIN_MS
    )
    check_nothing_ran(desk)
