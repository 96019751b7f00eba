"""Whatever the phone and the stage are told, by whomever and however it came, is text to them."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Generator

import msgspec
import pytest
from playwright.sync_api import Browser, expect
from tests import samples
from tests.browser import phone_places
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.described import Answers, Requests, hostile, hostile_stream
from tests.browser.hostile_world import HostileWorld, ask
from tests.browser.openings import SIZES
from tests.browser.payloads import LISTEN, PAYLOADS, TOGETHER, check_nothing_ran
from tests.browser.phone_places import PHONE
from tests.browser.playground import ACCOUNT, CUSTOMER, Playground, playground
from tests.browser.simulator_fields import (
    STREAM,
    WORDLESS,
    WORDLESS_EVENTS,
    description,
    is_no_answer,
    streamed,
)
from tests.browser.test_phone_payloads import Look, look_at_phone, look_at_stage

from roost.demo import furniture
from roost.simulator import clock

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

NOT_THERE = {
    "ControlRow": "no page asks for it",
    "Done": "answers a change, of which the page reads the id",
    "ExtendedTweet": "in deliveries alone",
    "FullUser.entities": "links in a profile, which have no text here",
    "FullUser.status": "X leaves it out",
    "FullUser.withheld_in_countries": "empty at X",
    "Tweet.contributors": "null at X",
    "Tweet.coordinates": "null at X",
    "Tweet.geo": "null at X",
    "Tweet.place": "null at X",
}
"""Shapes and fields of answers that no page is given, each with the reason."""

DENIED = {"effect": "status", "code": 131, "count": 1, "match": {"route": "dm.events.new"}}


@pytest.fixture(scope="module")
def ground() -> Generator[Playground]:
    with playground() as one:
        state = ask("GET", f"{one.origin}/_sim/state")
        rows = furniture.rows(clock.from_milliseconds(state["clock"]["now"]))
        state |= json.loads(msgspec.json.encode(rows))
        ask("PUT", f"{one.origin}/_sim/state", state)
        HostileWorld(one.origin).put("plain")
        phone_places.furnish(one)
        have_posts(one)
        yield one


def have_posts(ground: Playground) -> None:
    """Have a Post with a picture, one with a video, and one that quotes and one that repeats it."""
    for content in (samples.png(40, 30), samples.mp4()):
        body = {"media": base64.b64encode(content).decode(), "user_id": ACCOUNT, "alt_text": "x"}
        media = ground.call("POST", "/_sim/media", body)["media_id"]
        shown = ground.act(ACCOUNT, action="post", text="See", media_ids=[media])
    ground.act(ACCOUNT, action="post", kind="quote", text="Look", post_id=shown["id"])
    ground.act(ACCOUNT, action="post", kind="repost", post_id=shown["id"])


def tell_everything(ground: Playground, requests: Requests, payload: str) -> None:
    """Put a payload into every text that the simulator's controls take, where it is refused too."""
    match = dict.fromkeys(("route", "user", "app", "event", "webhook"), payload)
    rule = {**DENIED, "message": payload}
    notice = {"id": payload, "level": "error", "text": payload, "file": payload, "remedy": payload}
    answer = {"message_id": "1", "metadata": payload}
    path = f"/_sim/users/{CUSTOMER}/actions"
    for method, where, body, status in (
        ("POST", "/_sim/users", {"screen_name": payload}, 422),
        ("POST", "/_sim/users", {"screen_name": "u1", "name": PAYLOADS["image"]}, 201),
        ("POST", path, {"action": payload}, 422),
        ("POST", path, {"action": "send_dm", "to": payload, "text": payload}, 422),
        ("POST", path, {"action": "send_dm", "to": ACCOUNT, "text": payload}, 200),
        ("POST", path, {"action": "send_dm", "to": ACCOUNT, "quick_reply": answer}, 422),
        ("POST", path, {"action": "send_dm", "to": ACCOUNT, "media_ids": [payload]}, 422),
        ("POST", path, {"action": "post", "text": payload, "link": payload}, 422),
        ("POST", path, {"action": "open_conversation", "to": ACCOUNT, "text": payload}, 200),
        ("PUT", "/_sim/faults", {"faults": [{**rule, "match": match}]}, 422),
        ("PUT", "/_sim/faults", {"faults": [rule]}, 200),
        ("PUT", "/_sim/application", {"url": "javascript:__hit=1"}, 422),
        ("PUT", "/_sim/application", {"state": "down", "text": payload, "notices": [notice]}, 200),
    ):
        requests.note(method, where, body)
        said = ground.api.request(method, f"{ground.origin}{where}", json=body, timeout=30)
        assert said.status_code == status, (method, where, body, said.text)


