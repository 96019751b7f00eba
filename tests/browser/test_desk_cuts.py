"""The page's own stream of changes over connections that are cut or fall silent: nothing missed."""

from __future__ import annotations

import asyncio
import json
import os
import random
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.desk_demo import ACCOUNT, ADA, ALAN, GRACE, DeskDemo, desk_demo
from tests.browser.test_desk import enter, row, thread, view
from tests.severing import Severed, severed

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

CUTS = int(os.environ.get("DESK_CUTS", "12"))
"""How often the page is cut off; it is back after a second, which is most of what this costs."""

RECORD = """
window.__opened = []
window.__seen = []
window.EventSource = class extends EventSource {
  constructor(...given) {
    super(...given)
    this.addEventListener('ready', (event) => window.__opened.push(event.lastEventId))
    this.addEventListener('change', (event) => {
      if (JSON.parse(event.data).kind !== 'presence') window.__seen.push(event.lastEventId)
    })
  }
}
"""
"""What the page's own code is told, noted beside it; but for who is where, which nobody is told of
once it is over."""

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
      if (/^event: change/m.test(event) && !event.includes('"kind":"presence"'))
        found.push(/^id: (.*)/m.exec(event)[1].trim())
  }
  await reader.cancel()
  return found.slice(0, most)
}"""

WATCH = """() => {
  const texts = (node) => (node.nodeType === 1
    ? [node, ...node.querySelectorAll('article')].filter((one) => one.matches('article'))
    : []).map((one) => one.querySelector('[data-testid=text]').textContent)
  window.__came = []
  window.__went = []
  new MutationObserver((records) => {
    for (const record of records) {
      record.addedNodes.forEach((node) => window.__came.push(...texts(node)))
      record.removedNodes.forEach((node) => window.__went.push(...texts(node)))
    }
  }).observe(document.querySelector('[role=log]'), { childList: true, subtree: true })
}"""
"""Note every bubble that comes into the thread, or goes out of it."""

SHOWN = """() => {
  const text = (where, what) => where.querySelector(what)?.textContent.trim() ?? ''
  const all = (what) => [...document.querySelectorAll(what)]
  return {
    rows: all('a[id^=row-]').map((row) =>
      [row.id, ...['.name', '.preview', '.who', '.badge'].map((part) => text(row, part))]),
    counts: all('nav a[aria-label]').map((link) => link.ariaLabel),
    control: all('[data-control]').map((strip) => strip.dataset.control),
    bubbles: all('[role=log] article').slice(-40).map((one) =>
      [one.dataset.speaker, text(one, '[data-testid=text]')]),
  }
}"""
"""What a page shows of rows, counts and the end of the thread; but for times, which go on."""

WHOLE = """(shown) => shown.rows.length === 3 && shown.control.length === 1
  && shown.counts.length > 0 && shown.counts.every((count) => /[0-9]/.test(count))"""

DO = """async ([conversation, verb]) => {
  const { csrf } = await (await fetch('/api/session')).json()
  const headers = { 'x-roost-csrf': csrf, 'idempotency-key': crypto.randomUUID() }
  const path = `/api/conversations/1001/${conversation}/${verb}`
  return (await fetch(path, { method: 'POST', headers })).status
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
        try:
            yield loop, proxy
        finally:
            asyncio.run_coroutine_threadsafe(between.__aexit__(None, None, None), loop).result(30)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()


def opened(page: Page, times: int) -> None:
    """Wait until the page's stream has been opened so often."""
    page.wait_for_function("(n) => window.__opened.length >= n", arg=times, timeout=WITHIN_MS)


def do(page: Page, customer: str, verb: str) -> None:
    """Let whoever has entered a page do something with a customer's conversation."""
    assert page.evaluate(DO, [f"{ACCOUNT}-{customer}", verb]) in {200, 204}, verb


def handed_to_people(demo: DeskDemo, sam: Page, robin: Page) -> None:
    """Let three customers be with people: Ada with Sam, the others with Robin."""
    view(sam, "All")
    for customer, name, whose in (
        (ADA, "Ada Lovelace", sam),
        (ALAN, "Alan Turing", robin),
        (GRACE, "Grace Hopper", robin),
    ):
        demo.writes(f"hello from {name}", customer)
        expect(row(sam, name)).to_contain_text("What can I do?", timeout=WITHIN_MS)
        do(whose, customer, "take-over")
        do(whose, customer, "read")


@pytest.mark.timeout(300 + 5 * CUTS)
def test_a_page_that_is_cut_off_again_and_again_misses_and_repeats_nothing(
    demo, open_page: Open
) -> None:
    """By hand, with `DESK_CUTS=1000`, for about 24 minutes."""
    address, draw = urlsplit(demo.sam), random.Random(7)
    with cutting(address.port or 0) as (loop, proxy):
        page = enter(open_page, demo.sam.replace(f":{address.port}/", f":{proxy.port}/"))
        robin = enter(open_page, demo.robin)
        page.add_init_script(RECORD)
        page.reload()
        opened(page, 1)
        handed_to_people(demo, page, robin)
        row(page, "Ada Lovelace").click()
        expect(thread(page)).to_contain_text("hello from Ada Lovelace")
        page.evaluate(WATCH)
        for n in range(CUTS):
            demo.writes(f"to be read {n}")
            # Anywhere in what the page is told of this, and in what it asks for then.
            loop.call_soon_threadsafe(loop.call_later, draw.uniform(0, 0.2), proxy.cut_all)
            demo.writes(f"to be counted {n}", ALAN)
            do(robin, GRACE, "reopen" if n % 2 else "resolve")
            opened(page, n + 2)
        demo.writes("really the last", GRACE)
        expect(row(page, "Grace Hopper")).to_contain_text("really the last", timeout=WITHIN_MS)
        expect(row(page, "Alan Turing").locator(".badge span").first).to_have_text(str(CUTS))
        expect(thread(page)).to_contain_text(f"to be read {CUTS - 1}")

        assert missed_and_repeated(page, CUTS) == (0, 0)
        assert outdated(page) == {}
        assert proxy.n_cut >= CUTS
        page.goto("about:blank")


def missed_and_repeated(page: Page, cuts: int) -> tuple[int, int]:
    """Count what a page was told of, and shows, too seldom and too often."""
    seen, came = page.evaluate("[window.__seen, window.__came]")
    expected = page.evaluate(IN_ONE_GO, len(seen))
    wanted = [f"to be read {n}" for n in range(cuts)]
    shown = thread(page).get_by_test_id("text").all_text_contents()
    missed = len(set(expected) - set(seen)) + len(set(wanted) - set(shown))
    repeated = (
        len(seen) - len(set(seen)) + len(came) - len(set(came)) + len(shown) - len(set(shown))
    )
    n_opened = page.evaluate("window.__opened.length")
    print(
        f"\n{n_opened - 1} streams cut, {len(seen)} changes told of, {len(came)} bubbles came:"
        f" {missed} missed, {repeated} repeated, {page.evaluate('window.__went.length')} taken away"
    )
    assert (seen, shown[-cuts:], came) == (expected, wanted, wanted), "in their order"
    assert page.evaluate("window.__went") == []
    assert len(seen) >= 3 * cuts
    return missed, repeated


def outdated(page: Page) -> dict[str, object]:
    """Give what a page shows that is opened now, where this one does not."""
    fresh = page.context.new_page()
    fresh.goto(page.url)
    expect(thread(fresh).get_by_role("article").last).to_be_visible()
    expect(fresh.get_by_text("Live", exact=True)).to_be_visible()
    # Rows, counts and thread are asked for one by one: until each is there, nothing is compared.
    fresh.wait_for_function(f"() => ({WHOLE})(({SHOWN})())", timeout=WITHIN_MS)
    as_text = f"() => JSON.stringify(({SHOWN})())"
    wanted = fresh.evaluate(as_text)
    # What the last change of all lets this page ask for may be under way.
    with suppress(PlaywrightTimeoutError):
        page.wait_for_function(
            f"(wanted) => ({as_text})() === wanted", arg=wanted, timeout=WITHIN_MS
        )
    new, old = json.loads(wanted), page.evaluate(SHOWN)
    return {part: new[part] for part in new if new[part] != old[part]}


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
            with suppress(AssertionError):
                expect(live).to_be_visible(timeout=5_000)
                break

        expect(live).to_be_visible(timeout=WITHIN_MS)
        expect(page.get_by_text("Not connected")).to_have_count(0)
        expect(thread(page)).to_contain_text("into the silence", timeout=WITHIN_MS)
        page.goto("about:blank")
