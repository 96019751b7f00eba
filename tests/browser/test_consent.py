"""A person at the authorize page, a client library behind them."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
import requests
from playwright.sync_api import Page, expect
from requests_oauthlib import OAuth1Session
from tests.browser.conftest import WITHIN_MS, Open

from roost.simulator import serving
from roost.simulator.entries import AppEntry, TokenEntry, UserEntry, WorldFile

pytestmark = pytest.mark.browser

APP = AppEntry(
    app_id="1", name="Acme Desk", url="https://acme.example", callback_urls=("http://127.0.0.1/",)
)
USERS = (
    UserEntry(user_id="1001", screen_name="acme", name="Acme", tokens=(TokenEntry(app_id="1"),)),
    UserEntry(user_id="2002", screen_name="ada", name="Ada Lovelace"),
    UserEntry(user_id="2003", screen_name="a23456789012345", name="A name with fifty letters " * 2),
)


@contextmanager
def simulating(folder: Path, callback: str = "", *, others: int = 0) -> Generator[str]:
    """Run `roost simulate` until the context ends, and give its address.

    `others` is how many users there are beside the usual ones.
    """
    more = [UserEntry(user_id=str(3_000 + n)) for n in range(others)]
    app = msgspec.structs.replace(APP, callback_urls=(callback,) if callback else ())
    file = folder / "world.json"
    file.write_bytes(msgspec.json.encode(WorldFile(format=1, apps=(app,), users=(*USERS, *more))))
    command = [sys.executable, "-m", "roost", "simulate", "--world", str(file), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        (address,) = re.findall(r"is at (http://[^;]+);", line)
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
        if process.stdout is not None:
            process.stdout.close()


def session(callback: str) -> OAuth1Session:
    return OAuth1Session(APP.consumer_key, APP.consumer_secret, callback_uri=callback)


def begin(client: OAuth1Session, address: str) -> str:
    client.fetch_request_token(f"{address}/oauth/request_token")
    return client.authorization_url(f"{address}/oauth/authorize")


def who_am_i(client: OAuth1Session, address: str) -> str:
    answer: requests.Response = client.get(f"{address}/1.1/account/verify_credentials.json")
    return answer.json()["screen_name"]


def fits(page: Page, width: int) -> bool:
    return page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_person_picks_an_account_and_types_the_pin(tmp_path: Path, open_page: Open) -> None:
    with simulating(tmp_path) as address, session("oob") as client:
        page = open_page(begin(client, address), java_script_enabled=False)
        expect(page.get_by_role("heading", name="Authorize Acme Desk")).to_be_visible()
        expect(page.get_by_role("radio", name="Acme @acme")).to_be_checked()
        page.get_by_role("radio", name="Ada Lovelace").check()
        page.get_by_role("button", name="Authorize app").click()
        pin = page.locator("code").text_content(timeout=WITHIN_MS) or ""

        client.fetch_access_token(f"{address}/oauth/access_token", verifier=pin)

        assert re.fullmatch(r"[0-9]{7}", pin)
        assert who_am_i(client, address) == "ada"


def test_the_keyboard_is_enough_and_the_app_is_called_back(tmp_path: Path, open_page: Open) -> None:
    with serving.bind("127.0.0.1", 0) as listener:
        callback = f"{serving.address_of(listener)}/back"
        with simulating(tmp_path, callback) as address, session(callback) as client:
            page = open_page(
                begin(client, address), also=callback, viewport={"width": 380, "height": 800}
            )
            assert fits(page, 380)
            with page.expect_request(re.compile(re.escape(callback))) as asked:
                page.keyboard.press("Tab")
                page.keyboard.press("ArrowDown")
                page.keyboard.press("Tab")
                page.keyboard.press("Enter")
            client.parse_authorization_response(asked.value.url)
            client.fetch_access_token(f"{address}/oauth/access_token")

            assert who_am_i(client, address) == "ada"


def test_who_cancels_gives_nothing(tmp_path: Path, open_page: Open) -> None:
    with simulating(tmp_path) as address, session("oob") as client:
        page = open_page(begin(client, address), color_scheme="dark")
        page.get_by_role("button", name="Cancel").click()

        expect(page.get_by_role("heading", name="You have not authorized")).to_be_visible()
        page.go_back()
        page.reload()
        expect(page.get_by_role("heading", name="Whoa there!")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_read_can_be_read(tmp_path: Path, open_page: Open, scheme: str) -> None:
    with simulating(tmp_path) as address, session("oob") as client:
        page = open_page(
            begin(client, address), color_scheme=scheme, viewport={"width": 320, "height": 900}
        )

        assert fits(page, 320)
        ratios = page.evaluate(CONTRASTS)
        assert len(ratios) > 5
        assert min(ratios) >= 4.5


CONTRASTS = """() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[0-9.]+/g).map((part) => {
      const part_of_one = Number(part) / 255;
      return part_of_one <= 0.04045 ? part_of_one / 12.92 : ((part_of_one + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    const colour = getComputedStyle(element).backgroundColor;
    return colour === "rgba(0, 0, 0, 0)" ? ground(element.parentElement) : colour;
  };
  return [...document.querySelectorAll("h1, h2, li, p, .name, .handle, legend, button")].map(
    (element) => {
      const two = [light(getComputedStyle(element).color), light(ground(element))].sort();
      return (Math.max(...two) + 0.05) / (Math.min(...two) + 0.05);
    },
  );
}"""
