"""What a browser fetches before a page can be used, as it comes over the wire."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Response, expect
from tests.browser.conftest import WITHIN_MS, running_demo

pytestmark = pytest.mark.browser

MOST_BYTES = 200_000
FILES = {"document", "script", "stylesheet", "image", "font"}


def first_load(chromium: Browser, address: str, heading: str) -> dict[str, int]:
    """Open a page in an empty browser; give the size of each file as it came."""
    files: list[Response] = []
    origin = "/".join(address.split("/")[:3])
    with chromium.new_context() as context:
        page = context.new_page()

        def keep(response: Response) -> None:
            if response.request.resource_type in FILES and response.url.startswith(origin):
                files.append(response)

        page.on("response", keep)
        page.goto(address)
        expect(page.get_by_role("heading", name=heading).first).to_be_visible(timeout=WITHIN_MS)
        return {file.url: file.request.sizes()["responseBodySize"] for file in files}


def test_each_page_comes_in_less_than_200_kb(tmp_path: Path, chromium: Browser) -> None:
    with running_demo(tmp_path) as demo:
        addresses = {
            "phone": (demo.phone, "Acme"),
            "stage": (demo.phone.replace("/phone", "/stage"), "Tour"),
            "desk": (f"{demo.application.rstrip('/')}/desk", "Log in"),
        }
        loads = {name: first_load(chromium, *where) for name, where in addresses.items()}
    for name, files in loads.items():
        print(f"{name}: {sum(files.values()):,} bytes in {len(files)} files")
        assert any(url.endswith(".js") for url in files), name
        assert any(url.endswith(".css") for url in files), name
        assert sum(files.values()) < MOST_BYTES, name
