"""Admins let people in and out of the desk, on a page of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.desk_demo import DeskDemo, desk_demo
from tests.browser.test_desk import enter
from tests.browser.test_desk_accessibility import check

pytestmark = pytest.mark.browser

PASSWORD = "a few words work well"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory):
    with desk_demo(tmp_path_factory.mktemp("desk")) as one:
        yield one


def people(open_page: Open, demo: DeskDemo, **options: object) -> Page:
    page = enter(open_page, demo.sam, **options)
    page.goto(f"{page.url.partition('/desk')[0]}/desk/activity/people")
    expect(one(page, "Robin Hale")).to_be_visible(timeout=WITHIN_MS)
    return page


def one(page: Page, name: str):
    return page.get_by_role("list", name="People").get_by_role("listitem").filter(has_text=name)


def test_somebody_is_invited_comes_in_is_made_admin_and_shut_out_at_once(
    demo: DeskDemo, open_page: Open
) -> None:
    page = people(open_page, demo)
    page.get_by_role("textbox", name="Login").fill("lin@acme.example")
    page.get_by_role("textbox", name="Name, as customers").fill("Lin Okafor")
    page.get_by_role("button", name="Invite").click()
    expect(one(page, "Lin Okafor")).to_contain_text("has no password yet", timeout=WITHIN_MS)
    link = page.get_by_role("textbox", name="Link to come in").input_value()

    newcomer = open_page(link)
    newcomer.get_by_label("Password").fill(PASSWORD)
    newcomer.get_by_role("button", name="Choose password").click()
    views = newcomer.get_by_role("navigation", name="Views")
    expect(views).to_contain_text("Lin Okafor", timeout=WITHIN_MS)
    expect(views.get_by_role("link", name="Activity")).to_have_count(0)
    page.reload()
    expect(one(page, "Lin Okafor")).to_be_visible(timeout=WITHIN_MS)
    expect(one(page, "Lin Okafor")).not_to_contain_text("has no password yet")
    page.get_by_role("combobox", name="Role of Lin Okafor").select_option("Admin")
    expect(one(page, "Lin Okafor")).to_contain_text("Admins serve every account", timeout=WITHIN_MS)
    newcomer.reload()
    expect(views.get_by_role("link", name="Activity")).to_be_visible(timeout=WITHIN_MS)

    page.get_by_role("button", name="Shut Lin Okafor out").click()

    expect(newcomer.get_by_role("heading", name="Log in")).to_be_visible(timeout=WITHIN_MS)
    expect(one(page, "Lin Okafor")).to_contain_text("is shut out", timeout=WITHIN_MS)


def test_the_last_admin_is_told_why_they_stay_one(demo: DeskDemo, open_page: Open) -> None:
    page = people(open_page, demo)

    page.get_by_role("combobox", name="Role of Sam Carter").select_option("Agent")

    expect(page.get_by_role("alert")).to_contain_text("the only admin", timeout=WITHIN_MS)
    page.reload()
    expect(page.get_by_role("combobox", name="Role of Sam Carter")).to_have_value("admin")


def test_an_agent_serves_the_accounts_that_are_ticked(demo: DeskDemo, open_page: Open) -> None:
    page = people(open_page, demo)
    robin = enter(open_page, demo.robin)
    account = page.get_by_role("group", name="Accounts that Robin Hale serves").get_by_role(
        "checkbox"
    )
    expect(account).to_be_checked()

    account.uncheck()
    expect(one(page, "Robin Hale")).not_to_contain_text("connected later", timeout=WITHIN_MS)

    robin.reload()
    robin.get_by_role("link", name="All").click(timeout=WITHIN_MS)
    expect(robin.get_by_text("No conversations yet.")).to_be_visible(timeout=WITHIN_MS)
    account.check()
    expect(one(page, "Robin Hale")).to_contain_text("connected later", timeout=WITHIN_MS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_and_axe_finds_nothing(demo: DeskDemo, open_page: Open, scheme: str) -> None:
    page = people(open_page, demo, viewport={"width": 380, "height": 780}, color_scheme=scheme)

    check(page)

    assert page.evaluate("document.documentElement.scrollWidth") <= 380


def test_who_is_invited_again_because_the_answer_was_lost_is_invited_once(
    demo: DeskDemo, open_page: Open
) -> None:
    page = people(open_page, demo)
    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method != "POST" or lost:
            route.continue_()
            return
        lost.append(route.fetch().json()["path"])
        route.abort()

    page.route("**/api/people", lose)
    page.get_by_role("textbox", name="Login").fill("kim@acme.example")
    page.get_by_role("textbox", name="Name, as customers").fill("Kim Abara")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached", timeout=WITHIN_MS)

    page.get_by_role("button", name="Invite").click()

    expect(page.get_by_role("status").filter(has_text="Kim Abara")).to_be_visible()
    link = page.get_by_role("textbox", name="Link to come in").input_value()
    expect(one(page, "Kim Abara")).to_have_count(1)
    newcomer = open_page(link)
    expect(newcomer.get_by_label("Password")).to_be_visible(timeout=WITHIN_MS)
    desk = link.partition("/desk")[0]
    late = open_page(desk + lost[0])
    expect(late.get_by_role("alert")).to_be_visible(timeout=WITHIN_MS)
