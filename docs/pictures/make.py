"""Take the pictures in the documentation from the running demo: `make pictures`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from roost.testing import browser

FOLDER = Path(__file__).parent
PHONE_PORT, PORT = 8390, 8380
BOT_ANSWERS_WITHIN = 30_000


def main() -> None:
    """Start the demo, play a little, take the pictures, stop it."""
    found = browser.look(os.environ)
    if not isinstance(found, browser.Browser):
        sys.exit(f"error: no Chromium: {'; '.join(found.reasons)}")
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        command = [sys.executable, "-m", "roost", "demo", "--data", data]
        command += ["--phone-port", str(PHONE_PORT), "--port", str(PORT)]
        demo = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            address = _phone_address(demo)
            chromium = playwright.chromium.launch(
                executable_path=str(found.path), args=["--no-sandbox"]
            )
            for scheme in ("light", "dark"):
                page = chromium.new_page(
                    color_scheme=scheme, viewport={"width": 1280, "height": 800}
                )
                page.goto(address)
                _play(page, f"Hello from a {scheme} page")
                page.evaluate("scrollTo(0, 0)")
                page.screenshot(path=FOLDER / f"phone-{scheme}.png")
            chromium.close()
        finally:
            demo.terminate()
            demo.wait()


def _phone_address(demo: subprocess.Popen[str]) -> str:
    for line in demo.stdout or ():
        if line.startswith("phone"):
            return line.split()[1]
    sys.exit("error: the demo ended before its phone was there")


def _play(page: Page, text: str) -> None:
    conversation = page.get_by_role("log", name="Conversation")
    answers = conversation.locator("[data-direction=in]")
    before = answers.count()
    page.get_by_role("textbox", name="Message").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()
    answers.nth(before).wait_for(timeout=BOT_ANSWERS_WITHIN)
    page.get_by_role("button", name="Track an order").last.click()
    answers.nth(before + 1).wait_for(timeout=BOT_ANSWERS_WITHIN)
    page.wait_for_timeout(300)


if __name__ == "__main__":
    main()
