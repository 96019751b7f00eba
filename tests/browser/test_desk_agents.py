"""Several who would answer one customer, and answers that get lost: what leaves, leaves once."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect
from tests.browser.conftest import WITHIN_MS, Open, running_demo
from tests.browser.desk_demo import ACCOUNT, ADA, ALAN, GRACE, WITHIN_S, DeskDemo
from tests.browser.test_desk import enter, strip, thread, write
from tests.browser.test_desk_showing import shown_at_x

pytestmark = pytest.mark.browser

BOT = """
import asyncio
from pathlib import Path
from roost import Bot, Chat
bot = Bot("helper")

@bot.on_message()
async def answer(chat: Chat, text: str) -> None:
    if text != "take your time":
        await chat.say(f"You said {{text}}")
        return
    await chat.typing()
    while not Path({go!r}).exists():
        await asyncio.sleep(0.05)
    await chat.say("Too late from the bot")
"""
TOO_LATE = "Too late from the bot"


@dataclass(frozen=True)
class AgentsDemo(DeskDemo):
    """The demo, and the file for which its bot waits in the middle of a turn."""

    go: Path = Path()

    def n_said(self, text: str) -> int:
        """Count the account's messages that hold a text, as X has them; people sign theirs."""
        with urllib.request.urlopen(f"{self.x}/_sim/ledger", timeout=WITHIN_S) as answer:
            lines = [json.loads(line) for line in answer.read().splitlines()]
        return sum(
            one["kind"] == "message" and one["sender_id"] == ACCOUNT and text in one["text"]
            for one in lines
        )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Generator[AgentsDemo]:
    folder = tmp_path_factory.mktemp("desk")
    file, go = folder / "helper_bot.py", folder / "go"
    file.write_text(BOT.format(go=str(go)))
    with running_demo(folder, ["--bot", str(file)]) as running:
        found = DeskDemo.of(running)
        yield AgentsDemo(found.x, found.sam, found.robin, go)


def opened(open_page: Open, link: str, customer: str) -> Page:
    """Log in, and open a customer's conversation."""
    page = enter(open_page, link)
    page.goto(f"{link.partition('/enter')[0]}/all/{ACCOUNT}/{ACCOUNT}-{customer}")
    return page


def sent(page: Page, text: str) -> None:
    """Wait until a message of a person's is at X."""
    mine = thread(page).locator("[data-speaker=person]", has_text=text)
    expect(mine).to_have_count(1, timeout=WITHIN_MS)
    expect(mine.locator("[data-state=sent]")).to_be_visible(timeout=WITHIN_MS)


def test_the_second_sees_who_answered_and_nothing_leaves_until_confirmed(
    demo: AgentsDemo, open_page: Open
) -> None:
    demo.writes("who answers first?", ALAN)
    sam, robin = [opened(open_page, link, ALAN) for link in (demo.sam, demo.robin)]
    for page in (sam, robin):
        expect(thread(page)).to_contain_text("You said who answers", timeout=WITHIN_MS)
    # What Sam does is not told to Robin's page, which is what being at the same time comes to.
    robin.route("**/api/changes*", lambda route: route.abort())
    robin.reload()
    expect(thread(robin)).to_contain_text("You said who answers", timeout=WITHIN_MS)
    write(sam, "Sam was first")
    sent(sam, "Sam was first")

    write(robin, "Robin was second")

    held = thread(robin).get_by_role("alert")
    expect(held).to_contain_text("Sam Carter", timeout=WITHIN_MS)
    expect(held).to_contain_text("Send it anyway?")
    expect(thread(robin)).to_contain_text("Sam was first")
    write(sam, "Sam goes on")
    sent(sam, "Sam goes on")
    assert demo.n_said("Robin was second") == 0
    robin.get_by_role("button", name="Send anyway").click()
    sent(sam, "Robin was second")
    assert demo.n_said("Robin was second") == 1


def test_a_double_click_whose_answer_is_lost_gives_one_message(
    demo: AgentsDemo, open_page: Open
) -> None:
    demo.writes("hello", GRACE)
    page = opened(open_page, demo.sam, GRACE)
    expect(thread(page)).to_contain_text("You said hello", timeout=WITHIN_MS)
    keys: list[str] = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            route.continue_()
            return
        assert route.fetch().ok
        route.abort()

    page.route("**/replies", lose)
    page.get_by_role("textbox", name="Reply").fill("only once")
    page.get_by_role("button", name="Send", exact=True).dblclick()
    # The page asks again by itself, and shows no second one beside the true message meanwhile.
    sent(page, "only once")
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)

    write(page, "and this after it")
    sent(page, "and this after it")

    assert demo.n_said("only once") == 1
    assert len(keys) >= 3
    assert len(set(keys)) == 2
    phone = open_page(f"{demo.x}/_sim/phone#customer={GRACE}")
    log = phone.get_by_role("log", name="Conversation")
    expect(log).to_contain_text("and this after it", timeout=WITHIN_MS)
    expect(log.get_by_text("only once")).to_have_count(1)


def test_what_the_bot_says_after_a_take_over_never_reaches_the_phone(
    demo: AgentsDemo, open_page: Open
) -> None:
    demo.writes("hello", ADA)
    page = opened(open_page, demo.sam, ADA)
    expect(thread(page)).to_contain_text("You said hello", timeout=WITHIN_MS)
    watch = open_page(f"{demo.x}/_sim/health")
    demo.writes("take your time", ADA)
    shown_at_x(watch, "typing", sender_id=ACCOUNT, recipient_id=ADA)

    page.get_by_role("button", name="Take over").click()
    expect(strip(page)).to_have_attribute("data-control", "agent", timeout=WITHIN_MS)
    demo.go.touch()
    withheld = thread(page).locator("[data-speaker=bot]", has_text=TOO_LATE)
    expect(withheld).to_contain_text("Withheld: somebody took over", timeout=WITHIN_MS)

    page.get_by_role("button", name="Hand back to bot").click()
    expect(strip(page)).to_have_attribute("data-control", "bot", timeout=WITHIN_MS)
    demo.writes("are you there?", ADA)
    expect(thread(page)).to_contain_text("You said are you there?", timeout=WITHIN_MS)
    assert demo.n_said(TOO_LATE) == 0
    phone = open_page(f"{demo.x}/_sim/phone#customer={ADA}")
    log = phone.get_by_role("log", name="Conversation")
    expect(log).to_contain_text("You said are you there?", timeout=WITHIN_MS)
    expect(log).not_to_contain_text(TOO_LATE)
    page.reload()
    expect(withheld).to_contain_text("Withheld: somebody took over", timeout=WITHIN_MS)
    shown = thread(page).locator("article, [data-testid=remark]").all_inner_texts()
    places = [
        next(n for n, one in enumerate(shown) if text in one)
        for text in ("take your time", "You took over", TOO_LATE, "handed back", "are you there?")
    ]
    assert places == sorted(places)
