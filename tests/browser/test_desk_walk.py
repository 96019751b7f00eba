"""The whole desk without a mouse: every place, with everything that can be open in it.

What cannot be reached by keys, does not show its focus, loses it, or is something that axe
finds, is listed with the place.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser import desk_places, walking
from tests.browser.conftest import WITHIN_MS, Open, running_demo
from tests.browser.desk_demo import ACCOUNT, ADA, ALAN, DeskDemo
from tests.browser.desk_places import NOT_OPENED, OPENINGS
from tests.browser.openings import SIZES, Report
from tests.browser.test_desk import enter, strip, thread

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

MIRA, TOM = "2005", "2006"
REFUSED = {"effect": "status", "code": 349, "count": 1, "match": {"route": "dm.events.new"}}
CALL = """async ([method, path, body]) => {
  const me = await (await fetch('/api/session')).json()
  const headers = {'content-type': 'application/json', 'x-roost-csrf': me.csrf,
    'idempotency-key': crypto.randomUUID()}
  const answer = await fetch(path, {method, headers, body: JSON.stringify(body)})
  if (!answer.ok) throw new Error(method + ' ' + path + ': ' + await answer.text())
}"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Generator[DeskDemo]:
    """The demo as anybody starts it: with conversations, welcome messages and profiles."""
    with running_demo(tmp_path_factory.mktemp("desk"), []) as running:
        yield DeskDemo.of(running)


def furnish(demo: DeskDemo, page: Page) -> list[str]:
    """Have something in every view and every part of a thread; give where events are shown."""
    demo.writes("hello https://example.com")
    here = f"/api/conversations/{ACCOUNT}/{ACCOUNT}-"
    desk = page.url.partition("/desk")[0] + "/desk"
    page.goto(f"{desk}/all/{ACCOUNT}/{ACCOUNT}-{ADA}")
    expect(thread(page).locator("[data-speaker=bot]").first).to_be_visible(timeout=WITHIN_MS)
    button = {"label": "See", "url": "https://example.com/?a=1"}
    for path, body in (
        (f"{here}{ADA}/tags", {"tags": ["billing"]}),
        (f"{here}{ADA}/notes", {"text": "a kind customer"}),
        (f"{here}{ADA}/replies", {"text": "Look", "buttons": [button], "speak": "account"}),
        (f"{here}{TOM}/snooze", {"until": None}),
        (f"{here}{MIRA}/resolve", {}),
        ("/api/keys", {"name": "warehouse", "scope": "read"}),
    ):
        page.evaluate(CALL, ["POST", path, body])
    expect(thread(page).locator("[data-speaker=person]")).to_contain_text("Sent", timeout=WITHIN_MS)
    with demo.misbehaving(REFUSED):
        page.evaluate(CALL, ["POST", f"{here}{ADA}/replies", {"text": "No", "speak": "account"}])
        failed = thread(page).locator("article", has=page.locator("[data-state=dead]"))
        expect(failed).to_be_visible(timeout=WITHIN_MS)
    expect(strip(page)).to_have_attribute("data-control", "agent")
    found = [page.locator(f"a[href^='/desk/activity/{one}/']").last for one in TRACES]
    return [str(one.get_attribute("href")).removeprefix("/desk/") for one in found]


TRACES = desk_places.routes()["TRACES"]


def places(traces: list[str]) -> list[str]:
    """Give every place of the desk, as the page's own tables name them."""
    tables = desk_places.routes()
    assert set(tables) == {"VIEWS", "TABS", "TRACES"}, "say how the new table is walked"
    views = [*tables["VIEWS"], "tagged"]
    ends = {"tagged": "?tag=billing"}
    open_one = f"/{ACCOUNT}/{ACCOUNT}-{ADA}"
    lists = [f"{one}{ends.get(one, '')}" for one in views]
    threads = [f"{one}{open_one}{ends.get(one, '')}" for one in views]
    pages = ["/".join(["activity", one]).rstrip("/") for one in tables["TABS"]]
    assert [one.split("/")[1] for one in traces] == tables["TRACES"]
    return [*lists, *threads, *pages, *traces]


