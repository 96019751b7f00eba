"""The stage: phones and the application's page side by side, and a tour that ticks itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import WITHIN_MS, Open, running_demo
from tests.browser.playground import Playground, playground

pytestmark = pytest.mark.browser


@pytest.fixture
def ground():
    with playground() as one:
        yield one


def phone_of(page: Page, customer: str) -> Locator:
    return page.locator(f"[data-testid=stage-phone][data-customer='{customer}']")


def write(phone: Locator, text: str) -> None:
    phone.get_by_role("textbox", name="Message").fill(text)
    phone.get_by_role("button", name="Send", exact=True).click()


def step(page: Page, name: str) -> Locator:
    return page.locator(f"[data-testid=step-{name}][data-done=true]")


def stage_of(phone: str) -> str:
    return phone.replace("/_sim/phone", "/_sim/stage")


def test_the_tour_ticks_itself_and_a_killed_application_loses_nothing(
    tmp_path: Path, open_page: Open
) -> None:
    with running_demo(tmp_path) as demo:
        page = open_page(stage_of(demo.phone), also=demo.application, viewport=WIDE)
        desk = page.frame_locator("iframe")
        expect(desk.get_by_role("heading", name="Log in")).to_be_visible(timeout=WITHIN_MS)
        ada = phone_of(page, "2002")
        write(ada, "hello")
        expect(step(page, "answer")).to_contain_text("after", timeout=WITHIN_MS)
        expect(step(page, "hello")).to_be_visible()

        page.get_by_role("button", name="Kill the application").click()
        expect(step(page, "kill")).to_be_visible(timeout=WITHIN_MS)
        write(ada, "still there?")

        restarted = page.get_by_test_id("application-state")
        expect(restarted).to_contain_text("restarted in", timeout=WITHIN_MS)
        expect(restarted).to_contain_text("waiting")
        answers = ada.locator("[data-direction=in]", has_text="You said: still there?")
        expect(answers).to_have_count(1, timeout=WITHIN_MS)
        expect(desk.get_by_role("heading", name="Log in")).to_be_visible(timeout=WITHIN_MS)

        page.get_by_role("button", name="Start over").click()
        expect(step(page, "hello")).to_have_count(0)


def test_a_person_takes_over_at_the_desk_and_answers_on_the_phone(
    tmp_path: Path, open_page: Open
) -> None:
    with running_demo(tmp_path) as demo:
        link = demo.line_with("/desk/enter#").split()[1]
        page = open_page(stage_of(demo.phone), also=demo.application, viewport=WIDE)
        ada = phone_of(page, "2002")
        write(ada, "hello")
        ada.get_by_role("button", name="Talk to a person").click(timeout=WITHIN_MS)
        expect(step(page, "person")).to_contain_text("handed over", timeout=WITHIN_MS)
        expect(step(page, "desk")).to_have_count(0)
        write(ada, "are you there?")

        desk = open_page(link)
        desk.get_by_role("region", name="Conversations").get_by_role("link").first.click()
        desk.get_by_role("textbox", name="Reply").fill("Sam here. How can I help?")
        desk.get_by_role("button", name="Send", exact=True).click()

        answers = ada.locator("[data-direction=in]", has_text="Sam here. How can I help?")
        expect(answers).to_have_count(1, timeout=WITHIN_MS)
        expect(step(page, "desk")).to_contain_text("after", timeout=WITHIN_MS)
        expect(ada.locator("[data-direction=in]", has_text="You said")).to_have_count(0)


def test_two_customers_have_a_phone_each_and_see_only_their_own_conversation(
    ground: Playground, open_page: Open
) -> None:
    page = open_page(stage_of(ground.phone), viewport=WIDE)
    expect(phone_of(page, "2002")).to_be_visible()
    page.get_by_role("button", name="Phone", exact=True).click()
    [second] = [user for user in customers(ground) if user != "2002"][:1]
    expect(phone_of(page, second)).to_be_visible()

    write(phone_of(page, "2002"), "from the first")
    write(phone_of(page, second), "from the second")

    for customer, text in (("2002", "from the first"), (second, "from the second")):
        shown = phone_of(page, customer).locator("article")
        expect(shown).to_have_count(1, timeout=WITHIN_MS)
        expect(shown).to_contain_text(text)
        said = ground.application.hears("direct_message_events")["direct_message_events"]
        assert {one["message_create"]["sender_id"] for one in said} <= {"2002", second}

    page.reload()
    expect(page.get_by_test_id("stage-phone")).to_have_count(2)
    phone_of(page, second).get_by_role("button", name="Remove this phone").click()
    expect(page.get_by_test_id("stage-phone")).to_have_count(1)


def test_without_an_application_the_stage_says_how_to_start_one(
    ground: Playground, open_page: Open
) -> None:
    page = open_page(stage_of(ground.phone), viewport=WIDE)
    application = page.get_by_role("region", name="Application")
    expect(application).to_contain_text("roost demo")
    expect(application.locator("iframe")).to_have_count(0)


def test_on_a_narrow_screen_tour_phone_and_application_take_turns(
    ground: Playground, open_page: Open
) -> None:
    page = open_page(stage_of(ground.phone), viewport={"width": 380, "height": 720})
    expect(page.get_by_role("region", name="Tour")).to_be_visible()
    for view, name in (("Phones", "Phone"), ("Application", "Application"), ("Tour", "Tour")):
        views = page.get_by_role("navigation", name="View")
        views.get_by_role("button", name=view).click()
        expect(page.get_by_role("region", name=name, exact=True)).to_be_visible()
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 380, f"{view} is {width} px wide"


def test_the_phone_leads_to_the_stage_and_back(ground: Playground, open_page: Open) -> None:
    page = open_page(ground.phone, viewport=WIDE)
    page.get_by_role("link", name="Stage").click()
    expect(phone_of(page, "2002")).to_be_visible()
    page.get_by_role("link", name="Under the hood").click()
    expect(page.get_by_test_id("inspector")).to_be_visible()


WIDE = {"width": 1440, "height": 860}


def customers(ground: Playground) -> list[str]:
    users = ground.call("GET", "/_sim/world")["users"]
    return [user["user_id"] for user in users if not user["is_account"]]
