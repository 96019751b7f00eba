"""What a rich and a plain transport carry of a message."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost import Bot, Button, QuickReply, WelcomeMessage
from roost.errors import InvalidMessage
from roost.model import answers, rendering
from roost.model.capabilities import X_V1
from roost.model.messages import OutboundMessage, Point
from roost.model.rendering import X_V2_PLAIN

CASES = json.loads(
    (Path(__file__).parents[3] / "ui/src/phone/rendered.cases.json").read_text(encoding="utf-8")
)
"""The phone's preview is tested with the same ones. `repeated` says what stands for `TEXT`."""

WORDS = st.text(st.characters(categories=["L", "N", "Zs"]), min_size=1, max_size=20).filter(
    str.strip
)
MESSAGES = st.builds(
    OutboundMessage,
    WORDS,
    st.lists(st.builds(QuickReply, WORDS, st.none() | WORDS, st.none() | WORDS), max_size=20).map(
        tuple
    ),
    st.lists(st.builds(Button, WORDS, st.just("https://a.example/")), max_size=3).map(tuple),
    media_id=st.sampled_from(["", "7"]),
    point=st.none() | st.builds(Point, st.floats(-180, 180), st.floats(-90, 90)),
)


def message_of(data: dict) -> OutboundMessage:
    location = data.get("attachment", {}).get("location", {})
    point, place_id = None, ""
    if location.get("type") == "shared_coordinate":
        point = Point(*location["shared_coordinate"]["coordinates"]["coordinates"])
    if location.get("type") == "shared_place":
        place_id = location["shared_place"]["place"]["id"]
    return OutboundMessage(
        data["text"],
        tuple(
            QuickReply(one["label"], one.get("metadata"), one.get("description"))
            for one in data.get("quick_reply", {}).get("options", [])
        ),
        tuple(Button(one["label"], one["url"]) for one in data.get("ctas", [])),
        point=point,
        place_id=place_id,
    )


@pytest.mark.parametrize("case", CASES, ids=[one["name"] for one in CASES])
def test_a_message_is_rendered_as_the_phone_shows_it(case) -> None:
    word, times = case.get("repeated", ("", 0))
    data = {**case["data"], "text": case["data"]["text"].replace("TEXT", word * times)}
    plain = rendering.render(message_of(data), X_V2_PLAIN)

    text = case["text"].replace("TEXT", word * times)
    assert (plain.message.text, list(plain.lost)) == (text, case["lost"])


@given(MESSAGES)
def test_a_rich_transport_carries_a_message_as_it_is(message) -> None:
    rich = rendering.render(message, X_V1)

    assert (rich.message, rich.lost, rich.transport) == (message, (), "x-v1")


@given(MESSAGES)
def test_a_plain_text_holds_every_word_and_nothing_but_text_and_media(message) -> None:
    plain = rendering.render(message, X_V2_PLAIN).message

    for option in message.quick_replies:
        assert option.label in plain.text
        assert (option.description or "") in plain.text
    for button in message.buttons:
        assert f"{button.label}: {button.url}" in plain.text
    assert (plain.quick_replies, plain.buttons, plain.point) == ((), (), None)
    assert plain.media_id == message.media_id


@given(MESSAGES)
def test_what_is_rendered_again_stays_as_it_is(message) -> None:
    plain = rendering.render(message, X_V2_PLAIN).message

    again = rendering.render(plain, X_V2_PLAIN)
    assert (again.message, again.lost) == (plain, ())


@given(st.lists(WORDS, min_size=1, max_size=20), st.data())
def test_the_number_in_front_of_an_option_answers_it(labels, data) -> None:
    n = data.draw(st.integers(0, len(labels) - 1))
    # A label that holds a digit may mean what is typed more exactly than the number does.
    labels = [f"x{''.join(c for c in label if not c.isdigit())}" for label in labels]
    message = OutboundMessage("Which?", tuple(QuickReply(label) for label in labels))
    lines = rendering.render(message, X_V2_PLAIN).message.text.splitlines()
    number, _, _ = lines[1 + n].partition(". ")

    assert answers.chosen(number, labels) == n


def test_a_text_that_no_longer_fits_is_said_and_not_cut() -> None:
    message = OutboundMessage("a" * 9_999, (QuickReply("Yes"),))
    plain = rendering.render(message, X_V2_PLAIN)

    assert len(plain.message.text) == 10_006
    assert plain.lost[-1] == "The text: 10,006 characters, of which 10,000 fit."


def test_a_bot_previews_a_message_both_ways() -> None:
    bot = Bot("b")
    rich, plain = bot.preview(WelcomeMessage("Hi", buttons=[Button("Go", "https://a.example")]))
    assert rich.message.buttons == (Button("Go", "https://a.example"),)
    assert plain.message.text == "Hi\nGo: https://a.example"
    with pytest.raises(InvalidMessage, match="too many"):
        bot.preview(OutboundMessage("Hi", tuple(QuickReply(str(n)) for n in range(21))))
