"""What customers and colleagues write is text at the desk, whatever it would be elsewhere."""

from __future__ import annotations

import json
import secrets
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests import samples, wire_types
from tests.browser import desk_places
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.described import Requests
from tests.browser.desk_demo import ACCOUNT, DeskDemo, desk_demo
from tests.browser.payloads import (
    LISTEN,
    PAYLOADS,
    TOGETHER,
    check_nothing_ran,
)
from tests.browser.test_desk import enter, thread

from roost.model.ids import UserId, conversation_between

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

CALL = """async ([method, path, body, key]) => {
  const me = await (await fetch('/api/session')).json()
  const answer = await fetch(path, {method, body: JSON.stringify(body), headers: {
    'content-type': 'application/json', 'x-roost-csrf': me.csrf, 'idempotency-key': key}})
  return [answer.status, await answer.text()]
}"""


ACCOUNT_PATH = f"/api/accounts/{ACCOUNT}"
UPLOAD = """async ([path, bytes]) => {
  const me = await (await fetch('/api/session')).json()
  const answer = await fetch(path, {method: 'POST', body: new Uint8Array(bytes), headers: {
    'content-type': 'image/png', 'x-roost-csrf': me.csrf}})
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


UNTIL_THERE = """async (path) => {
  for (let n = 0; n < 300; n++) {
    if ((await fetch(path)).ok) return true
    await new Promise((go) => setTimeout(go, 100))
  }
  return false
}"""

DONE, REFUSED = range(200, 300), range(400, 500)


@dataclass
class Writer:
    """Asks the desk's API for something, as its page does, and keeps where payloads were."""

    page: Page
    requests: Requests = field(default_factory=lambda: Requests(wire_types.description()))

    def call(self, method: str, path: str, body: object, *, within: range = DONE) -> Any:
        """Make a change; gives what is answered."""
        self.requests.note(method, path, body)
        status, text = self.page.evaluate(CALL, [method, path, body, secrets.token_hex(16)])
        assert status in within, (method, path, body, text)
        return json.loads(text) if text.startswith("{") else text

    def uploaded(self) -> str:
        """Hand a picture to X; give its id."""
        path = f"{ACCOUNT_PATH}/media"
        status, text = self.page.evaluate(UPLOAD, [path, list(samples.png(40, 30))])
        assert status in DONE, text
        return json.loads(text)["media_id"]


def write_everywhere(writer: Writer, here: str, payload: str) -> None:
    """Put a payload into every field that colleagues fill in; limits are kept, or said."""
    label = payload[:36]
    leads = {"label": label, "url": "https://example.com/?" + urllib.parse.quote(payload)}
    reply = {
        "text": payload,
        "quick_replies": [{"label": label, "metadata": payload, "description": payload}],
        "buttons": [leads],
        "speak": "account",
    }
    writer.call("POST", f"{here}/replies", reply)
    writer.call("POST", f"{here}/notes", {"text": payload})
    writer.call("POST", f"{here}/tags", {"tags": [payload]})
    runs = {"text": "x", "buttons": [{"label": "x", "url": "javascript:__hit=1"}]}
    writer.call("POST", f"{here}/replies", runs, within=range(422, 423))
    writer.call("PUT", f"{here}/draft", {"text": payload, "buttons": [], "note": payload})


def write_once(writer: Writer) -> None:
    """Put payloads into what an account has few of, and into what takes none of them."""
    image = PAYLOADS["image"]
    media = writer.uploaded()
    writer.call("PUT", f"{ACCOUNT_PATH}/media/{media}", {"alt_text": TOGETHER[:1000]})
    writer.call("POST", f"{ACCOUNT_PATH}/profiles", {"name": image, "media_id": media})
    welcome = {"name": "greeting", "text": TOGETHER}
    made = writer.call("POST", f"{ACCOUNT_PATH}/welcome-messages", welcome)
    changed = f"{ACCOUNT_PATH}/welcome-messages/{made['welcome_id']}"
    writer.call("PUT", changed, {"text": TOGETHER + image})
    lin = writer.call("POST", "/api/people", {"login": "lin", "name": "Lin"})["person_id"]
    role = {"name": TOGETHER[:80], "role": "agent", "is_active": True}
    writer.call("PUT", f"/api/people/{lin}", {**role, "accounts": None})
    for method, path, body in (
        ("PUT", f"/api/people/{lin}", {**role, "accounts": [image]}),
        ("POST", "/api/people", {"login": "kim", "name": "Kim", "accounts": [image]}),
        ("PUT", f"{ACCOUNT_PATH}/canned/{'0' * 32}", {"name": image, "text": "x"}),
        ("POST", f"{ACCOUNT_PATH}/welcome-messages", {"name": image, "text": "x"}),
        ("POST", "/api/connections/sign-ins", {"app": image}),
        ("POST", "/api/session", {"login": image, "password": image}),
    ):
        writer.call(method, path, body, within=REFUSED)


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
    writer = Writer(desk)
    for number, payload in enumerate(PAYLOADS.values()):
        here = customer(demo, number, payload)
        assert desk.evaluate(UNTIL_THERE, here), f"{here} did not come to be"
        write_everywhere(writer, here, payload)
        canned = f"{ACCOUNT_PATH}/canned/{number:032x}"
        writer.call("PUT", canned, {"name": f"c{number}", "text": payload})
        writer.call("POST", "/api/keys", {"name": payload, "scope": "read"})
        writer.call("POST", "/api/people", {"login": payload.replace(" ", ""), "name": payload})
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
    write_once(writer)
    for place in ("welcome", "keys", "connections", "people"):
        desk.goto(f"{demo.sam.partition('/enter')[0]}/activity/{place}")
        desk_places.settled(desk)
        check_nothing_ran(desk)
    unfilled = sorted(writer.requests.wanted() - writer.requests.carried)
    assert unfilled == [], unfilled
