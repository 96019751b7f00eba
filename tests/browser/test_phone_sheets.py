"""What the phone asks before it acts, and panes that stay as they were dragged."""

from __future__ import annotations

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect
from tests.browser import walking
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.playground import ACCOUNT, CUSTOMER, Playground, playground
from tests.browser.test_phone_controls import drawer
from tests.browser.test_phone_media import a_photo, attachments, send

pytestmark = pytest.mark.browser

WIDE = {"width": 1280, "height": 860}


@pytest.fixture
def ground():
    with playground() as one:
        yield one


def location_sheet(page: Page) -> Locator:
    drawer(page, "Events").get_by_role("button", name="Send a location…").click()
    return page.get_by_role("dialog", name="Send a location")


def heard_location(ground: Playground) -> tuple[str, dict[str, object]]:
    [event] = ground.application.hears("direct_message_events")["direct_message_events"]
    data = event["message_create"]["message_data"]
    assert data["attachment"]["type"] == "location"
    return data["text"], data["attachment"]["location"]


def test_a_place_is_chosen_and_sent(ground: Playground, open_page: Open) -> None:
    page = open_page(ground.phone)
    sheet = location_sheet(page)
    sheet.get_by_label("as @ada, who is at").select_option("Opera House, Sydney")
    expect(sheet.get_by_label("Latitude")).to_have_value("-33.8568")
    sheet.get_by_label("Message with it").fill("Waiting here")
    sheet.get_by_role("button", name="Send").click()

    text, location = heard_location(ground)
    assert text == "Waiting here"
    point = {"type": "Point", "coordinates": [151.2153, -33.8568]}
    assert location["shared_coordinate"] == {"coordinates": point}
    expect(attachments(page)).to_contain_text("33.8568° S, 151.2153° E", timeout=WITHIN_MS)


def test_any_point_and_any_place_x_knows_can_be_sent(ground: Playground, open_page: Open) -> None:
    page = open_page(ground.phone)
    sheet = location_sheet(page)
    sheet.get_by_label("Latitude").fill("91")
    expect(sheet.get_by_role("button", name="Send")).to_be_disabled()
    sheet.get_by_label("Latitude").fill("59.9139")
    sheet.get_by_label("Longitude").fill("10.7522")
    expect(sheet.locator("select")).to_have_value("point")
    sheet.get_by_role("button", name="Send").click()
    _, location = heard_location(ground)
    assert location["shared_coordinate"]["coordinates"]["coordinates"] == [10.7522, 59.9139]

    page.get_by_role("button", name="Send a location…").click()
    sheet.locator("select").select_option("id")
    sheet.get_by_label("id of the place").fill("01a9a39529b27f36")
    sheet.get_by_role("button", name="Send").click()
    _, location = heard_location(ground)
    assert location["shared_place"] == {"place": {"id": "01a9a39529b27f36"}}


def test_a_post_with_a_photo_that_few_may_answer(ground: Playground, open_page: Open) -> None:
    page = open_page(f"{ground.phone}#place=profile")
    page.get_by_role("button", name="Post as @acme").click()
    sheet = page.get_by_role("dialog", name="New Post")
    file: FilePayload = {"name": "kettle.png", "mimeType": "image/png", "buffer": a_photo()}
    sheet.get_by_test_id("post-file").set_input_files(file)
    expect(sheet.get_by_test_id("attached")).to_contain_text("kettle.png", timeout=WITHIN_MS)
    button = sheet.get_by_role("checkbox", name="With the button")
    expect(button).to_be_disabled()  # X shows either a button or media
    sheet.get_by_label("Who can answer").select_option("followed")
    sheet.get_by_role("textbox", name="Description").fill("A blue kettle")
    sheet.get_by_role("button", name="Post", exact=True).click()

    [post] = ground.application.hears("tweet_create_events")["tweet_create_events"]
    [media] = post["extended_entities"]["media"]
    assert (media["type"], media["ext_alt_text"]) == ("photo", "A blue kettle")
    card = page.get_by_test_id("post")
    expect(card.get_by_role("img", name="A blue kettle")).to_be_visible(timeout=WITHIN_MS)
    expect(card.get_by_test_id("post-limit")).to_contain_text("follows or mentions")
    answer = {"action": "post", "kind": "reply", "post_id": post["id_str"], "text": "Nice"}
    said = ground.api.post(
        f"{ground.origin}/_sim/users/{CUSTOMER}/actions", json=answer, timeout=30
    )
    assert (said.status_code, said.json()["errors"][0]["field"]) == (422, "post_id")
    ground.act(ACCOUNT, action="follow", to=CUSTOMER)
    assert ground.act(CUSTOMER, **answer)["id"]


