"""What may be sent, and what X says to the rest."""

from __future__ import annotations

import copy
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.simulator import message_checks
from roost.simulator.refusals import Refusal

Data = dict[str, object]

WHOLE: Data = {
    "event": {
        "type": "message_create",
        "message_create": {
            "target": {"recipient_id": "2002"},
            "message_data": {
                "text": "How can we help?",
                "quick_reply": {
                    "type": "options",
                    "options": [
                        {"label": "Track", "description": "an order", "metadata": "flow:track"},
                        {"label": "Talk", "description": "to us", "metadata": "flow:agent"},
                    ],
                },
                "ctas": [{"type": "web_url", "label": "Help", "url": "http://shop.example/help"}],
            },
        },
    }
}


def body(change: Callable[[Data], object] = lambda data: None) -> bytes:
    whole = copy.deepcopy(WHOLE)
    change(whole["event"]["message_create"])
    return msgspec.json.encode(whole)


def data(create: Data) -> Data:
    return create["message_data"]


def options(create: Data) -> list[Data]:
    return data(create)["quick_reply"]["options"]


def refusal_of(raw: bytes) -> tuple[int, int, str]:
    with pytest.raises(Refusal) as caught:
        message_checks.read(raw)
    answer = caught.value.answer
    (item,) = msgspec.json.decode(answer.body)["errors"]
    assert item["code"] == caught.value.code
    return answer.status, item["code"], item["message"]


def status_of(raw: bytes) -> int:
    try:
        message_checks.read(raw)
    except Refusal as error:
        return error.answer.status
    return 200


def test_a_whole_message_is_taken_and_http_buttons_too():
    message = message_checks.read(body())

    assert message.recipient_id == "2002"
    assert message.data.ctas[0].url == "http://shop.example/help"
    assert message.data.quick_reply.options[1].metadata == "flow:agent"


def test_a_recipient_may_be_a_number():
    raw = body(lambda m: m["target"].update(recipient_id=2002))

    assert message_checks.read(raw).recipient_id == "2002"


def test_every_limit_is_reached_exactly():
    def fill(create: Data) -> None:
        data(create)["text"] = "🙂" * 10_000
        option = {"label": "l" * 36, "description": "d" * 72, "metadata": "m" * 1_000}
        data(create)["quick_reply"]["options"] = [option] * 20
        data(create)["ctas"] = [{**data(create)["ctas"][0], "label": "b" * 36}] * 3

    message = message_checks.read(body(fill))

    assert len(message.data.quick_reply.options) == 20


MD = "event.message_create.message_data"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda m: m["target"].update(recipient_id="abc"), "target.recipient_id: 'abc'"),
        (
            lambda m: m["target"].update(recipient_id=True),
            "recipient_id: 'true' is not a valid Long",
        ),
        (lambda m: m["target"].clear(), "target.recipient_id: required"),
        (lambda m: m.update(target=[]), "target: '' is not a valid Map"),
        (lambda m: m.update(custom_profile_id="x"), "custom_profile_id: 'x'"),
        (lambda m: data(m).pop("text"), f"{MD}.text: required"),
        (lambda m: data(m).update(text=None), f"{MD}.text: required"),
        (lambda m: data(m).update(text=5), f"{MD}.text: '5' is not a valid String"),
        (lambda m: data(m).update(text=""), f"{MD}.text: must not be empty"),
        (lambda m: data(m).update(text=" \n"), f"{MD}.text: must not be empty"),
        (lambda m: data(m).update(ctas=""), f"{MD}.ctas: '' is not a valid Seq"),
        (lambda m: data(m).update(ctas=[]), f"{MD}.ctas: holds 0"),
        (lambda m: data(m).update(ctas=data(m)["ctas"] * 4), f"{MD}.ctas: holds 4"),
        (lambda m: data(m)["ctas"][0].update(type="app"), "ctas[0].type: 'app'"),
        (lambda m: data(m)["ctas"][0].update(label="l" * 37), "ctas[0].label: is longer than 36"),
        (lambda m: data(m)["ctas"][0].update(url="ftp://a.example"), "ctas[0].url"),
        (lambda m: data(m)["ctas"][0].update(url="https://a b"), "ctas[0].url"),
        (lambda m: data(m)["ctas"][0].update(url="https://[x"), "ctas[0].url"),
        (lambda m: data(m)["quick_reply"].update(type="text_input"), "quick_reply.type"),
        (lambda m: data(m)["quick_reply"].update(options=[]), "options: holds 0"),
        (lambda m: data(m)["quick_reply"].update(options=options(m) * 11), "options: holds 22"),
        (lambda m: options(m)[0].update(label="l" * 37), "options[0].label: is longer than 36"),
        (lambda m: options(m)[1].update(label="see https://a.example"), "options[1].label"),
        (lambda m: options(m)[0].update(description="d" * 73), "options[0].description"),
        (lambda m: options(m)[0].update(metadata="m" * 1_001), "options[0].metadata"),
        (lambda m: options(m)[0].pop("description"), "either all have a description"),
        (lambda m: data(m).update(attachment={"type": "video"}), "attachment.type"),
        (lambda m: data(m).update(attachment={"type": "location"}), "attachment.location"),
    ],
)
def test_a_fault_of_the_schema_is_214_with_its_path(change: Callable[[Data], object], path: str):
    status, code, message = refusal_of(body(change))

    assert (status, code) == (400, 214)
    assert path in message