def test_every_place_with_everything_open_is_reached_by_keys(
    demo: DeskDemo, open_page: Open
) -> None:
    page = enter(open_page, demo.sam, viewport=SIZES["wide"], reduced_motion="reduce")
    report = Report()
    for place in places(furnish(demo, page)):
        demo.let_time_pass()
        page.goto(f"{page.url.partition('/desk')[0]}/desk/{place}")
        report.look_everywhere(page, place, OPENINGS, desk_places.settled)

    report.check(OPENINGS)


def test_whatever_can_be_opened_is_walked() -> None:
    found = desk_places.openable()

    assert found - set(NOT_OPENED) == set(OPENINGS)
    assert len(found) > len(OPENINGS)


NAMED = ('button "one"', 'a "two"', 'button "three"', 'button "four"')
PAGE = """<style>:focus-visible {{ outline: {outline} }}</style>
<button>one</button><a href="#">two</a><button tabindex="{index}">three</button>
<button style="position: fixed">four</button><div style="position: fixed; inset: {inset}"></div>"""


@pytest.mark.parametrize(
    ("outline", "index", "inset", "found"),
    [
        ("2px solid #1558c0", 0, "50% 0 0", []),
        ("2px solid #1558c0", -1, "50% 0 0", ['not reached: button "three"']),
        ("none", 0, "50% 0 0", [f"focus does not show on {one}" for one in NAMED]),
        ("2px solid #eef", 0, "50% 0 0", [f"focus does not show on {one}" for one in NAMED]),
        ("2px solid #1558c0", 0, "0", [f"focus is hidden on {one}" for one in NAMED]),
    ],
    ids=["nothing", "unreached", "no outline", "faint outline", "covered"],
)
def test_a_walk_finds_what_is_wrong(
    chromium: Browser, *, outline: str, index: int, inset: str, found: list[str]
) -> None:
    page = chromium.new_page()
    page.set_content(PAGE.format(outline=outline, index=index, inset=inset))

    assert walking.walk(page).faults == found
    page.close()


def test_a_walk_finds_a_dialog_that_does_not_keep_the_focus(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content(PAGE.format(outline="2px solid #1558c0", index=0, inset="50% 0 0"))
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('dialog'), "
        "{open: true, innerHTML: '<button>five</button>'}))"
    )

    found = walking.walk(page, "dialog[open]").faults
    page.close()

    assert found == [f"focus left for {one}" for one in NAMED]


def test_where_somebody_is_asked_again_the_focus_is_on_what_changes_nothing(
    demo: DeskDemo, open_page: Open
) -> None:
    demo.let_time_pass()
    page = enter(open_page, demo.sam)
    page.goto(f"{page.url.partition('/desk')[0]}/desk/activity/welcome")
    page.get_by_role("button", name="Delete greeting").press("Enter", timeout=WITHIN_MS)

    keep = page.get_by_role("button", name="Keep it")
    expect(keep).to_be_focused()
    keep.press("Enter")

    expect(page.get_by_role("button", name="Delete greeting")).to_be_focused()


def test_what_is_done_by_keys_leaves_the_focus_beside_it(demo: DeskDemo, open_page: Open) -> None:
    demo.writes("hello", ALAN)
    page = enter(open_page, demo.sam)
    page.goto(f"{page.url.partition('/desk')[0]}/desk/all/{ACCOUNT}/{ACCOUNT}-{ALAN}")
    box = page.get_by_role("combobox", name="Add a tag")
    for tag in ("one", "two"):
        box.fill(tag)
        box.press("Enter")
        expect(page.get_by_role("list", name="Tags")).to_contain_text(tag, timeout=WITHIN_MS)
        expect(box).to_have_value("", timeout=WITHIN_MS)
    page.get_by_role("button", name="Remove tag one").press("Enter")
    expect(page.get_by_role("button", name="Remove tag two")).to_be_focused(timeout=WITHIN_MS)
    page.get_by_role("button", name="Remove tag two").press("Enter")
    expect(box).to_be_focused(timeout=WITHIN_MS)
    page.get_by_role("button", name="Take over").press("Enter")
    expect(strip(page)).to_have_attribute("data-control", "agent", timeout=WITHIN_MS)
    expect(page.get_by_role("button", name="Hand back to bot")).to_be_focused()