def test_what_x_does_to_a_post_is_seen_on_it(ground: Playground, open_page: Open) -> None:
    ground.act(ACCOUNT, action="post", text="Come in")
    page = open_page(f"{ground.phone}#place=profile")
    limit = page.get_by_test_id("post-limit")
    expect(page.get_by_test_id("post")).to_be_visible(timeout=WITHIN_MS)
    expect(limit).to_have_count(0)
    events = drawer(page, "Events")

    events.get_by_role("button", name="X withdraws it").click()
    expect(limit).to_contain_text("withdrawn", timeout=WITHIN_MS)
    page.get_by_role("button", name="Like, 0").click()
    expect(page.get_by_test_id("phone-notice")).to_contain_text("no Post")

    events.get_by_role("button", name="X gives it back").click()
    expect(limit).to_have_count(0, timeout=WITHIN_MS)
    page.get_by_role("button", name="Like, 0").click()
    ground.application.hears("favorite_events")


def test_a_message_is_shown_as_it_reads_where_only_text_can_go(
    ground: Playground, open_page: Open
) -> None:
    options = [
        {"label": "Blue", "description": "The sky", "metadata": "b"},
        {"label": "Red", "description": "Roses"},
    ]
    buttons = [{"type": "web_url", "label": "See both", "url": "https://acme.example/both"}]
    data = {"text": "Which?", "quick_reply": {"type": "options", "options": options}}
    send(ground, {**data, "ctas": buttons})
    page = open_page(ground.phone, viewport=WIDE)
    inspector = page.get_by_test_id("inspector")
    inspector.get_by_role("button", name="Rendered").click()
    rendered = inspector.get_by_test_id("rendered")
    expect(rendered).to_contain_text("Blue", timeout=WITHIN_MS)

    inspector.get_by_label("Dialect").select_option("plain")
    expect(rendered.locator("p")).to_have_text(
        "Which?\n1. Blue (The sky)\n2. Red (Roses)\nSee both: https://acme.example/both"
    )
    expect(inspector.get_by_role("list", name="What is lost")).to_contain_text("2 quick replies")
    phone = page.get_by_test_id("phone")
    phone = page.get_by_role("region", name="Phone")
    shown = phone.get_by_test_id("message-text").last
    expect(shown).to_contain_text("2. Red (Roses)\nSee both: https://acme.example/both")
    expect(phone.get_by_role("button", name="Blue")).to_have_count(0)
    assert walking.axe(page) == []

    page.reload()
    expect(shown).to_contain_text("2. Red (Roses)", timeout=WITHIN_MS)
    page.get_by_role("button", name="Show everything").click()
    expect(phone.get_by_role("button", name="Blue")).to_be_visible()
    expect(shown).to_have_text("Which?")

    page.get_by_test_id("log-row").first.get_by_role("button").click()
    expect(inspector.get_by_role("button", name="Rendered")).to_have_count(0)
    expect(inspector.get_by_role("region", name="JSON")).to_be_visible()


def box(locator: Locator) -> dict[str, float]:
    found = locator.bounding_box()
    assert found is not None
    return dict(found)


def test_panes_stay_as_they_were_dragged(ground: Playground, open_page: Open) -> None:
    page = open_page(ground.phone, viewport=WIDE)
    width = page.get_by_role("separator", name="Width of the phone")
    height = page.get_by_role("separator", name="Height of the inspector")
    inspector = page.get_by_test_id("inspector")
    before = box(inspector)

    at = box(width)
    page.mouse.move(at["x"] + at["width"] / 2, at["y"] + 100)
    page.mouse.down()
    page.mouse.move(at["x"] + 160, at["y"] + 100, steps=4)
    page.mouse.up()
    height.focus()
    for _ in range(5):
        page.keyboard.press("ArrowUp")

    after = box(inspector)
    assert after["x"] > before["x"] + 100
    assert after["height"] < before["height"] - 40
    now = height.get_attribute("aria-valuenow")
    page.reload()
    expect(height).to_have_attribute("aria-valuenow", now or "")
    again = box(inspector)
    assert abs(again["x"] - after["x"]) < 2
    assert abs(again["height"] - after["height"]) < 2

    width.dblclick()
    height.dblclick()
    assert abs(box(inspector)["x"] - before["x"]) < 2
    page.keyboard.press("End")
    expect(height).to_have_attribute("aria-valuenow", "85")