def test_no_text_of_any_answer_or_event_is_run(ground: Playground, open_page: Open) -> None:
    assert len(PAYLOADS) >= 20
    page = open_page(ground.phone, viewport=SIZES["wide"])
    page.add_init_script(LISTEN)
    told = set[str]()
    answers = Answers(description(), is_no_answer)
    answers.numbered = {"FieldChange.field", "Notice.id"}
    hostile(page, answers)
    hostile_stream(page, lambda name, data: otherwise(answers, told, name, data))
    for start in ("", PAYLOADS["address"]):
        answers.payload = start + TOGETHER
        look_at_phone(page, ground.origin, answers.payload, {} if start else PHONE)
        have_news(ground)
        expect(page.get_by_test_id("notice")).to_contain_text(answers.payload[:40])
        check_nothing_ran(page)
    # Room for what a notice of such a length leaves nothing of.
    page.set_viewport_size({"width": 1440, "height": 3_000})
    look_at_stage(page, ground.origin, answers.payload)

    given = {one for one in answers.wanted() if not {one, one.partition(".")[0]} & set(NOT_THERE)}
    unfilled = sorted((given | set(STREAM)) - answers.filled - told)
    assert unfilled == [], unfilled


def have_news(ground: Playground) -> None:
    """Have one of every event happen that holds words."""
    news = random.SystemRandom().randbytes(4).hex()
    notice = {"id": news, "level": "error", "text": news}
    ground.call("POST", "/_sim/users", {"screen_name": news})
    ground.act(CUSTOMER, action="send_dm", to=ACCOUNT, text=news)
    ground.act(CUSTOMER, action="open_conversation", to=ACCOUNT, text=news)
    ground.call("PUT", "/_sim/faults", {"faults": [{**DENIED, "message": news}]})
    ground.call("GET", "/1.1/account/verify_credentials.json")
    ground.call("PUT", "/_sim/application", {"state": "down", "text": news, "notices": [notice]})


def otherwise(answers: Answers, told: set[str], name: str, data: str) -> str:
    """Give what the stream is to say instead; notes what it told of."""
    told.add(name)
    return json.dumps(answers.fill(json.loads(data), STREAM.get(name, WORDLESS), name))


def test_every_event_of_the_stream_is_known() -> None:
    assert streamed() == set(STREAM) | WORDLESS_EVENTS


TAKES_FOR_MARKUP = """
addEventListener('DOMContentLoaded', () => new MutationObserver(() => {
  for (const one of document.querySelectorAll('[data-testid=message-text]:not([data-taken])')) {
    one.dataset.taken = ''
    one.innerHTML = one.textContent
  }
}).observe(document, {childList: true, subtree: true}))
"""


def test_one_text_that_is_taken_for_markup_is_found(ground: Playground, chromium: Browser) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script(LISTEN)
    page.add_init_script(TAKES_FOR_MARKUP)
    ground.act(CUSTOMER, action="send_dm", to=ACCOUNT, text=TOGETHER)
    page.goto(f"{ground.phone}#customer={CUSTOMER}")
    page.wait_for_selector("[data-taken]", state="attached", timeout=WITHIN_MS)
    page.wait_for_function("window.__violations.length > 0 || window.__hit", timeout=WITHIN_MS)

    with pytest.raises(AssertionError):
        check_nothing_ran(page)
    context.close()


def test_no_text_that_the_simulator_takes_is_run(ground: Playground, open_page: Open) -> None:
    requests = Requests(description())
    page = open_page(ground.phone, viewport=SIZES["wide"])
    page.add_init_script(LISTEN)
    page.goto(f"{ground.phone}#customer={CUSTOMER}")
    page.reload()
    phone_places.settled(page)
    tell_everything(ground, requests, TOGETHER)
    expect(page.get_by_role("log")).to_contain_text(TOGETHER[:40], timeout=WITHIN_MS)
    expect(page.get_by_test_id("notice")).to_contain_text(TOGETHER[:40], timeout=WITHIN_MS)
    check_nothing_ran(page)
    Look(page, TOGETHER).inside(PHONE)

    unfilled = sorted(one for one in requests.wanted() - requests.carried if one[:6] != "World.")
    assert unfilled == [], unfilled
