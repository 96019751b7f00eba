"""The phone, the stage and X's sign-in pages without a mouse: every place, with everything open.

What cannot be reached by keys, does not show its focus, loses it, or is something that axe
finds, is listed with the place.
"""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser import phone_places
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.openings import SIZES, Report
from tests.browser.phone_places import ASIDE, NOT_OPENED, PHONE, STAGE
from tests.browser.playground import Playground, playground
from tests.browser.test_consent import begin, session, simulating

from roost.simulator.consent_pages import LISTED

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def ground() -> Generator[Playground]:
    with playground() as one:
        phone_places.furnish(one)
        yield one


def test_every_place_of_the_phone_is_reached_by_keys(ground: Playground, open_page: Open) -> None:
    report = Report(arrows=phone_places.walk_messages, aside=ASIDE)
    page = open_page(ground.phone, viewport=SIZES["wide"], reduced_motion="reduce")
    rooms = phone_places.places()
    for place, view in [*((room, "Phone") for room in rooms), (rooms[0], "Under the hood")]:
        page.goto(f"{ground.phone}#place={place}")
        page.reload()
        settled = partial(phone_places.settled, view=view)
        report.look_everywhere(page, f"{place}, {view}", PHONE, settled, again=False)

    report.check(PHONE)


def test_every_place_of_the_stage_is_reached_by_keys(ground: Playground, open_page: Open) -> None:
    report = Report(arrows=phone_places.walk_messages, aside=ASIDE)
    stage = ground.phone.replace("/phone", "/stage") + "#phones=2002,2003"
    page = open_page(stage, viewport=SIZES["wide"], reduced_motion="reduce")
    expect(page.get_by_test_id("stage-phone")).to_have_count(2, timeout=WITHIN_MS)
    in_phones = partial(phone_places.settled, view="Phones")
    for room in phone_places.rooms_of(page, "Phone 1"):
        in_phones(page)
        room.press("Enter")
        place = f"phones, {room.inner_text()}"
        report.look_everywhere(page, place, STAGE, in_phones, again=False)
    for view in ("Tour", "Application"):
        settled = partial(phone_places.settled, view=view)
        report.look_everywhere(page, view, {}, settled, sizes=["narrow"])

    report.check(STAGE)


def test_every_page_of_the_sign_in_at_x_is_reached_by_keys(tmp_path: Path, open_page: Open) -> None:
    report = Report()
    both = session("oob"), session("oob")
    with simulating(tmp_path, others=LISTED) as x, both[0] as client, both[1] as other:
        page = open_page(f"{x}/oauth/authorize?oauth_token=none")
        look_at_page(report, page, "Whoa there!")
        page.goto(begin(client, x))
        page.get_by_role("textbox", name="by handle").fill("nobody_at_all")
        page.get_by_role("button", name="Authorize app").press("Enter")
        expect(page.get_by_role("alert")).to_be_visible(timeout=WITHIN_MS)
        look_at_page(report, page, "Authorize Acme Desk")
        page.get_by_role("button", name="Authorize app").press("Enter")
        look_at_page(report, page, "You have authorized")
        page.goto(begin(other, x))
        page.get_by_role("button", name="Cancel").press("Enter")
        look_at_page(report, page, "You have not authorized")

    report.check({})
    assert report.stops > 0


def look_at_page(report: Report, page: Page, heading: str) -> None:
    """Look at a page on which nothing opens, in both sizes."""
    expect(page.get_by_role("heading", name=heading)).to_be_visible(timeout=WITHIN_MS)
    report.look_everywhere(page, heading, {}, lambda _: None)


def test_whatever_can_be_opened_is_walked() -> None:
    found = phone_places.openable()

    assert found - set(NOT_OPENED) <= {name.partition(",")[0] for name in PHONE}
    assert found >= set(NOT_OPENED)
