"""Take the pictures in the documentation from the running demo: `make pictures`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from roost.testing import browser

FOLDER = Path(__file__).parent
PHONE_PORT, PORT = 8390, 8380
BOT_ANSWERS_WITHIN = 30_000
WIDE = {"width": 1280, "height": 800}
STAGE = {"width": 1440, "height": 860}
NARROW = {"width": 380, "height": 760}
ADA, TOM = "2002", "2006"


def main() -> None:
    """For each scheme start the demo, play a little, take the pictures, stop it."""
    found = browser.look(os.environ)
    if not isinstance(found, browser.Browser):
        sys.exit(f"error: no Chromium: {'; '.join(found.reasons)}")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(found.path), args=["--no-sandbox"]
        )
        for scheme in ("light", "dark"):
            with _demo() as (phone, desk):
                _take(chromium, scheme, phone)
                _take_stage(chromium, scheme, phone.replace("/phone", "/stage"), desk)
        chromium.close()


@contextmanager
def _demo() -> Generator[tuple[str, str]]:
    """Run it in a new folder; give the addresses of the phone, and of a link into the desk."""
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-m", "roost", "demo", "--data", data]
        command += ["--phone-port", str(PHONE_PORT), "--port", str(PORT)]
        demo = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            yield _addresses(demo)
        finally:
            demo.terminate()
            demo.wait()


def _take(chromium: Browser, scheme: str, phone: str) -> None:
    page = _open(chromium, scheme, phone, WIDE)
    _track_an_order(page.locator("body"))
    _save(page, f"phone-{scheme}")

    page = _open(chromium, scheme, f"{phone}#customer={TOM}", NARROW)
    _track_an_order(page.locator("body"))
    _save(page, f"phone-narrow-{scheme}")


def _take_stage(chromium: Browser, scheme: str, stage: str, desk: str) -> None:
    """Go on where Ada has tracked an order: a person takes over."""
    page = chromium.new_page(color_scheme=scheme, viewport=STAGE)
    page.goto(desk)
    page.get_by_role("navigation", name="Views").wait_for()
    page.goto(f"{stage}#phones={ADA}")
    customer = page.get_by_test_id("stage-phone")
    customer.get_by_role("button", name="Talk to a person").last.click()
    people = page.frame_locator("iframe")
    views = people.get_by_role("navigation", name="Views")
    views.get_by_role("link", name="Unassigned").click()
    people.get_by_role("link", name="Ada Lovelace").click()
    people.get_by_role("button", name="Take over").click()
    reply = people.get_by_role("textbox", name="Reply")
    reply.fill("/hel")
    people.get_by_role("option", name="/hello").click()
    people.get_by_role("button", name="Send", exact=True).click()
    conversation = customer.get_by_role("log", name="Conversation")
    conversation.get_by_text("Let me look into it.").last.wait_for()
    # The customer's phone is open, so that "Sent" may be gone at once.
    arrived = re.compile("Sent|Read by the customer")
    people.locator("[data-speaker=person]").get_by_text(arrived).last.wait_for()
    _save(page, f"stage-{scheme}")


def _open(chromium: Browser, scheme: str, address: str, size: dict[str, int]) -> Page:
    page = chromium.new_page(color_scheme=scheme, viewport=size)
    page.goto(address)
    page.get_by_role("textbox", name="Message").first.wait_for()
    return page


def _save(page: Page, name: str) -> None:
    page.wait_for_timeout(300)
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=FOLDER / f"{name}.png")
    page.close()


def _addresses(demo: subprocess.Popen[str]) -> tuple[str, str]:
    """Give those of the phone, and of a link into the desk."""
    phone = ""
    for line in demo.stdout or ():
        if line.startswith("phone"):
            phone = line.split()[1]
        elif line.startswith("desk"):
            return phone, line.split()[1]
    sys.exit("error: the demo ended before its desk was there")


def _track_an_order(place: Locator) -> None:
    conversation = place.get_by_role("log", name="Conversation")
    answers = conversation.locator("[data-direction=in]")

    def write(text: str) -> None:
        place.get_by_role("textbox", name="Message").fill(text)
        place.get_by_role("button", name="Send", exact=True).click()

    def hear(text: str) -> None:
        answers.filter(has_text=text).last.wait_for(timeout=BOT_ANSWERS_WITHIN)

    write("hello")
    hear("What can I do for you?")
    place.get_by_role("button", name="Track an order").last.click()
    hear("What is your order number?")
    write("A1234")
    hear("Did that answer your question?")


if __name__ == "__main__":
    main()
