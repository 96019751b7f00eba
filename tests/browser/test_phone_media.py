"""Photos, GIFs, videos, places and custom profiles on the phone, out and in."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect
from tests import samples
from tests.browser.conftest import WITHIN_MS, Open
from tests.browser.playground import CUSTOMER, Playground, playground

pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 48, 32


@pytest.fixture
def ground():
    with playground() as one:
        yield one


def a_photo() -> bytes:
    """A small PNG of one colour."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"\x1a\x5f\xd0" * WIDTH) * HEIGHT
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def a_gif() -> bytes:
    """A GIF of one pixel that is black, then white."""
    pixels = (b"\x02\x02\x44\x01\x00", b"\x02\x02\x4c\x01\x00")
    frames = b"".join(
        b"\x21\xf9\x04\x00\x32\x00\x00\x00\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + one
        for one in pixels
    )
    head = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    return head + frames + b"\x3b"


def attachments(page: Page) -> Locator:
    return page.get_by_role("log", name="Conversation").get_by_test_id("attachment")


def attach(page: Page, name: str, content: bytes, kind: str = "image/png") -> None:
    file: FilePayload = {"name": name, "mimeType": kind, "buffer": content}
    page.get_by_test_id("file").set_input_files(file)


def is_drawn(picture: Locator) -> bool:
    return picture.evaluate(
        f"(img) => img.complete && img.naturalWidth === {WIDTH} && img.naturalHeight === {HEIGHT}"
    )


def upload(ground: Playground) -> str:
    answer = ground.api.post(
        f"{ground.origin}/1.1/media/upload.json", files={"media": ("a.png", a_photo())}, timeout=30
    )
    assert answer.ok, answer.text
    return answer.json()["media_id_string"]


def send(ground: Playground, data: dict[str, Any], **more: Any) -> None:
    content = {"target": {"recipient_id": CUSTOMER}, "message_data": data, **more}
    event = {"type": "message_create", "message_create": content}
    ground.call("POST", "/1.1/direct_messages/events/new.json", {"event": event})


def test_a_photo_is_sent_with_its_description(ground: Playground, open_page: Open) -> None:
    page = open_page(ground.phone)
    attach(page, "kettle.png", a_photo())
    waiting = page.get_by_test_id("attached")
    expect(waiting).to_contain_text("kettle.png", timeout=WITHIN_MS)
    preview = waiting.get_by_role("img")
    expect(preview).to_be_visible()
    page.wait_for_function("() => document.querySelector('[data-testid=attached] img').complete")
    assert is_drawn(preview)
    waiting.get_by_role("textbox").fill("A blue kettle")
    page.get_by_role("textbox", name="Message").fill("Is this yours?")
    page.get_by_role("button", name="Send", exact=True).click()

    [event] = ground.application.hears("direct_message_events")["direct_message_events"]
    data = event["message_create"]["message_data"]
    assert data["attachment"]["type"] == "media"
    assert data["attachment"]["media"]["type"] == "photo"
    assert data["text"].startswith("Is this yours? https://t.co/")
    shown = attachments(page).get_by_role("img", name="A blue kettle")
    expect(shown).to_be_visible(timeout=WITHIN_MS)
    expect(page.get_by_test_id("message-text")).to_have_text("Is this yours?")
    expect(waiting).to_have_count(0)


def test_a_photo_alone_is_a_message_and_can_be_taken_back_before(
    ground: Playground, open_page: Open
) -> None:
    page = open_page(ground.phone)
    send_button = page.get_by_role("button", name="Send", exact=True)
    attach(page, "wrong.png", a_photo())
    page.get_by_role("button", name="Remove wrong.png").click()
    expect(send_button).to_be_disabled()
    attach(page, "right.png", a_photo())
    send_button.click()
    expect(attachments(page)).to_have_count(1, timeout=WITHIN_MS)
    expect(page.get_by_test_id("message-text")).to_have_count(0)


