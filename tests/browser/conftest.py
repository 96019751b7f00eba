"""The real demo in a real Chromium."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from roost.testing import browser as finding

WITHIN_MS = 30_000
"""How long anything that must appear may take, in milliseconds."""

expect.set_options(timeout=WITHIN_MS)

Open = Callable[..., Page]


@dataclass(frozen=True, slots=True)
class RunningDemo:
    """`roost demo`, as a person at a terminal has it."""

    process: subprocess.Popen[str]
    phone: str
    application: str

    def line_with(self, text: str) -> str:
        """Read on in its output until a line holds `text`."""
        for line in self.process.stdout or ():
            if text in line:
                return line
        raise AssertionError(f"the demo ended without saying {text!r}")


def ports() -> list[str]:
    """Begin to look for free ports where no other demo of this machine does.

    Below those that the system gives to connections, one of which could take it meanwhile.
    """
    base = random.SystemRandom().randrange(20_000, 32_000)
    return ["--phone-port", str(base), "--port", str(base + 100)]


HELLO = ("--bot", "roost.demo.hello:bot")
"""A bot that says back what it hears, in a world where nothing has happened yet."""


@contextmanager
def running_demo(data: Path, arguments: Sequence[str] = HELLO) -> Generator[RunningDemo]:
    """Run `roost demo` until the context ends, then stop it with Ctrl-C.

    Without arguments it is as anybody starts it.
    """
    command = [sys.executable, "-m", "roost", "demo", "--data", str(data), *ports(), *arguments]
    # What agents send goes at once, except where a test is about taking it back.
    environment = {"ROOST_UNDO_SEND_S": "0", **os.environ}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    demo = RunningDemo(process, "", "")
    try:
        phone = demo.line_with("/_sim/phone").split()[1]
        application = demo.line_with("application").split()[1]
        yield RunningDemo(process, phone, application)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) in {0, 1, 130}
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture(scope="module")
def chromium() -> Generator[Browser]:
    """One browser for a module; its event loop must be gone before other tests run theirs."""
    found = finding.look(os.environ)
    assert isinstance(found, finding.Browser)
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(found.path), args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Generator[Open]:
    """Open pages that fail the test on any script error or request to a foreign origin.

    `also` is the one other place a page may lead to.
    """
    faults: list[str] = []
    contexts = []

    def open_one(address: str, *, also: str = "", **options: object) -> Page:
        context = chromium.new_context(**options)
        context.set_default_timeout(WITHIN_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
        page.on(
            "console",
            lambda message: (
                faults.append(f"policy: {message.text}")
                if "Content Security Policy" in message.text
                else None
            ),
        )
        origin = "/".join(address.split("/")[:3])
        page.on(
            "request",
            lambda request: (
                faults.append(f"foreign request: {request.url}")
                if not request.url.startswith((origin, "data:", "blob:", also or origin))
                else None
            ),
        )
        page.goto(address)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert faults == []
