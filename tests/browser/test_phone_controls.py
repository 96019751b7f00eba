"""Clock, faults, marks and the keyboard on the phone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.playground import ACCOUNT, CUSTOMER, Playground, playground

pytestmark = pytest.mark.browser

ROOMS = ("messages", "profile", "website")


@pytest.fixture
def ground():
    with playground() as one:
        yield one


def drawer(page: Page, name: str) -> Locator:
    page.get_by_role("group", name="Controls").get_by_role("button", name=name).click()
    return page.get_by_test_id(f"drawer-{name.lower()}")


def messages(page: Page) -> Locator:
    return page.get_by_role("log", name="Conversation").locator("article")


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Message").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def shown_time(page: Page) -> datetime:
    said = page.get_by_test_id("clock-now").get_attribute("datetime")
    assert said is not None
    return datetime.fromisoformat(said)


def test_a_day_passes_at_once(ground: Playground, open_page: Open) -> None:
    page = open_page(ground.phone)
    write(page, "before")
    expect(messages(page)).to_have_count(1, timeout=WITHIN_MS)
    clock = drawer(page, "Clock")
    clock.get_by_role("button", name="Freeze").click()
    expect(clock.get_by_test_id("clock")).to_have_attribute("data-frozen", "true")
    before = shown_time(page)

    clock.get_by_role("button", name="+1 day").click()

    log = page.get_by_role("log", name="Conversation")
    expect(log).to_contain_text("Yesterday", timeout=WITHIN_MS)
    assert shown_time(page) == before + timedelta(days=1)
    now = int(ground.call("GET", "/_sim/clock")["now"])
    assert datetime.fromtimestamp(now / 1000, UTC) == shown_time(page)
    write(page, "after")
    expect(log).to_contain_text("Today")


def test_a_clock_moved_by_somebody_else_is_noticed(ground: Playground, open_page: Open) -> None:
    page = open_page(ground.phone)
    drawer(page, "Clock")
    before = shown_time(page)
    ground.call("POST", "/_sim/clock", {"action": "advance", "seconds": 7200})
    ground.act(CUSTOMER, action="send_dm", to=ACCOUNT, text="two hours later")
    expect(messages(page)).to_have_count(1, timeout=WITHIN_MS)
    ground.application.hears("direct_message_events")
    page.wait_for_function(
        "(after) => new Date(document.querySelector('[data-testid=clock-now]').dateTime) > after",
        arg=(before + timedelta(hours=1)).timestamp() * 1000,
    )


def test_a_fault_that_is_switched_on_is_seen_in_the_drawer_and_in_the_log(
    ground: Playground, open_page: Open
) -> None:
    page = open_page(ground.phone)
    faults = drawer(page, "Faults")
    duplicate = faults.get_by_role("button", name="Duplicate")
    duplicate.click()
    expect(duplicate).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Faults 1 on")).to_be_visible()
    [standing] = ground.call("GET", "/_sim/faults")["faults"]
    assert standing["effect"] == "duplicate"

    write(page, "once")
    first, second = (ground.application.hears("direct_message_events") for _ in range(2))
    assert first == second
    page.get_by_role("group", name="Show").get_by_role("button", name="Faults").click()
    struck = page.locator("[data-testid=log-row][data-fault]")
    expect(struck.first).to_contain_text("duplicate", timeout=WITHIN_MS)

    duplicate.click()
    expect(duplicate).to_have_attribute("aria-pressed", "false")
    assert ground.call("GET", "/_sim/faults")["faults"] == []


def test_an_invalid_crc_silences_the_webhook_until_it_is_switched_off(
    ground: Playground, open_page: Open
) -> None:
    page = open_page(ground.phone)
    invalid = drawer(page, "Faults").get_by_role("button", name="Invalid CRC")
    challenges = page.locator("[data-testid=log-row][data-kind=crc]")
    expect(challenges).to_have_count(1, timeout=WITHIN_MS)
    invalid.click()
    expect(invalid).to_have_attribute("aria-pressed", "true")
    expect(challenges).to_have_count(2, timeout=WITHIN_MS)
    assert not is_valid(ground)
    ground.act(CUSTOMER, action="send_dm", to=ACCOUNT, text="unheard")

    invalid.click()
    expect(challenges).to_have_count(3, timeout=WITHIN_MS)
    assert is_valid(ground)
    ground.act(CUSTOMER, action="send_dm", to=ACCOUNT, text="heard")
    [event] = ground.application.hears("direct_message_events")["direct_message_events"]
    assert event["message_create"]["message_data"]["text"] == "heard"


def is_valid(ground: Playground) -> bool:
    [webhook] = ground.call("GET", "/_sim/state")["webhooks"]
    return webhook["valid"]


def test_a_fault_set_elsewhere_is_shown_and_can_be_switched_off(
    ground: Playground, open_page: Open
) -> None:
    page = open_page(ground.phone)
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    rule = {"effect": "delay", "seconds": 90, "match": {"user": ACCOUNT}}
    ground.call("PUT", "/_sim/faults", {"faults": [rule]})
    page.get_by_role("button", name="Faults 1 on").click()
    faults = page.get_by_test_id("drawer-faults")
    expect(faults).to_contain_text("delay")
    faults.get_by_role("button", name="Switch all off").click()
    expect(faults.get_by_role("button", name="Switch all off")).to_have_count(0)
    assert ground.call("GET", "/_sim/faults")["faults"] == []


def test_typing_and_reading_are_seen_both_ways(ground: Playground, open_page: Open) -> None:
    page = open_page(ground.phone)
    write(page, "Anybody there?")
    [sent] = ground.application.hears("direct_message_events")["direct_message_events"]
    where = f"recipient_id={CUSTOMER}"
    ground.call("POST", f"/1.1/direct_messages/indicate_typing.json?{where}")
    expect(page.get_by_test_id("typing")).to_contain_text("Acme is typing", timeout=WITHIN_MS)
    ground.call(
        "POST", f"/1.1/direct_messages/mark_read.json?{where}&last_read_event_id={sent['id']}"
    )
    expect(page.get_by_test_id("seen")).to_be_visible(timeout=WITHIN_MS)
    expect(page.get_by_test_id("typing")).to_have_count(0)

    events = drawer(page, "Events")
    events.get_by_role("checkbox").check()
    page.get_by_role("textbox", name="Message").press_sequentially("Well")
    [typing] = ground.application.hears("direct_message_indicate_typing_events")[
        "direct_message_indicate_typing_events"
    ]
    assert typing["sender_id"] == CUSTOMER
    content = {"target": {"recipient_id": CUSTOMER}, "message_data": {"text": "Yes!"}}
    answer = ground.call(
        "POST",
        "/1.1/direct_messages/events/new.json",
        {"event": {"type": "message_create", "message_create": content}},
    )
    [read] = ground.application.hears("direct_message_mark_read_events")[
        "direct_message_mark_read_events"
    ]
    assert read["last_read_event_id"] == answer["event"]["id"]


def test_events_nobody_typed_reach_the_application(ground: Playground, open_page: Open) -> None:
    page = open_page(ground.phone)
    events = drawer(page, "Events")
    events.get_by_role("button", name="Type", exact=True).click()
    ground.application.hears("direct_message_indicate_typing_events")
    events.get_by_role("button", name="Follow", exact=True).click()
    [follow] = ground.application.hears("follow_events")["follow_events"]
    assert (follow["type"], follow["source"]["id"]) == ("follow", CUSTOMER)

    events.get_by_role("button", name="Mention…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("@acme look at this")
    dialog.get_by_role("button", name="Post", exact=True).click()
    [mention] = ground.application.hears("tweet_create_events")["tweet_create_events"]
    assert mention["entities"]["user_mentions"][0]["id_str"] == ACCOUNT

    post_id = ground.act(ACCOUNT, action="post", text="a slip of the pen")["id"]
    events.get_by_role("button", name="Delete the newest Post").click()
    [deleted] = ground.application.hears("tweet_delete_events")["tweet_delete_events"]
    assert deleted["status"]["id"] == post_id


def test_revoking_the_app_reaches_the_application_and_the_phone_goes_on(
    ground: Playground, open_page: Open
) -> None:
    page = open_page(ground.phone)
    events = drawer(page, "Events")
    events.get_by_role("button", name="Revoke Acme Desk").click()
    revoked = ground.application.hears("user_event")["user_event"]["revoke"]
    assert revoked["source"]["user_id"] == ACCOUNT
    write(page, "still writing")
    expect(messages(page)).to_have_count(1, timeout=WITHIN_MS)
    events.get_by_role("button", name="Authorize Acme Desk").click()
    expect(page.get_by_test_id("phone-notice")).to_contain_text("may act for")


def test_everything_can_be_reached_by_keyboard(ground: Playground, open_page: Open) -> None:
    page = open_page(ground.phone)
    box = page.get_by_role("textbox", name="Message")
    box.focus()
    page.keyboard.type("by hand")
    page.keyboard.press("Enter")
    expect(messages(page)).to_have_count(1, timeout=WITHIN_MS)

    tab_to(page, button(page, "Profile"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Profile of Acme")).to_be_visible()
    tab_to(page, button(page, "Post as @acme"))
    page.keyboard.press("Enter")
    page.keyboard.type("Posted without a mouse")
    tab_to(page, button(page, "Post"))
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("post")).to_contain_text("without a mouse", timeout=WITHIN_MS)
    tab_to(page, button(page, "Like, 0"))
    page.keyboard.press("Space")
    ground.application.hears("favorite_events")

    opener = page.get_by_role("group", name="Controls").get_by_role("button", name="Faults")
    tab_to(page, opener)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("drawer-faults")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("drawer-faults")).to_have_count(0)
    expect(opener).to_be_focused()


def test_a_clock_that_stands_still_and_faults_fit_a_narrow_screen(
    ground: Playground, open_page: Open
) -> None:
    ground.call("POST", "/_sim/clock", {"action": "freeze"})
    ground.call("PUT", "/_sim/faults", {"faults": [{"effect": "drop", "probability": 0.5}]})

    page = open_page(ground.phone, viewport={"width": 380, "height": 740})

    controls = page.get_by_role("group", name="Controls")
    expect(controls).to_contain_text("frozen", timeout=WITHIN_MS)
    expect(controls).to_contain_text("1 on", timeout=WITHIN_MS)
    for one in controls.get_by_role("button").or_(controls.get_by_role("link")).all():
        expect(one).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("navigation", name="Phone")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 380


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_room_fits_a_narrow_screen(ground: Playground, open_page: Open, scheme: str) -> None:
    ground.act(ACCOUNT, action="post", text="https://acme.example/" + "long" * 60)
    ground.act(CUSTOMER, action="send_dm", to=ACCOUNT, text="Hello")
    page = open_page(ground.phone, viewport={"width": 380, "height": 740}, color_scheme=scheme)
    for place in ROOMS:
        page.goto(f"{ground.phone}#place={place}")
        expect(page.get_by_role("navigation", name="Phone")).to_be_in_viewport(ratio=1)
        for name in ("Clock", "Faults", "Events"):
            drawer(page, name)
            assert page.evaluate("document.documentElement.scrollWidth") <= 380, (place, name)
        page.get_by_role("navigation", name="View").get_by_role("button").last.click()
        for name in ("JSON", "State diff", "Rendered", "Ledger", "Copy"):
            tool = page.get_by_test_id("inspector").get_by_role("button", name=name)
            if place == "messages":
                expect(tool).to_be_in_viewport(ratio=1)
        page.get_by_role("navigation", name="View").get_by_role("button").first.click()
        drawer_button = page.get_by_role("button", name="Events")
        drawer_button.click()
        expect(drawer_button).to_have_attribute("aria-expanded", "false")


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until something has the focus, which has to happen within one round."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.and_(page.locator(":focus")).count():
            return
    raise AssertionError(f"{wanted} cannot be reached by keyboard")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def test_what_the_account_may_still_send_is_counted_beside_the_clock(
    ground: Playground, open_page: Open
) -> None:
    page = open_page(ground.phone)
    budget = drawer(page, "Clock").get_by_test_id("budget")
    expect(budget).to_contain_text("The next reply to this customer counts.", timeout=WITHIN_MS)

    ground.act(CUSTOMER, action="send_dm", to=ACCOUNT, text="Hello")
    expect(budget).to_contain_text("5 more replies to this customer", timeout=WITHIN_MS)

    target = {"recipient_id": CUSTOMER}
    message = {"target": target, "message_data": {"text": "Hello to you"}}
    event = {"type": "message_create", "message_create": message}
    ground.call("POST", "/1.1/direct_messages/events/new.json", {"event": event})
    expect(budget).to_contain_text("4 more replies to this customer", timeout=WITHIN_MS)
    expect(budget).to_contain_text("@acme: 1,000 of 1,000 messages left")
