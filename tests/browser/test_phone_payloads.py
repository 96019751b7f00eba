"""Whatever is in X's world is text to the phone, the stage, X's sign-in pages and the desk."""

from __future__ import annotations

import ast
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from requests_oauthlib import OAuth1Session
from tests.browser import desk_places, phone_places
from tests.browser.conftest import WITHIN_MS, Open, running_demo
from tests.browser.desk_demo import ACCOUNT, ADA, ALAN, DeskDemo
from tests.browser.hostile_world import IN_PYTHON, STARTS, HostileWorld, ask
from tests.browser.openings import SIZES, Opening
from tests.browser.payloads import LISTEN, TOGETHER, check_nothing_ran
from tests.browser.phone_places import PHONE, STAGE
from tests.browser.test_desk import enter, thread

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Generator[DeskDemo]:
    """The demo as anybody starts it: with welcome messages and profiles."""
    with running_demo(tmp_path_factory.mktemp("phone"), []) as running:
        yield DeskDemo.of(running)


@dataclass(frozen=True)
class Look:
    """Goes around in a page and fails where a text was run.

    Attributes:
        page: Where it looks; what is broken there is listened for.
        text: What must be shown everywhere.
    """

    page: Page
    text: str

    def at(self, address: str) -> None:
        """Go there, and look."""
        self.page.goto(address)
        self.page.reload()
        phone_places.settled(self.page)
        expect(self.page.get_by_role("main")).to_contain_text(self.text[:40], timeout=WITHIN_MS)
        check_nothing_ran(self.page)

    def inside(self, openings: Mapping[str, Opening]) -> set[str]:
        """Open whatever can be opened here, and look at each; gives what was."""
        opened = set[str]()
        for name, opening in openings.items():
            for one in opening(self.page):
                check_nothing_ran(self.page)
                one.close()
                opened.add(name)
        return opened


def look_at_phone(page: Page, x: str, text: str, openings: Mapping[str, Opening]) -> None:
    """Look at the phone of whoever has met the payload, and of who has not."""
    look, opened = Look(page, text), set[str]()
    for customer in (ADA, ALAN):
        for place in phone_places.places():
            look.at(f"{x}/_sim/phone#customer={customer}&place={place}")
            left = {name: one for name, one in openings.items() if name not in opened}
            opened |= look.inside(left)
    assert opened == set(openings)


def look_at_stage(page: Page, x: str, text: str) -> None:
    """Look at the stage with both phones on it."""
    look = Look(page, text)
    look.at(f"{x}/_sim/stage#phones={ADA},{ALAN}")
    opened = set[str]()
    for room in phone_places.rooms_of(page, "Phone 1"):
        room.click()
        opened |= look.inside({name: one for name, one in STAGE.items() if name not in opened})
    assert opened == set(STAGE)


def look_at_sign_in(page: Page, x: str, text: str) -> None:
    """Be asked by an app whether it may act for somebody, and refuse and allow it."""
    app = ask("GET", f"{x}/_sim/state")["apps"][0]
    for button in ("Cancel", "Authorize app"):
        with OAuth1Session(app["consumer_key"], app["consumer_secret"], callback_uri="oob") as one:
            one.fetch_request_token(f"{x}/oauth/request_token")
            page.goto(one.authorization_url(f"{x}/oauth/authorize"))
        expect(page.get_by_role("heading", name="Authorize")).to_contain_text(text[:40])
        check_nothing_ran(page)
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("heading", name="authorized")).to_contain_text(text[:40])
        check_nothing_ran(page)


def look_at_desk(page: Page, text: str) -> None:
    """Look at what reaches an agent from such a world."""
    desk = f"{page.url.partition('/desk')[0]}/desk"
    for place in ("activity/welcome", f"all/{ACCOUNT}/{ACCOUNT}-{ADA}"):
        page.goto(f"{desk}/{place}")
        desk_places.settled(page)
        expect(page.locator("body")).to_contain_text(text[:40], timeout=WITHIN_MS)
        check_nothing_ran(page)
    thread(page).locator("a[href^='/desk/activity/']").last.click()
    expect(page.get_by_role("group", name="As received")).to_contain_text("__hit=1")
    check_nothing_ran(page)


def look_at_test(page: Page, x: str) -> None:
    """Save a conversation as a test: all that was said is in its texts, none in its code."""
    page.goto(f"{x}/_sim/phone#customer={ADA}")
    page.get_by_role("group", name="Controls").get_by_role("button", name="Session").click()
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save as a test").click()
    tree = ast.parse(Path(saving.value.path()).read_text(encoding="utf-8"))
    names = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)}
    texts = [one.value for one in ast.walk(tree) if isinstance(one, ast.Constant)]
    assert "__hit" not in names
    assert any(IN_PYTHON in one for one in texts if isinstance(one, str))


def test_no_text_in_the_world_is_run(demo: DeskDemo, open_page: Open) -> None:
    world = HostileWorld(demo.x)
    desk = enter(open_page, demo.sam, viewport=SIZES["wide"])
    page = open_page(
        f"{demo.x}/_sim/phone", also=demo.sam.partition("/desk")[0], viewport=SIZES["wide"]
    )
    for one in (desk, page):
        one.add_init_script(LISTEN)
    for start in STARTS:
        text = start + TOGETHER
        world.put(text)
        demo.writes(text + IN_PYTHON)
        # How a text begins matters where it is an address; that is seen without opening all.
        look_at_phone(page, demo.x, text, {} if start else PHONE)
        look_at_desk(desk, text)
        if not start:
            look_at_stage(page, demo.x, text)
            look_at_sign_in(page, demo.x, text)
            look_at_test(page, demo.x)

    unfilled = sorted(world.wanted() - world.filled)
    assert unfilled == [], unfilled
