"""Ways into a conversation, and what else a customer does on X, on the phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.playground import ACCOUNT, CUSTOMER, Playground, playground

pytestmark = pytest.mark.browser

DEEP_LINK = f"https://x.com/messages/compose?recipient_id={ACCOUNT}"


@pytest.fixture
def ground():
    with playground() as one:
        yield one


def log_of(page: Page) -> Locator:
    return page.get_by_role("log", name="Conversation")


def room(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Phone").get_by_role("button", name=name).click()


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Message").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def post(ground: Playground, text: str, **more: str) -> str:
    return ground.act(ACCOUNT, action="post", text=text, **more)["id"]


def a_welcome_message(ground: Playground, text: str, **more: object) -> str:
    body = {"welcome_message": {"name": "hello", "message_data": {"text": text, **more}}}
    made = ground.call("POST", "/1.1/direct_messages/welcome_messages/new.json", body)
    return made["welcome_message"]["id"]


def as_default(ground: Playground, welcome_id: str) -> None:
    body = {"welcome_message_rule": {"welcome_message_id": welcome_id}}
    ground.call("POST", "/1.1/direct_messages/welcome_messages/rules/new.json", body)


def test_a_post_liked_on_the_phone_is_a_favorite_event_at_the_application(
    ground: Playground, open_page: Open
) -> None:
    post_id = post(ground, "Our new kettle is here")
    page = open_page(f"{ground.phone}#place=profile")
    card = page.get_by_test_id("post").filter(has_text="Our new kettle")
    card.get_by_role("button", name="Like").click()

    [event] = ground.application.hears("favorite_events")["favorite_events"]
    assert event["favorited_status"]["id_str"] == post_id
    assert event["user"]["id_str"] == CUSTOMER
    expect(card.get_by_role("button", name="Like, 1")).to_have_attribute("aria-pressed", "true")
    rows = page.locator("[data-testid=log-row][data-kind=event]")
    rows.filter(has_text="favorite_events").first.click()
    expect(page.get_by_test_id("inspector")).to_contain_text("favorite_events")


def test_a_reply_and_a_repost_reach_the_application(ground: Playground, open_page: Open) -> None:
    post_id = post(ground, "Ask us anything")
    ground.application.hears("tweet_create_events")
    page = open_page(f"{ground.phone}#place=profile")
    card = page.get_by_test_id("post")
    card.get_by_role("button", name="Reply").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("where is my parcel?")
    page.get_by_role("dialog").get_by_role("button", name="Post", exact=True).click()
    [reply] = ground.application.hears("tweet_create_events")["tweet_create_events"]
    assert reply["in_reply_to_status_id_str"] == post_id

    card.get_by_role("button", name="Repost").click()
    [repost] = ground.application.hears("tweet_create_events")["tweet_create_events"]
    assert repost["retweeted_status"]["id_str"] == post_id
    expect(card.get_by_role("button", name="Repost, 1")).to_be_visible()


def test_following_from_the_profile_reaches_the_application(
    ground: Playground, open_page: Open
) -> None:
    page = open_page(f"{ground.phone}#place=profile")
    page.get_by_role("button", name="Follow", exact=True).click()
    [event] = ground.application.hears("follow_events")["follow_events"]
    assert (event["type"], event["source"]["id"]) == ("follow", CUSTOMER)
    page.get_by_role("button", name="Following").click()
    expect(page.get_by_role("button", name="Follow", exact=True)).to_be_visible()


def test_a_deep_link_from_a_post_opens_with_its_welcome_message(
    ground: Playground, open_page: Open
) -> None:
    options = {"type": "options", "options": [{"label": "Kettles", "metadata": "kettles"}]}
    as_default(ground, a_welcome_message(ground, "The usual hello"))
    welcome_id = a_welcome_message(ground, "You came from a Post", quick_reply=options)
    link = f"{DEEP_LINK}&welcome_message_id={welcome_id}&text=About%20kettles"
    post_id = post(ground, "Questions about kettles?", link=link)
    page = open_page(f"{ground.phone}#place=profile")

    page.get_by_role("button", name="Send a private message").click()

    shown = log_of(page).locator("[data-welcome]")
    expect(shown).to_contain_text("You came from a Post", timeout=WITHIN_MS)
    expect(shown).to_have_count(1)
    expect(page.get_by_role("textbox", name="Message")).to_have_value("About kettles")
    page.get_by_role("button", name="Kettles").click()
    [event] = ground.application.hears("direct_message_events")["direct_message_events"]
    assert event["initiated_via"] == {"tweet_id": post_id, "welcome_message_id": welcome_id}
    data = event["message_create"]["message_data"]
    assert data["quick_reply_response"] == {"type": "options", "metadata": "kettles"}
    expect(page.get_by_test_id("initiated-via")).to_be_visible()


def test_the_default_welcome_message_greets_first_and_again_after_leaving(
    ground: Playground, open_page: Open
) -> None:
    as_default(ground, a_welcome_message(ground, "Welcome to Acme"))
    page = open_page(ground.phone)
    shown = log_of(page).locator("[data-welcome]")
    expect(shown).to_contain_text("Welcome to Acme", timeout=WITHIN_MS)

    write(page, "Hello")
    sent = log_of(page).locator("[data-direction=out]:not([data-pending])")
    expect(sent).to_have_count(1, timeout=WITHIN_MS)
    page.reload()
    expect(log_of(page).locator("article").first).to_contain_text("Welcome to Acme")
    expect(log_of(page).locator("article")).to_have_count(2)

    room(page, "Web page")
    page.get_by_role("button", name="Message @acme").click()
    expect(log_of(page).locator("article").last).to_contain_text("Welcome to Acme")
    expect(log_of(page).locator("article")).to_have_count(2)


def test_any_deep_link_can_be_typed_into_the_phones_browser(
    ground: Playground, open_page: Open
) -> None:
    welcome_id = a_welcome_message(ground, "From an advert")
    page = open_page(f"{ground.phone}#place=website")
    bar = page.get_by_role("textbox", name="Address")
    bar.fill("https://example.com/")
    bar.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("There is no network here")

    bar.fill(f"{DEEP_LINK}&welcome_message_id={welcome_id}")
    bar.press("Enter")
    expect(log_of(page).locator("[data-welcome]")).to_contain_text("From an advert")


def test_buttons_that_lead_to_x_stay_on_the_phone(ground: Playground, open_page: Open) -> None:
    ctas = [
        ("Follow us", "https://x.com/intent/follow?screen_name=acme"),
        ("Tell friends", "https://x.com/intent/tweet?text=Tea%20is%20better&via=acme"),
        ("Our shop", "https://acme.example/shop"),
    ]
    data = {
        "text": "Stay in touch",
        "ctas": [{"type": "web_url", "label": label, "url": url} for label, url in ctas],
    }
    content = {"target": {"recipient_id": CUSTOMER}, "message_data": data}
    page = open_page(ground.phone)
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    ground.call(
        "POST",
        "/1.1/direct_messages/events/new.json",
        {"event": {"type": "message_create", "message_create": content}},
    )

    expect(page.get_by_role("link", name="Our shop")).to_have_attribute("target", "_blank")
    page.get_by_role("link", name="Follow us").click()
    dialog = page.get_by_role("dialog", name="Follow @acme?")
    dialog.get_by_role("button", name="Follow").click()
    [event] = ground.application.hears("follow_events")["follow_events"]
    assert event["source"]["id"] == CUSTOMER

    page.get_by_role("link", name="Tell friends").click()
    dialog = page.get_by_role("dialog", name="New Post")
    expect(dialog.get_by_role("textbox")).to_have_value("Tea is better via @acme")
    dialog.get_by_role("button", name="Post", exact=True).click()
    [mention] = ground.application.hears("tweet_create_events")["tweet_create_events"]
    assert mention["user"]["id_str"] == CUSTOMER
    expect(page).to_have_url(re.compile("^" + re.escape(ground.phone)))
