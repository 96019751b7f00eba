"""What becomes of a phone that is reloaded, whose X is away, or that has a long past."""

from __future__ import annotations

import copy
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.playground import ACCOUNT, CUSTOMER, Playground, playground
from tests.browser.test_phone_media import a_photo, attachments

pytestmark = pytest.mark.browser

SECOND = "2003"
LONG = 500
READY = re.compile(r"http://127\.0\.0\.1:\d+")


@contextmanager
def simulator(state: Path, port: int) -> Generator[str]:
    """Run a simulator that keeps its world in a file; give its origin."""
    command = [sys.executable, "-m", "roost", "simulate"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--state", str(state)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        found = READY.search(process.stdout.readline())
        assert found is not None
        yield found.group()
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) in {0, 130}
        process.stdout.close()


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def ground():
    with playground() as one:
        yield one


def articles(page: Page) -> Locator:
    return page.get_by_role("log", name="Conversation").locator("article:not([data-pending])")


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Message")


def write(page: Page, text: str) -> None:
    box(page).fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def test_x_goes_away_and_comes_back(tmp_path: Path, open_page: Open) -> None:
    state, port = tmp_path / "x.sqlite", a_free_port()
    with simulator(state, port) as origin:
        page = open_page(f"{origin}/_sim/phone")
        connection = page.get_by_test_id("connection-state")
        write(page, "before")
        expect(articles(page)).to_have_count(1, timeout=WITHIN_MS)
        expect(connection).to_have_attribute("data-state", "live", timeout=WITHIN_MS)

    expect(connection).to_have_text("reconnecting…", timeout=WITHIN_MS)
    write(page, "meanwhile")
    expect(page.get_by_test_id("composer-error")).to_contain_text("Not sent.", timeout=WITHIN_MS)
    expect(box(page)).to_have_value("meanwhile")

    with simulator(state, port):
        expect(connection).to_have_attribute("data-state", "live", timeout=WITHIN_MS)
        expect(articles(page)).to_have_count(1, timeout=WITHIN_MS)
        page.get_by_role("button", name="Send", exact=True).click()
        expect(articles(page)).to_have_count(2, timeout=WITHIN_MS)
        expect(box(page)).to_have_value("")
        page.close()


def test_a_reload_keeps_who_is_played_where_they_are_and_what_they_were_writing(
    ground: Playground, open_page: Open
) -> None:
    page = open_page(ground.phone)
    page.get_by_test_id("customer").select_option(SECOND)
    expect(box(page)).to_have_value("")
    box(page).fill("half a sentence")
    page.get_by_test_id("customer").select_option(CUSTOMER)
    expect(box(page)).to_have_value("")
    page.get_by_test_id("customer").select_option(SECOND)
    expect(box(page)).to_have_value("half a sentence")

    page.reload()

    expect(page.get_by_test_id("customer")).to_have_value(SECOND, timeout=WITHIN_MS)
    expect(box(page)).to_have_value("half a sentence")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(articles(page)).to_have_count(1, timeout=WITHIN_MS)
    page.reload()
    expect(articles(page)).to_have_count(1, timeout=WITHIN_MS)
    expect(box(page)).to_have_value("")


def test_a_photo_is_dropped_onto_the_conversation(ground: Playground, open_page: Open) -> None:
    page = open_page(ground.phone)
    expect(box(page)).to_be_visible()
    dropped = page.evaluate_handle(
        """(bytes) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], "kettle.png", {type: "image/png"}));
            return data;
        }""",
        list(a_photo()),
    )
    log = page.get_by_role("log", name="Conversation")
    log.dispatch_event("dragover", {"dataTransfer": dropped})
    expect(page.locator("[data-dropping]")).to_have_count(1)
    log.dispatch_event("drop", {"dataTransfer": dropped})

    expect(page.get_by_test_id("attached")).to_contain_text("kettle.png", timeout=WITHIN_MS)
    expect(page.locator("[data-dropping]")).to_have_count(0)
    page.get_by_role("button", name="Send", exact=True).click()
    whole = attachments(page).get_by_role("link")
    expect(whole).to_have_attribute("href", re.compile("/_sim/media/"), timeout=WITHIN_MS)
    expect(whole).to_have_attribute("target", "_blank")


def with_a_long_past(ground: Playground) -> None:
    """Give the world `LONG` messages, each a copy of the one it has."""
    ground.act(CUSTOMER, action="send_dm", to=ACCOUNT, text="message")
    state: dict[str, Any] = ground.call("GET", "/_sim/state")
    [first] = state["messages"]
    last = int(first["message_id"])
    for n in range(1, LONG):
        state["messages"].insert(0, copy.deepcopy(first) | {"message_id": str(last - n)})
    ground.call("PUT", "/_sim/state", state)


def test_a_conversation_of_500_messages_draws_only_what_is_new(
    ground: Playground, open_page: Open
) -> None:
    with_a_long_past(ground)
    page = open_page(ground.phone)
    expect(articles(page)).to_have_count(LONG, timeout=WITHIN_MS)
    expect(articles(page).last).to_be_in_viewport(timeout=WITHIN_MS)
    page.evaluate(
        """() => {
            window.touched = new Set();
            const log = document.querySelector("[role=log]");
            new MutationObserver((seen) => {
                for (const {target, addedNodes} of seen)
                    for (const node of [target, ...addedNodes]) {
                        const near = node instanceof Element ? node : node.parentElement;
                        const article = near?.closest("article:not([data-pending])");
                        if (article) window.touched.add(article);
                    }
            }).observe(log, {
                subtree: true, childList: true, characterData: true, attributes: true
            });
        }"""
    )

    write(page, "and one more")

    expect(articles(page).and_(page.locator("[data-message-id]"))).to_have_count(
        LONG + 1, timeout=WITHIN_MS
    )
    expect(articles(page).last).to_be_in_viewport(timeout=WITHIN_MS)
    assert 1 <= page.evaluate("window.touched.size") <= 3
