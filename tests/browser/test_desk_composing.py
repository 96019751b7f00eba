"""Replies that carry all a Direct Message can: written at the desk, read on the phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import FilePayload, Locator, Page, Response, Route, expect
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.desk_demo import ADA, DeskDemo, desk_demo
from tests.browser.test_desk import enter, phone, row, thread, view
from tests.browser.test_phone_media import a_photo, is_drawn

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory):
    with desk_demo(tmp_path_factory.mktemp("desk")) as one:
        one.writes("hello", ADA)
        yield one


def photo() -> FilePayload:
    return {"name": "parcel.png", "mimeType": "image/png", "buffer": a_photo()}


def opened(open_page: Open, link: str, **options: object) -> Page:
    page = enter(open_page, link, **options)
    view(page, "All")
    row(page, "Ada Lovelace").click(timeout=WITHIN_MS)
    expect(page.get_by_label("Speak as")).to_be_visible(timeout=WITHIN_MS)
    return page


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Reply")


def is_kept(answer: Response, text: str) -> bool:
    """Tell whether this is the server's word that it keeps a draft with this text."""
    sent = answer.request.post_data or ""
    return answer.url.endswith("/draft") and answer.ok and f'"text":"{text}"' in sent


def send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()


def set_up(desk: Page) -> None:
    """Give Sam a profile and the account a canned reply."""
    desk.get_by_role("button", name="Settings").click()
    settings = desk.get_by_role("dialog", name="Settings")
    settings.get_by_label("Name customers see").fill("Sam at Acme")
    settings.get_by_label("Picture").set_input_files(photo())
    settings.get_by_role("button", name="Create at X").click()
    whose = settings.get_by_label("Profile of Sam Carter")
    whose.select_option("Sam at Acme", timeout=WITHIN_MS)
    expect(whose).to_be_enabled()
    settings.get_by_label("Name", exact=True).fill("late")
    settings.get_by_label("Text").fill("Dear {customer.name}, it is late.")
    settings.get_by_role("button", name="Add canned reply").click()
    expect(settings.get_by_text("/late")).to_be_visible(timeout=WITHIN_MS)
    settings.get_by_role("button", name="Close").click()


def write_all(desk: Page) -> None:
    """Write a reply with everything in it."""
    box(desk).fill("/la")
    expect(desk.get_by_role("option", name="/late")).to_contain_text("Dear Ada Lovelace")
    box(desk).press("Enter")
    expect(box(desk)).to_have_value("Dear Ada Lovelace, it is late.")
    desk.get_by_label("Attach a photo").set_input_files(photo())
    expect(desk.get_by_test_id("attached")).to_contain_text("Ready", timeout=WITHIN_MS)
    desk.get_by_label("Description of the picture").fill("A parcel")
    desk.get_by_role("button", name="Add a quick reply").click()
    desk.get_by_label("Label of option 1").fill("I wait")
    desk.get_by_role("button", name="Add a button").click()
    desk.get_by_label("Label of button 1").fill("Follow us")
    desk.get_by_label("What button 1 does").select_option("Follow an account")
    desk.get_by_label("Where button 1 leads").fill("@acme")


def test_a_reply_carries_a_name_a_photo_options_and_a_button(
    demo: DeskDemo, open_page: Open
) -> None:
    customer = phone(open_page, demo)
    desk = opened(open_page, demo.sam)
    set_up(desk)
    desk.reload()
    expect(desk.get_by_label("Speak as")).to_contain_text("Sam at Acme", timeout=WITHIN_MS)
    write_all(desk)
    send(desk)

    theirs = customer.get_by_role("log", name="Conversation")
    expect(theirs).to_contain_text("Sam at Acme", timeout=WITHIN_MS)
    expect(theirs).to_contain_text("Dear Ada Lovelace, it is late.")
    picture = theirs.get_by_test_id("attachment").get_by_role("img").last
    expect(picture).to_have_js_property("complete", value=True, timeout=WITHIN_MS)
    assert is_drawn(picture)
    expect(customer.get_by_role("button", name="I wait")).to_be_visible()
    mine = thread(desk).locator("[data-speaker=person]").last
    expect(mine).to_contain_text("Sent", timeout=WITHIN_MS)
    expect(mine.get_by_test_id("media").get_by_role("img")).to_be_visible(timeout=WITHIN_MS)
    assert is_drawn(mine.get_by_test_id("media").get_by_role("img"))
    expect(mine.get_by_role("link", name="Follow us")).to_have_attribute(
        "href", "https://x.com/intent/follow?screen_name=acme"
    )
    customer.get_by_role("button", name="I wait").click()
    expect(mine.get_by_role("list", name="Quick replies")).to_contain_text(
        "chosen by the customer", timeout=WITHIN_MS
    )


