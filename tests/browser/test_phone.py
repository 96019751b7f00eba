"""A person at the phone, the real demo behind it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import WITHIN_MS, Open, running_demo

pytestmark = pytest.mark.browser

BOT = """
import asyncio
from pathlib import Path
from roost import Bot, Chat, QuickReply, Button
bot = Bot("mine")

@bot.on_quick_reply("blue")
async def blue(chat: Chat) -> None:
    await chat.say("Blue it is", buttons=[Button("See it", "https://example.com/blue?a=1&b=2")])

@bot.on_message()
async def think(chat: Chat) -> None:
    while not Path(UNTIL).exists():
        await asyncio.sleep(0.05)
    blue = QuickReply("Blue", "blue", "The sky")
    await chat.say(f"PREFIX {chat.message.text}", quick_replies=[blue])
"""


def bot_file(folder: Path, *, until: Path | None = None, prefix: str = "You said:") -> Path:
    """Write a bot that answers at once, or as soon as there is a file."""
    file = folder / "my_own_bot.py"
    file.write_text(BOT.replace("UNTIL", repr(str(until or file))).replace("PREFIX", prefix))
    return file


def conversation(page: Page) -> Locator:
    return page.get_by_role("log", name="Conversation")


def answers(page: Page) -> Locator:
    return conversation(page).locator("[data-direction=in]")


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Message").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def wait_for(locator: Locator, text: str | re.Pattern[str]) -> None:
    expect(locator).to_contain_text(text, timeout=WITHIN_MS)


def test_a_customer_writes_taps_and_is_answered(tmp_path: Path, open_page: Open) -> None:
    with running_demo(tmp_path, ["--bot", str(bot_file(tmp_path))]) as demo:
        page = open_page(demo.phone)
        write(page, "a <b>bold</b> & brave hello")
        wait_for(answers(page).first, "You said: a <b>bold</b> & brave hello")
        page.get_by_role("button", name="Blue").click()
        wait_for(answers(page).nth(1), "Blue it is")
        link = conversation(page).get_by_role("link", name="See it")
        expect(link).to_have_attribute("target", "_blank")
        expect(conversation(page).locator("[data-direction=out]")).to_have_count(2)

        other = open_page(demo.phone, viewport={"width": 380, "height": 800}, color_scheme="dark")
        expect(answers(other)).to_have_count(2, timeout=WITHIN_MS)
        assert other.evaluate("document.documentElement.scrollWidth") <= 380


def test_the_application_is_killed_before_it_answers_and_one_answer_appears(
    tmp_path: Path, open_page: Open
) -> None:
    go = tmp_path / "go"
    with running_demo(tmp_path, ["--bot", str(bot_file(tmp_path, until=go))]) as demo:
        page = open_page(demo.phone)
        write(page, "are you there?")
        expect(page.locator("[data-testid=log-row][data-kind=event]").first).to_be_visible(
            timeout=WITHIN_MS
        )
        page.get_by_role("button", name="Kill the application").click()
        said = demo.line_with("application killed")
        assert re.search(r"restarted in \d+\.\d s; 1 event waiting", said), said
        wait_for(page.get_by_test_id("application-state"), "1 event waiting")
        go.touch()
        wait_for(answers(page).first, "You said: are you there?")
        write(page, "and now?")
        wait_for(answers(page).nth(1), "You said: and now?")
        expect(answers(page)).to_have_count(2)


def test_a_mistake_in_the_bot_is_shown_while_the_old_bot_goes_on(
    tmp_path: Path, open_page: Open
) -> None:
    file = bot_file(tmp_path)
    with running_demo(tmp_path, ["--bot", str(file)]) as demo:
        page = open_page(demo.phone)
        write(page, "one")
        wait_for(answers(page).first, "You said: one")

        file.write_text("def broken(:\n")
        said = demo.line_with("bot:")
        assert f"{file}:1" in said
        assert "SyntaxError" in said
        notice = page.get_by_role("alert").filter(has_text="my_own_bot.py")
        wait_for(notice, "SyntaxError")
        wait_for(notice, "1")
        write(page, "two")
        wait_for(answers(page).nth(1), "You said: two")

        bot_file(tmp_path, prefix="Now you said:")
        demo.line_with("bot: loaded again")
        expect(notice).to_have_count(0, timeout=WITHIN_MS)
        write(page, "three")
        wait_for(answers(page).nth(2), "Now you said: three")


def test_a_handler_that_raises_is_shown_with_its_line_and_the_next_message_is_answered(
    tmp_path: Path, open_page: Open
) -> None:
    file = bot_file(tmp_path)
    source = file.read_text()
    file.write_text(source.replace("while not Path", "1 / 0\n    while not Path"))
    with running_demo(tmp_path, ["--bot", str(file)]) as demo:
        page = open_page(demo.phone)
        write(page, "one")
        wait_for(page.get_by_role("alert"), "ZeroDivisionError")
        assert "my_own_bot.py:13" in demo.line_with("bot:")
        file.write_text(source)
        demo.line_with("bot: loaded again")
        write(page, "two")
        wait_for(answers(page).first, "You said: two")


def test_a_message_that_x_refuses_is_kept_in_the_composer(tmp_path: Path, open_page: Open) -> None:
    with running_demo(tmp_path) as demo:
        page = open_page(demo.phone)
        write(page, "x" * 10_001)
        wait_for(page.get_by_test_id("composer-error"), "10")
        expect(page.get_by_role("textbox", name="Message")).to_have_value("x" * 10_001)
