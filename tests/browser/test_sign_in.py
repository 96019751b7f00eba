"""Sign in with X, as the owner of an account does it: a link, X's page, and back again."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Open
from tests.browser.openings import Report

from roost.demo.parent import free_port
from roost.simulator.entries import AppEntry, TokenEntry, UserEntry, WorldFile

pytestmark = pytest.mark.browser

APP_ID = "13090192"


@dataclass(frozen=True, slots=True)
class House:
    """An application beside a simulator, one account connected."""

    environment: Mapping[str, str]
    url: str
    x: str
    folder: Path

    def roost(self, *arguments: str, typed: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "-m", "roost", *arguments],
            env=self.environment,
            cwd=self.folder,
            input=typed,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def states(self) -> dict[str, str]:
        every = json.loads(self.roost("accounts", "list", "--json"))
        return {one["screen_name"]: one["state"] for one in every}

    def link(self) -> str:
        return json.loads(self.roost("accounts", "connect", "--browser", "--json"))["link"]


@contextmanager
def running(
    arguments: list[str], says: str, folder: Path, environment: Mapping[str, str]
) -> Generator[str]:
    """Run a verb until the context ends; give the line in which it says something."""
    process = subprocess.Popen(
        [sys.executable, "-m", "roost", *arguments],
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        seen: list[str] = []
        for line in process.stdout:
            seen.append(line)
            if says in line:
                break
        else:
            raise AssertionError("".join(seen))
        yield line
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        process.stdout.close()


def inhabited(*, callback: str) -> WorldFile:
    app = AppEntry(app_id=APP_ID, name="Acme Desk", owner_id="1001", callback_urls=(callback,))
    tokens = (TokenEntry(app_id=APP_ID),)
    users = (
        UserEntry(user_id="1001", screen_name="acme", name="Acme", tokens=tokens),
        UserEntry(user_id="1002", screen_name="twin", name="Acme Twin"),
    )
    return WorldFile(format=1, apps=(app,), users=users)


@pytest.fixture
def house(tmp_path: Path) -> Generator[House]:
    port = free_port(10_000 + os.getpid() % 9_000)
    url = f"http://127.0.0.1:{port}"
    world = tmp_path / "world.json"
    world.write_bytes(msgspec.json.encode(inhabited(callback=f"{url}/accounts/callback")))
    bare = {name: text for name, text in os.environ.items() if not name.startswith("ROOST_")}
    with ExitStack() as stack:
        simulate = ["simulate", "--world", str(world), "--port", "0"]
        line = stack.enter_context(running(simulate, "is at", tmp_path, bare))
        x = re.findall(r"is at (http://[^;]+);", line)[0]
        environment = {
            **bare,
            "ROOST_DATA": str(tmp_path / "data"),
            "ROOST_PORT": str(port),
            "ROOST_PUBLIC_URL": url,
            "ROOST_X_BASE_URL": x,
            "ROOST_CONNECT_AT_START": "true",
            "ROOST_APPS__MAIN__APP_ID": APP_ID,
            "ROOST_APPS__MAIN__CONSUMER_KEY": f"consumer-key-{APP_ID}",
            "ROOST_APPS__MAIN__CONSUMER_SECRETS": f"consumer-secret-{APP_ID}",
        }
        found = House(environment, url, x, tmp_path)
        found.roost(
            "accounts",
            "add",
            typed=f"1001-token-{APP_ID}\ntoken-secret-1001-{APP_ID}\n",
        )
        serve = ["serve", "--bot", "roost.demo.hello:bot"]
        stack.enter_context(running(serve, "registered at X", tmp_path, environment))
        yield found


def test_an_owner_clicks_through_and_is_served_until_somebody_cancels(
    house: House, open_page: Open
) -> None:
    link = house.link()
    page = open_page(link, also=house.x)
    expect(page.get_by_role("heading", name="Authorize Acme Desk")).to_be_visible()
    page.get_by_role("radio", name="Acme Twin").check()
    page.get_by_role("button", name="Authorize app").click()
    expect(page.get_by_text("@twin is connected. You can close this page.")).to_be_visible()
    assert page.url.startswith(f"{house.url}/accounts/callback?")
    assert house.states() == {"acme": "connected", "twin": "connected"}

    used = open_page(link, also=house.x)
    expect(used.get_by_text("This link has been used, or is too old.")).to_be_visible()

    other = open_page(house.link(), also=house.x)
    other.get_by_role("button", name="Cancel").click()
    expect(other.get_by_text("The app was not authorized. Nothing was connected.")).to_be_visible()
    report = Report()
    for name, shown in (("connected", page), ("used", used), ("refused", other)):
        report.look_everywhere(shown, name, {}, lambda _: None)
    report.check({})
