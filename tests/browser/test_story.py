"""The demo as anybody starts it, played from the Post to the line of what was done to it."""

from __future__ import annotations

import json
import re
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect
from tests.browser.conftest import WITHIN_MS, Open, running_demo

from roost.demo import furniture, pictures, seeding, world

pytestmark = pytest.mark.browser

WIDE = {"width": 1440, "height": 860}
LAMP_WIDTH = 240
"""Pixels of the picture that the bot sends."""

AGENT_NAME = f"{world.AGENTS[0].name}, Acme"
PATIENT_MS = 2 * WITHIN_MS
WITHIN_S = WITHIN_MS / 1_000

LINE_OF_A_LIKE = (
    ("received", "done"),
    ("verified", "done"),
    ("stored", "done"),
    ("turn", "skipped"),
)
NEVER_TOLD = {"effect": "drop", "count": 1, "match": {"event": "direct_message_events"}}
UNDONE_WITHIN_S = 5
"""Seconds that a reply waits, so that it can be taken back."""

LOOKED_UP_AFTER_S = 60
"""Longer than an uncertain message waits before it is looked up at X."""


def said(phone: Locator, text: str) -> Locator:
    """Give what the account has said on a phone and holds this text."""
    return phone.locator("[data-direction=in]", has_text=text)


def room(phone: Locator, name: str) -> Locator:
    """Give the way to a room of a phone."""
    return phone.get_by_role("navigation", name="Phone").get_by_role("button", name=name)


