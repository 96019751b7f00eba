"""Beginning anew on the phone, transcripts, and the inspector's ledger."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import WITHIN_MS, Open, running_demo
from tests.browser.playground import ACCOUNT, CUSTOMER, Playground, playground

from roost.demo import hello

pytestmark = pytest.mark.browser


@pytest.fixture
def ground():
    with playground() as one:
        yield one


def drawer(page: Page) -> Locator:
    opener = page.get_by_role("group", name="Controls").get_by_role("button", name="Session")
    if opener.get_attribute("aria-expanded") == "false":
        opener.click()
    return page.get_by_test_id("drawer-session")


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Message").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def answers(page: Page) -> Locator:
    return page.get_by_role("log", name="Conversation").locator("[data-direction=in]")


def test_a_saved_conversation_is_played_again_by_somebody_new(
    tmp_path: Path, open_page: Open
) -> None:
    with running_demo(tmp_path / "demo") as demo:
        page = open_page(demo.phone)
        write(page, "hello")
        expect(answers(page)).to_have_count(1, timeout=WITHIN_MS)
        page.get_by_role("button", name="Opening hours").click()
        expect(answers(page)).to_have_count(2, timeout=WITHIN_MS)

        with page.expect_download() as saving:
            drawer(page).get_by_role("button", name="Save", exact=True).click()
        saved = tmp_path / "saved.json"
        saving.value.save_as(saved)
        transcript = json.loads(saved.read_text())
        transcript["turns"][-1]["text"] = "We are never here."
        changed = tmp_path / "changed.json"
        changed.write_text(json.dumps(transcript))

        file = drawer(page).get_by_label("Open and play")
        outcome = page.get_by_test_id("replay")
        file.set_input_files(saved)
        expect(outcome).to_contain_text("2 of 2 answers are the same", timeout=WITHIN_MS)
        expect(answers(page)).to_have_count(2)
        expect(page.get_by_test_id("customer")).to_contain_text("@adalovelac_2")

        file.set_input_files(changed)
        expect(outcome).to_contain_text("1 of 2 answers are the same", timeout=WITHIN_MS)
        expect(outcome).to_contain_text("Turn 4: “We are never here.” was expected")

        file.set_input_files({"name": "a.json", "mimeType": "text/json", "buffer": b"[1]"})
        expect(outcome).to_contain_text("format: has to be")


CONFTEST = """
import pytest
from hello_bot import bot as hello

pytest_plugins = ["roost.testing.bot_tester_plugin"]


@pytest.fixture
def bot():
    return hello


@pytest.fixture
def anyio_backend():
    return "asyncio"
"""


def run_test(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-o",
        "anyio_mode=auto",
    ]
    # Only the plugin it needs: the others take longer to load than the tests to run.
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(
        [*command, "-p", "anyio", "."],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_conversation_becomes_a_test_that_runs(tmp_path: Path, open_page: Open) -> None:
    folder = tmp_path / "bot"
    folder.mkdir()
    with running_demo(tmp_path / "demo") as demo:
        page = open_page(demo.phone)
        write(page, "hello & <good> evening")
        expect(answers(page)).to_have_count(1, timeout=WITHIN_MS)
        page.get_by_role("button", name="Opening hours").click()
        expect(answers(page)).to_have_count(2, timeout=WITHIN_MS)

        with page.expect_download() as saving:
            drawer(page).get_by_role("button", name="Save as a test").click()
        test = folder / saving.value.suggested_filename
        saving.value.save_as(test)

    (folder / "conftest.py").write_text(CONFTEST)
    shutil.copy(hello.__file__, folder / "hello_bot.py")
    text = test.read_text()
    (folder / "test_changed.py").write_text(text.replace('== ["', '== ["Not ', 1))
    ran = run_test(folder)

    assert 'customer.taps("Opening hours")' in text
    assert ran.returncode == 1, ran.stdout
    assert "1 failed, 1 passed" in ran.stdout
    assert "FAILED test_changed.py" in ran.stdout
    assert "Not " in ran.stdout


def test_coming_back_is_seen_as_opening_the_conversation_anew(
    ground: Playground, open_page: Open
) -> None:
    made = ground.call(
        "POST",
        "/1.1/direct_messages/welcome_messages/new.json",
        {"welcome_message": {"message_data": {"text": "Welcome!"}}},
    )
    rule = {"welcome_message_id": made["welcome_message"]["id"]}
    page = open_page(ground.phone)
    write(page, "Hello")
    ground.call(
        "POST",
        "/1.1/direct_messages/welcome_messages/rules/new.json",
        {"welcome_message_rule": rule},
    )
    drawer(page).get_by_role("button", name="Leave and come back").click()
    expect(page.locator("[data-welcome]")).to_contain_text("Welcome!", timeout=WITHIN_MS)


def test_the_inspector_steps_through_messages_and_says_what_became_of_them(
    ground: Playground, open_page: Open
) -> None:
    page = open_page(ground.phone)
    for text in ("first", "second"):
        write(page, text)
        ground.application.hears("direct_message_events")
    inspector = page.get_by_test_id("inspector")
    expect(inspector).to_contain_text("second", timeout=WITHIN_MS)

    inspector.get_by_role("button", name="Previous message").click()
    expect(inspector.get_by_role("region", name="JSON")).to_contain_text("first")
    inspector.get_by_role("button", name="Ledger").click()
    ledger = inspector.get_by_role("region", name="Ledger")
    expect(ledger.get_by_role("heading", name="message")).to_be_visible()
    expect(ledger.get_by_role("heading", name="attempt")).to_be_visible()

    ground.act(ACCOUNT, action="read", to=CUSTOMER)
    inspector.get_by_role("button", name="Next message").click()
    expect(ledger.get_by_role("heading", name="read")).to_be_visible(timeout=WITHIN_MS)
    ledger.press("ArrowLeft")
    expect(ledger.get_by_role("heading", name="read")).to_have_count(0)


def test_the_inspector_shows_what_an_action_changed_and_steps_through_time(
    ground: Playground, open_page: Open
) -> None:
    page = open_page(ground.phone)
    write(page, "a message")
    ground.application.hears("direct_message_events")
    ground.act(CUSTOMER, action="follow", to=ACCOUNT)
    inspector = page.get_by_test_id("inspector")
    inspector.get_by_role("button", name="State diff").click()
    diff = inspector.get_by_role("region", name="State diff")
    change = diff.get_by_test_id("change")
    expect(diff).to_contain_text("follow", timeout=WITHIN_MS)
    expect(change).to_contain_text("follows")
    expect(change.locator(".before")).to_have_text("[]")
    expect(change.locator(".after")).to_have_text(f'["{ACCOUNT}"]')

    diff.press("ArrowLeft")
    made = diff.locator("[data-kind=message]")
    expect(made).to_have_attribute("data-what", "made")
    expect(made).to_contain_text("a message")
    diff.get_by_role("button", name="Later change").click()
    expect(change).to_contain_text("follows")

    page.get_by_role("button", name="Inspect this message").click()
    expect(made).to_contain_text("a message")


def test_the_log_is_narrowed_to_lines_with_a_word(ground: Playground, open_page: Open) -> None:
    page = open_page(ground.phone)
    write(page, "a needle")
    ground.application.hears("direct_message_events")
    write(page, "hay")
    ground.application.hears("direct_message_events")
    rows = page.get_by_test_id("log-row")
    expect(rows).to_have_count(5, timeout=WITHIN_MS)

    page.get_by_role("searchbox", name="Only lines with").fill("NEEDLE")

    expect(rows).to_have_count(1)
