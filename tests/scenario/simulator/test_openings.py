"""Opening conversations as people do: welcome messages, links, buttons, and media of the phone."""

from __future__ import annotations

import json

import aiohttp
import pytest
from tests import samples
from tests.scenario.simulator.test_live import Stream
from tests.scenario.simulator.test_welcome_messages import made, ruled
from tests.uploads import attach

from roost.simulator import world_file


async def act(x, action: str, *, by: str = "2002", **more):
    return await x.control("POST", f"/users/{by}/actions", {"action": action, **more})


async def opened(x, *, by: str = "2002", **way: str) -> str | None:
    """Open the conversation and give the text of the welcome message that is shown."""
    answer = await act(x, "open_conversation", by=by, to="1001", **way)
    assert answer.status == 200, answer.body
    assert (answer.json["events"], answer.json["deliveries"]) == ([], [])
    welcome = answer.json["welcome_message"]
    return None if welcome is None else welcome["message_data"]["text"]


async def via(x, text: str = "Hello", **more) -> dict[str, str] | None:
    """Write as the customer, and give what the message was said to have come from."""
    answer = await x.write(text, **more)
    assert answer.status == 200, answer.body
    return answer.json["events"][0].get("initiated_via")


@pytest.fixture
async def default(x) -> str:
    """A default welcome message."""
    welcome_id = await made(x, "Welcome!")
    await ruled(x, welcome_id)
    return welcome_id


async def test_without_a_rule_nothing_is_shown(x):
    await made(x, "Welcome!")

    assert await opened(x) is None
    assert await via(x) is None


async def test_the_default_is_shown_the_first_time_and_named_by_the_first_message(stage):
    x, hook = await stage.subscribed("1001")
    welcome_id = await made(x, "Welcome!")
    await ruled(x, welcome_id)

    assert await opened(x) == "Welcome!"
    assert await via(x) == {"welcome_message_id": welcome_id}
    assert await via(x, "again") is None
    assert await opened(x) is None
    await x.deliveries(2)
    delivered = [one.json["direct_message_events"][0] for one in hook.received]
    named = {one["message_create"]["message_data"]["text"]: one for one in delivered}
    assert named["Hello"]["initiated_via"] == {"welcome_message_id": welcome_id}
    assert "initiated_via" not in named["again"]
    shown = await x.get("/1.1/direct_messages/events/show.json", id=named["Hello"]["id"])
    assert shown.json["event"]["initiated_via"] == {"welcome_message_id": welcome_id}


async def test_whoever_wrote_before_has_opened_it_before(x, default):
    await x.write("Hello")

    assert await opened(x) is None


async def test_whoever_was_only_written_to_has_not(x, default):
    await x.send("News")

    assert await opened(x) == "Welcome!"


async def test_the_default_is_shown_again_after_leaving(x, default):
    await opened(x)
    await x.write("Hello")

    left = await act(x, "leave_conversation", to="1001")
    again = await act(x, "leave_conversation", to="1001")

    assert left.json == {"id": "1001", "events": [], "deliveries": []}
    assert (again.status, again.json["errors"][0]["field"]) == (422, "to")
    assert await opened(x) == "Welcome!"
    assert await via(x) == {"welcome_message_id": default}


async def test_the_default_is_shown_again_after_seven_days_without_a_message(x, default):
    await opened(x)
    await x.write("Hello")
    x.advance(days=6)
    await x.send("Still there?")
    x.advance(days=6, hours=23)
    assert await opened(x) is None

    x.advance(days=7)

    assert await opened(x) == "Welcome!"


async def test_a_visit_without_a_message_does_not_put_off_the_next_welcome(x, default):
    await opened(x)
    await x.write("Hello")
    x.advance(days=6, hours=23)
    assert await opened(x) is None

    x.advance(hours=2)

    assert await opened(x) == "Welcome!"
    assert await opened(x) is None


async def test_of_several_rules_the_newest_counts(x, default):
    await ruled(x, await made(x, "Newer"))

    assert await opened(x) == "Newer"


async def test_a_link_overrides_the_default_at_any_time(x, default):
    other = await made(x, "Sale!")
    await opened(x)
    await x.write("Hello")

    assert await opened(x, welcome_message_id=other, text="I want", post_id="77") == "Sale!"
    assert await via(x) == {"tweet_id": "77", "welcome_message_id": other}


async def test_a_link_to_another_accounts_message_follows_the_default_rules(x, default):
    foreign = await made(x, "Twin's", who=x.signed("1002"))

    assert await opened(x, welcome_message_id=foreign) == "Welcome!"
    assert await opened(x, welcome_message_id="4711") is None


async def test_a_link_in_a_post_is_named_without_a_welcome_message(x):
    assert await opened(x, post_id="77") is None

    assert await via(x) == {"tweet_id": "77"}


async def test_an_answer_in_between_is_what_comes_directly_before(x, default):
    await opened(x)
    await x.send("May we help?")

    assert await via(x) is None