def test_a_gif_is_sent_and_moves_on_both_sides(ground: Playground, open_page: Open) -> None:
    page = open_page(ground.phone)
    attach(page, "blink.gif", a_gif(), "image/gif")
    expect(page.get_by_test_id("attached")).to_contain_text("blink.gif", timeout=WITHIN_MS)
    page.get_by_role("button", name="Send", exact=True).click()

    [event] = ground.application.hears("direct_message_events")["direct_message_events"]
    media = event["message_create"]["message_data"]["attachment"]["media"]
    assert media["type"] == "animated_gif"
    assert media["video_info"]["variants"][0]["content_type"] == "video/mp4"
    shown = attachments(page).and_(page.locator("[data-type=animated_gif]"))
    expect(shown).to_be_visible(timeout=WITHIN_MS)
    page.wait_for_function(
        "() => document.querySelector('[data-type=animated_gif] img').naturalWidth === 1"
    )


def test_a_video_is_sent(ground: Playground, open_page: Open) -> None:
    page = open_page(ground.phone)
    attach(page, "kettle.mp4", samples.mp4(640, 360, 2_000), "video/mp4")
    waiting = page.get_by_test_id("attached")
    expect(waiting.locator("video")).to_have_count(1, timeout=WITHIN_MS)
    expect(waiting.get_by_role("textbox")).to_have_count(0)  # X has no words for videos
    page.get_by_role("textbox", name="Message").fill("It sings")
    page.get_by_role("button", name="Send", exact=True).click()

    [event] = ground.application.hears("direct_message_events")["direct_message_events"]
    media = event["message_create"]["message_data"]["attachment"]["media"]
    assert (media["type"], media["video_info"]["duration_millis"]) == ("video", 2_000)
    shown = attachments(page).and_(page.locator("[data-type=video]"))
    expect(shown).to_be_visible(timeout=WITHIN_MS)
    expect(page.get_by_test_id("message-text")).to_have_text("It sings")


def test_a_file_that_is_no_picture_is_refused_with_the_reason(
    ground: Playground, open_page: Open
) -> None:
    page = open_page(ground.phone)
    attach(page, "notes.png", b"these are words")
    expect(page.get_by_test_id("attachment-error")).to_be_visible(timeout=WITHIN_MS)
    expect(page.get_by_test_id("attached")).to_have_count(0)
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()


def test_a_photo_and_a_place_from_the_account_are_shown(
    ground: Playground, open_page: Open
) -> None:
    page = open_page(ground.phone)
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    media = {"type": "media", "media": {"id": upload(ground)}}
    send(ground, {"text": "Your kettle", "attachment": media})
    picture = attachments(page).get_by_role("img")
    expect(picture).to_be_visible(timeout=WITHIN_MS)
    page.wait_for_function("() => document.querySelector('[data-testid=attachment] img').complete")
    assert is_drawn(picture)
    expect(page.get_by_test_id("message-text")).to_have_text("Your kettle")

    point = {"coordinates": {"type": "Point", "coordinates": [-122.44, 37.77]}}
    location = {"type": "shared_coordinate", "shared_coordinate": point}
    send(
        ground,
        {"text": "We are here", "attachment": {"type": "location", "location": location}},
    )
    expect(attachments(page).last).to_contain_text("37.7700° N, 122.4400° W", timeout=WITHIN_MS)


def test_a_custom_profile_speaks_under_its_own_name_and_face(
    ground: Playground, open_page: Open
) -> None:
    wanted = {"name": "Jo, Support", "avatar": {"media": {"id": upload(ground)}}}
    made = ground.call("POST", "/1.1/custom_profiles/new.json", {"custom_profile": wanted})
    profile_id = made["custom_profile"]["id"]
    page = open_page(ground.phone)
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    send(ground, {"text": "Jo here"}, custom_profile_id=profile_id)

    bubble = page.get_by_role("log").locator(f"[data-profile='{profile_id}']")
    expect(bubble).to_contain_text("Jo, Support", timeout=WITHIN_MS)
    face = bubble.locator("img")
    expect(face).to_have_count(1)
    page.wait_for_function("() => document.querySelector('[data-profile] img').complete")
    assert is_drawn(face)
