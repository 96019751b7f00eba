"""The page's own stream of changes over connections that are cut or fall silent: nothing missed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.desk_demo import desk_demo
from tests.browser.test_desk import enter, row, thread, view
from tests.severing import Severed, severed

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

CUTS = 10

RECORD = """
window.__opened = []
window.__seen = []
window.EventSource = class extends EventSource {
  constructor(...given) {
    super(...given)
    this.addEventListener('ready', (event) => window.__opened.push(event.lastEventId))
    this.addEventListener('change', (event) => window.__seen.push(event.lastEventId))
  }
}
"""
"""What the page's own code is told, noted beside it."""

IN_ONE_GO = """async (most) => {
  const place = encodeURIComponent(window.__opened[0])
  const answer = await fetch('/api/changes?after=' + place)
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  const found = []
  let text = ''
  while (found.length < most) {
    text += (await reader.read()).value
    const events = text.split('\\r\\n\\r\\n')
    text = events.pop()
    for (const event of events)
      if (/^event: change/m.test(event)) found.push(/^id: (.*)/m.exec(event)[1].trim())
  }
  await reader.cancel()
  return found.slice(0, most)
}"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory):
    with desk_demo(tmp_path_factory.mktemp("desk")) as one:
        yield one


@contextmanager
def cutting(upstream: int) -> Generator[tuple[asyncio.AbstractEventLoop, Severed]]:
    """Stand before a server, in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    between = severed(upstream, lambda: None)
    try:
        proxy = asyncio.run_coroutine_threadsafe(between.__aenter__(), loop).result(30)
        yield loop, proxy
        asyncio.run_coroutine_threadsafe(between.__aexit__(None, None, None), loop).result(30)
    finally:
        asyncio.run_coroutine_threadsafe(_end_all(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()


async def _end_all() -> None:
    """End what passes bytes on still, so that no socket is left to later tests."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for one in others:
        one.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def opened(page: Page, times: int) -> None:
    """Wait until the page's stream has been opened so often."""
    page.wait_for_function("(n) => window.__opened.length >= n", arg=times, timeout=WITHIN_MS)


def test_a_page_that_is_cut_off_again_and_again_misses_and_repeats_nothing(
    demo, open_page: Open
) -> None:
    address = urlsplit(demo.sam)
    with cutting(address.port or 0) as (loop, proxy):
        page = enter(open_page, demo.sam.replace(f":{address.port}/", f":{proxy.port}/"))
        page.add_init_script(RECORD)
        page.reload()
        opened(page, 1)
        for n in range(CUTS):
            demo.writes(f"before cut {n}")
            loop.call_soon_threadsafe(proxy.cut_all)
            demo.writes(f"after cut {n}")
            opened(page, n + 2)
        demo.writes("the last one")
        demo.act("2003", action="send_dm", to="1001", text="really the last")
        view(page, "All")
        expect(row(page, "Alan Turing")).to_contain_text("What can I do?", timeout=WITHIN_MS)

        seen = page.evaluate("window.__seen")
        expected = page.evaluate(IN_ONE_GO, len(seen))

        print(f"{proxy.n_cut} connections cut, {len(seen)} changes seen")
        assert proxy.n_cut >= CUTS
        assert len(seen) >= 2 * CUTS
        assert (set(expected) - set(seen), len(seen) - len(set(seen))) == (set(), 0)
        assert seen == expected
        page.goto("about:blank")


def test_a_connection_that_falls_silent_without_an_end_is_noticed_said_and_replaced(
    demo, open_page: Open
) -> None:
    address = urlsplit(demo.sam)
    with cutting(address.port or 0) as (loop, proxy):
        page = enter(open_page, demo.sam.replace(f":{address.port}/", f":{proxy.port}/"))
        page.clock.install()
        page.goto(page.url.partition("/desk")[0] + "/desk/all/1001/1001-2002")
        live = page.get_by_text("Live", exact=True)
        expect(live).to_be_visible(timeout=WITHIN_MS)
        # Whatever is new cannot come in either, so that there is time to see what the page says.
        page.route("**/api/changes*", lambda route: None)
        loop.call_soon_threadsafe(proxy.silence_all)
        demo.writes("into the silence")

        page.clock.fast_forward(60_000)
        expect(page.get_by_text("Not connected")).to_be_visible(timeout=WITHIN_MS)
        expect(live).to_have_count(0)
        page.unroute("**/api/changes*")
        # A browser may ask over others of the connections that fell silent first.
        for _ in range(10):
            page.clock.fast_forward(60_000)
            page.wait_for_timeout(1_000)
            if live.is_visible():
                break

        expect(live).to_be_visible(timeout=WITHIN_MS)
        expect(page.get_by_text("Not connected")).to_have_count(0)
        expect(thread(page)).to_contain_text("into the silence", timeout=WITHIN_MS)
        page.goto("about:blank")