def test_a_customers_photo_is_shown_without_asking_x_from_the_page(
    demo: DeskDemo, open_page: Open
) -> None:
    customer, desk = phone(open_page, demo), opened(open_page, demo.robin)
    customer.get_by_test_id("file").set_input_files(photo())
    customer.get_by_role("textbox", name="Message").fill("look at this")
    customer.get_by_role("button", name="Send", exact=True).click()

    shown = thread(desk).locator("[data-speaker=customer]").last
    expect(shown).to_contain_text("look at this", timeout=WITHIN_MS)
    picture = shown.get_by_test_id("media").get_by_role("img")
    expect(picture).to_be_visible(timeout=WITHIN_MS)
    assert is_drawn(picture)


def test_a_draft_waits_at_the_server(demo: DeskDemo, open_page: Open) -> None:
    desk = opened(open_page, demo.robin)
    with desk.expect_response(lambda answer: answer.url.endswith("/draft") and answer.ok):
        box(desk).fill("half a sentence")

    desk.reload()

    expect(box(desk)).to_have_value("half a sentence", timeout=WITHIN_MS)
    with desk.expect_response(lambda answer: answer.url.endswith("/draft") and answer.ok):
        box(desk).fill("")


def test_a_draft_stays_where_the_page_goes_at_once(demo: DeskDemo, open_page: Open) -> None:
    desk = opened(open_page, demo.robin)
    box(desk).fill("half a")
    desk.reload()
    expect(box(desk)).to_have_value("half a", timeout=WITHIN_MS)

    with desk.expect_response(lambda answer: answer.url.endswith("/draft") and answer.ok):
        box(desk).fill("")


def test_what_is_taken_back_while_it_is_being_kept_is_not_kept(
    demo: DeskDemo, open_page: Open
) -> None:
    desk = opened(open_page, demo.robin)
    held: list[Route] = []
    desk.route("**/draft", lambda route: route.continue_() if held else held.append(route))
    with desk.expect_request(lambda request: request.url.endswith("/draft")):
        desk.get_by_role("button", name="Add a quick reply", exact=True).click()
    desk.get_by_role("button", name="Remove option 1").click()

    with desk.expect_response(lambda answer: '"quick_replies":[]' in str(answer.request.post_data)):
        held[0].continue_()

    desk.reload()
    expect(box(desk)).to_be_enabled(timeout=WITHIN_MS)
    expect(desk.get_by_role("button", name="Remove option 1")).to_have_count(0)


def test_what_is_wrong_is_said_while_it_is_written(demo: DeskDemo, open_page: Open) -> None:
    desk = opened(open_page, demo.robin)
    box(desk).fill("x" * 10_000)
    expect(desk.get_by_text("Text: too long, 10,013 of 10,000: 13 too many")).to_be_visible()
    box(desk).fill("see")
    desk.get_by_role("button", name="Add a button").click()
    desk.get_by_label("Label of button 1").fill("x" * 40)
    desk.get_by_label("Where button 1 leads").fill("http://example.com")
    expect(desk.get_by_text("Button 1, label: too long, 40 of 36: 4 too many")).to_be_visible()
    expect(desk.get_by_text("Button 1, address: must be a whole address")).to_be_visible()
    expect(desk.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    desk.get_by_role("button", name="Remove button 1").click()

    expect(desk.get_by_role("button", name="Send", exact=True)).to_be_enabled()
    # Whatever of this was kept meanwhile is not there for the next test.
    for text in ("gone", ""):
        with desk.expect_response(lambda answer, text=text: is_kept(answer, text)):
            box(desk).fill(text)


def test_what_the_application_refuses_is_in_the_box_again_with_what_to_do(
    demo: DeskDemo, open_page: Open
) -> None:
    desk = opened(open_page, demo.robin)
    wrong = {"field": "text", "message": "too long", "limit": 4, "value": 9}
    refusal = {"code": "invalid", "message": "The message cannot be sent.", "errors": [wrong]}
    desk.route("**/replies", lambda route: route.fulfill(status=422, json=refusal))
    box(desk).fill("Too early")
    desk.get_by_role("button", name="Add a quick reply").click()
    desk.get_by_label("Label of option 1").fill("Later")
    # The box is emptied as it is sent, and what comes back is kept as a draft again.
    with desk.expect_response(lambda answer: answer.url.endswith("/draft") and answer.ok):
        desk.get_by_role("button", name="Send", exact=True).click()
        said = "Text: too long (limit 4, found 9). Shorten it."
        expect(desk.get_by_test_id("refusal")).to_have_text(said, timeout=WITHIN_MS)
        expect(box(desk)).to_have_value("Too early")
        box(desk).fill("Too early!")

    desk.reload()

    expect(box(desk)).to_have_value("Too early!", timeout=WITHIN_MS)
    expect(desk.get_by_label("Label of option 1")).to_have_value("Later")
    desk.get_by_role("button", name="Remove option 1").click()
    desk.unroute("**/replies")
    with desk.expect_response("**/replies") as answer:
        desk.get_by_role("button", name="Send", exact=True).click()
    assert answer.value.status == 202