def tell(method: str, url: str, body: object) -> None:
    """Use the simulator's controls."""
    request = urllib.request.Request(
        url,
        data=json.dumps(body).encode(),
        headers={"content-type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=WITHIN_S) as answer:
        assert answer.status == 200


def on_stage(open_page: Open, stage: str, desk: str) -> Page:
    """Log in to the desk, and open the stage with Ada's phone beside it."""
    page = open_page(desk, also=stage.partition("/_sim")[0], viewport=WIDE)
    expect(page.get_by_role("navigation", name="Views")).to_be_visible(timeout=WITHIN_MS)
    page.goto(f"{stage}#phones={world.CUSTOMER_ID}")
    # What was there before anybody came is nobody's doing.
    expect(page.get_by_test_id("tour-progress")).to_have_text(re.compile(r"^0 of \d+$"))
    return page


def row(desk: FrameLocator, name: str) -> Locator:
    return desk.get_by_role("region", name="Conversations").get_by_role("link", name=name)


@pytest.mark.timeout(600)
def test_the_story_from_the_post_to_the_line_of_what_was_done_to_it(
    tmp_path: Path, open_page: Open
) -> None:
    with running_demo(tmp_path, ()) as demo:
        link = demo.line_with("/desk/enter#").split()[1]
        page = on_stage(open_page, demo.phone.replace("/phone", "/stage"), link)
        ada = page.get_by_test_id("stage-phone")
        desk = page.frame_locator("iframe")
        come_by_the_post(ada)
        be_answered_although_it_is_killed(page, ada)
        get_a_person(page, desk, ada)
        send_what_x_says_it_did_not(page, demo.phone.partition("/_sim")[0], desk, ada)
        say_whether_it_helped(desk, ada)
        follow_a_like(desk, ada)
        for step in ("post", "answer", "tap", "person", "desk", "read", "kill", "denied", "like"):
            ticked = page.locator(f"[data-testid=step-{step}][data-done=true]")
            expect(ticked).to_have_count(1, timeout=WITHIN_MS)


def come_by_the_post(ada: Locator) -> None:
    room(ada, "Profile").click()
    post = ada.get_by_test_id("post").filter(has_text=seeding.POST)
    expect(post).to_be_visible(timeout=WITHIN_MS)
    post.get_by_role("button", name="Send a private message").click()
    welcome = ada.locator("[data-welcome]")
    expect(welcome).to_contain_text("Hi, I'm Acme's assistant.", timeout=WITHIN_MS)
    expect(welcome).to_have_attribute("data-profile", furniture.ASSISTANT)


def be_answered_although_it_is_killed(page: Page, ada: Locator) -> None:
    ada.get_by_role("button", name="Track an order").click()
    page.get_by_role("button", name="Kill the application").click()
    state = page.get_by_test_id("application-state")
    expect(state).to_contain_text("restarted in", timeout=PATIENT_MS)
    expect(said(ada, "What is your order number?")).to_have_count(1, timeout=PATIENT_MS)

    ada.get_by_role("textbox", name="Message").fill("A1234")
    ada.get_by_role("button", name="Send", exact=True).click()
    answer = said(ada, "Your lamp (A1234) is on its way.")
    expect(answer).to_have_count(1, timeout=PATIENT_MS)
    expect(answer).to_have_attribute("data-profile", furniture.ASSISTANT)
    for button in ("Track the parcel", "Tell others"):
        expect(answer.get_by_role("link", name=button)).to_be_visible()
    photo = answer.locator("img").last
    expect(photo).to_be_visible()
    expect(photo).to_have_js_property("naturalWidth", LAMP_WIDTH, timeout=WITHIN_MS)


def get_a_person(page: Page, desk: FrameLocator, ada: Locator) -> None:
    desk.get_by_role("navigation", name="Views").get_by_role("link", name="Unassigned").click()
    expect(row(desk, "Ada Lovelace")).to_have_count(0)
    expect(said(ada, "Did that answer your question?")).to_have_count(1, timeout=PATIENT_MS)
    ada.get_by_role("button", name="Talk to a person").last.click()
    expect(said(ada, "I am getting a person for you.")).to_have_count(1, timeout=PATIENT_MS)

    row(desk, "Ada Lovelace").click(timeout=PATIENT_MS)
    expect(desk.get_by_role("log", name="Messages")).to_contain_text(
        "It may be about order A1234.", timeout=WITHIN_MS
    )
    strip = desk.locator("[data-control]")
    expect(strip).to_have_attribute("data-control", "queue")
    page.keyboard.press("t")
    expect(strip).to_have_attribute("data-control", "agent", timeout=WITHIN_MS)

    box = desk.get_by_role("textbox", name="Reply")
    box.fill("/hel")
    expect(desk.get_by_role("option", name="/hello")).to_be_visible(timeout=WITHIN_MS)
    box.press("Enter")
    expect(box).to_have_value("Hello Ada Lovelace, this is Sam Carter. Let me look into it.")
    desk.get_by_role("button", name="Send", exact=True).click()
    answer = said(ada, "this is Sam Carter.")
    expect(answer).to_have_count(1, timeout=PATIENT_MS)
    expect(answer).to_have_attribute("data-profile", furniture.AGENT)
    expect(answer).to_contain_text(AGENT_NAME)
    face = answer.locator(".face img")
    expect(face).to_have_js_property("naturalWidth", pictures.FACE_SIDE, timeout=WITHIN_MS)
    with urllib.request.urlopen(face.evaluate("(one) => one.src"), timeout=WITHIN_S) as drawn:
        assert drawn.read() == pictures.person()
    mine = desk.locator("[data-speaker=person]", has_text="Let me look into it.")
    expect(mine).to_contain_text("Read by the customer", timeout=PATIENT_MS)


def send_what_x_says_it_did_not(page: Page, x: str, desk: FrameLocator, ada: Locator) -> None:
    """X says 500 and has it; no delivery tells of it, so only X's list can, once that is due.

    The clock stands still until the desk has shown that nobody knows; Ada looks elsewhere, so
    that what is sent is not read at once.
    """
    room(ada, "Profile").click()
    tell("POST", f"{x}/_sim/clock", {"action": "freeze"})
    tell("PUT", f"{x}/_sim/faults", {"faults": [NEVER_TOLD]})
    denies = deny_what_is_sent(page)
    desk.get_by_role("textbox", name="Reply").fill("A new lamp is on its way.")
    desk.get_by_role("button", name="Send", exact=True).click()
    mine = desk.locator("[data-speaker=person]", has_text="A new lamp is on its way.")
    expect(mine).to_contain_text("Queued", timeout=WITHIN_MS)
    tell("POST", f"{x}/_sim/clock", {"action": "advance", "seconds": UNDONE_WITHIN_S})
    expect(mine).to_contain_text("Uncertain: X may have it.", timeout=WITHIN_MS)
    expect(mine).not_to_contain_text(re.compile("Sent|Read"))
    expect(page.get_by_test_id("drawer-faults")).to_contain_text("struck once")
    assert copies(x, "A new lamp is on its way.") == 1
    denies.click()
    expect(denies).to_have_attribute("aria-pressed", "false", timeout=WITHIN_MS)
    page.get_by_role("group", name="Controls").get_by_role("button", name="Faults").click()

    tell("POST", f"{x}/_sim/clock", {"action": "advance", "seconds": LOOKED_UP_AFTER_S})
    tell("POST", f"{x}/_sim/clock", {"action": "run"})
    expect(mine).to_contain_text("Sent", timeout=PATIENT_MS)
    expect(mine).not_to_contain_text(re.compile("Uncertain|Read"))
    expect(mine).to_have_count(1)
    room(ada, "Messages").click()
    expect(said(ada, "A new lamp is on its way.")).to_have_count(1, timeout=WITHIN_MS)
    expect(mine).to_contain_text("Read by the customer", timeout=PATIENT_MS)
    assert copies(x, "A new lamp is on its way.") == 1


def deny_what_is_sent(page: Page) -> Locator:
    """Turn the stage's switch on; give it, so that it can be turned off again."""
    page.get_by_role("group", name="Controls").get_by_role("button", name="Faults").click()
    switch = page.get_by_role("button", name="500 after applying")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true", timeout=WITHIN_MS)
    return switch


def copies(x: str, text: str) -> int:
    """Count how often X has a message."""
    query = f"user_id={world.CUSTOMER_ID}&with={world.ACCOUNT_ID}"
    with urllib.request.urlopen(f"{x}/_sim/conversations?{query}", timeout=WITHIN_S) as answer:
        events = json.load(answer)["events"]
    return sum(one["message_create"]["message_data"]["text"] == text for one in events)


def say_whether_it_helped(desk: FrameLocator, ada: Locator) -> None:
    desk.get_by_role("button", name="Hand back").click()
    expect(said(ada, "Did we solve it for you?")).to_have_count(1, timeout=PATIENT_MS)
    ada.get_by_role("button", name="Yes").last.click()
    expect(said(ada, "Glad to hear it.")).to_have_count(1, timeout=PATIENT_MS)
    expect(desk.locator("[data-control]")).to_have_attribute(
        "data-control", "nobody", timeout=WITHIN_MS
    )


def follow_a_like(desk: FrameLocator, ada: Locator) -> None:
    room(ada, "Profile").click()
    post = ada.get_by_test_id("post").filter(has_text=seeding.POST)
    post.get_by_role("button", name="Like").click()
    expect(post.get_by_role("button", name="Like")).to_have_attribute(
        "aria-pressed", "true", timeout=WITHIN_MS
    )
    desk.get_by_role("button", name="Back to the list").click()
    desk.get_by_role("navigation", name="Views").get_by_role("link", name="Activity").click()
    came_in = desk.get_by_role("list", name="What came in")
    expect(came_in).to_contain_text("Messages read", timeout=WITHIN_MS)
    came_in.get_by_role("link").filter(has_text="Like").first.click(timeout=WITHIN_MS)
    # Nobody has asked the bot to do anything about a like: there its line ends.
    line = desk.locator("[data-step]")
    expect(line).to_have_count(len(LINE_OF_A_LIKE), timeout=WITHIN_MS)
    for step, (name, state) in zip(line.all(), LINE_OF_A_LIKE, strict=True):
        expect(step).to_have_attribute("data-step", name)
        expect(step).to_have_attribute("data-state", state)
    for step in line.all()[:-1]:
        expect(step.locator("time")).to_be_visible()
    expect(line.last).to_contain_text("no handler")
    expect(desk.get_by_role("group", name=re.compile("As received"))).to_contain_text(
        "favorite_events"
    )