async def test_opening_and_leaving_are_told_to_whoever_follows(x, default):
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{x.address}/_sim/live") as answer,
    ):
        stream = Stream(answer)
        await act(x, "open_conversation", to="1001", text="Hi")
        _, name, told = await stream.next()
        await act(x, "leave_conversation", to="1001")
        _, changed, _ = await stream.next()
        _, left, _ = await stream.next()

    assert changed == "change"
    assert (name, left) == ("opened", "left")
    assert (told["user_id"], told["with_id"], told["text"]) == ("2002", "1001", "Hi")
    assert told["participants"] == ["2002", "1001"]
    assert told["welcome_message"]["id"] == default


async def conversation(x):
    return (await x.control("GET", "/conversations?user_id=2002&with=1001")).json


async def test_a_conversation_shows_its_welcome_message_while_it_is_open(x, default):
    before = await conversation(x)
    await opened(x, text="I want")
    during = await conversation(x)
    await x.write("Hello")
    later = await conversation(x)
    await act(x, "leave_conversation", to="1001")
    after = await conversation(x)

    assert (before["welcome"], before["opening"]) == (None, None)
    assert during["welcome"]["id"] == default
    assert (during["opening"]["is_open"], during["opening"]["text"]) == (True, "I want")
    assert during["opening"]["shown_at"] == during["opening"]["opened_at"]
    assert (later["welcome"]["id"], later["opening"]["text"]) == (default, "")
    assert (after["welcome"], after["opening"]["is_open"]) == (None, False)


async def test_quick_replies_and_buttons_of_a_welcome_message_can_be_tapped(x):
    quick_reply = {"type": "options", "options": [{"label": "Track", "metadata": "flow:track"}]}
    ctas = [{"type": "web_url", "label": "Help", "url": "https://shop.example/help"}]
    welcome_id = await made(x, quick_reply=quick_reply, ctas=ctas)
    tap = {"message_id": welcome_id, "metadata": "flow:track"}
    assert (await x.write("", quick_reply=tap)).status == 422  # not shown yet

    await opened(x, welcome_message_id=welcome_id)
    button = await act(x, "tap_button", message_id=welcome_id, index=0)
    answer = await x.write("", quick_reply=tap)

    assert button.json["url"] == "https://shop.example/help"
    (event,) = answer.json["events"]
    data = event["message_create"]["message_data"]
    assert (data["text"], data["quick_reply_response"]["metadata"]) == ("Track", "flow:track")
    assert event["initiated_via"] == {"welcome_message_id": welcome_id}
    assert (await x.write("", to="1002", quick_reply=tap)).status == 422


async def test_a_button_opens_what_it_was_made_for(x):
    ctas = [
        {"type": "web_url", "label": str(n), "url": f"https://shop.example/{n}"} for n in range(2)
    ]
    message_id = (await x.send("?", ctas=ctas)).json["event"]["id"]
    plain = (await x.send("!")).json["event"]["id"]

    tapped = await act(x, "tap_button", message_id=message_id, index=1)

    assert tapped.json == {
        "id": message_id,
        "events": [],
        "deliveries": [],
        "url": "https://shop.example/1",
    }
    for wrong, field in [
        ({"message_id": message_id, "index": 2}, "index"),
        ({"message_id": message_id, "index": -1}, "index"),
        ({"message_id": plain}, "index"),
        ({"message_id": "4711"}, "message_id"),
        ({"message_id": message_id, "by": "2003"}, "message_id"),
    ]:
        answer = await act(x, "tap_button", **wrong)
        assert [error["field"] for error in answer.json["errors"]] == [field]


@pytest.mark.parametrize(
    ("action", "field"),
    [
        ({"action": "open_conversation", "to": "4711"}, "to"),
        ({"action": "open_conversation", "to": "1001", "post_id": "x"}, "post_id"),
        ({"action": "leave_conversation", "to": "4711"}, "to"),
        ({"action": "leave_conversation", "to": "1001"}, "to"),
        ({"action": "send_dm", "to": "1001", "media_ids": ["4711"]}, "media_ids"),
        ({"action": "send_dm", "to": "1001", "media_ids": ["1", "2"]}, "media_ids"),
    ],
)
async def test_what_a_person_cannot_do_is_named_by_field(x, action: dict[str, object], field: str):
    answer = await x.control("POST", "/users/2002/actions", action)

    assert answer.status == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]


async def test_everything_goes_from_one_simulator_to_another(stage):
    x = await stage.simulator()
    welcome_id = await made(x, "Welcome!")
    await ruled(x, welcome_id)
    await opened(x)
    media_id = (await attach(x, samples.png())).json["media_id"]
    await x.write("", media_ids=[media_id])
    state = (await x.control("GET", "/state")).body
    other = await stage.simulator()

    put = await other.control("PUT", "/state", json.loads(state))

    assert put.status == 204
    assert (await other.control("GET", "/state")).json == json.loads(state)
    assert (await other.control("GET", f"/media/{media_id}")).body == samples.png()
    assert (await conversation(other))["welcome"]["id"] == welcome_id
    assert world_file.read(state, source="state").media[0].used_by
    newer = await made(other)
    assert int(newer) > int(media_id) > int(welcome_id)