def test_a_text_too_long_is_354():
    status, code, _ = refusal_of(body(lambda m: data(m).update(text="a" * 10_001)))

    assert (status, code) == (403, 354)


def test_media_may_be_named_by_number_and_stand_alone():
    attachment = {"type": "media", "media": {"id": 1579}}

    message = message_checks.read(body(lambda m: data(m).update(attachment=attachment, text="")))

    assert (message.media_id, message.data.text) == ("1579", "")
    assert message.data.attachment is msgspec.UNSET


def test_a_custom_profile_may_be_named():
    message = message_checks.read(body(lambda m: m.update(custom_profile_id="100001")))

    assert message.custom_profile_id == "100001"


def coordinates(*numbers: object) -> Data:
    point = {"coordinates": {"type": "Point", "coordinates": list(numbers)}}
    return {
        "type": "location",
        "location": {"type": "shared_coordinate", "shared_coordinate": point},
    }


def test_a_location_is_kept_as_it_came():
    place = {"type": "shared_place", "shared_place": {"place": {"id": "0123456789abcdef"}}}
    for attachment in (coordinates(-122.44, 37.77), {"type": "location", "location": place}):
        message = message_checks.read(body(lambda m, a=attachment: data(m).update(attachment=a)))
        assert msgspec.json.decode(message.data.attachment) == attachment


@pytest.mark.parametrize("numbers", [(181, 0), (0, -91), (0,), (0, 0, 0), ("0", 0), (True, 0)])
def test_a_location_that_is_nowhere_is_214(numbers: tuple[object, ...]):
    raw = body(lambda m: data(m).update(attachment=coordinates(*numbers)))

    assert refusal_of(raw)[:2] == (400, 214)


@given(st.integers(0, len(body()) - 1))
def test_a_body_cut_anywhere_is_refused(length: int):
    assert refusal_of(body()[:length])[:2] == (400, 214)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.data(), JSON)
def test_any_json_anywhere_is_refused_or_taken_and_nothing_worse(
    choose: st.DataObject, odd: object
):
    whole = copy.deepcopy(WHOLE)
    place: object = whole
    while isinstance(place, dict | list) and place:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = choose.draw(st.sampled_from(keys))
        if choose.draw(st.booleans()) or not isinstance(place[key], dict | list):
            place[key] = odd
            break
        place = place[key]
    assert status_of(msgspec.json.encode(whole)) in {200, 400, 403}


def test_a_body_nested_too_deep_is_refused():
    assert refusal_of(b"[" * 200_000)[:2] == (400, 214)
