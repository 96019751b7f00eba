"""Rate limits, and the replies that do not count."""

from __future__ import annotations

import pytest

from roost.simulator.entries import Rules

LIST = "/1.1/direct_messages/events/list.json"
FEW = Rules(user_dm_per_24h=2, app_dm_per_24h=3)


async def test_a_window_closes_after_its_calls_and_opens_again(stage):
    x = await stage.simulator(stage.world(Rules()))

    allowed = [await x.get(LIST) for _ in range(15)]
    refused = await x.get(LIST)
    x.advance(minutes=15)
    again = await x.get(LIST)

    assert {answer.status for answer in allowed} == {200}
    assert [answer.headers["x-rate-limit-remaining"] for answer in allowed] == [
        str(left) for left in range(14, -1, -1)
    ]
    assert refused.fault == (429, 88, "Rate limit exceeded")
    assert refused.headers["x-rate-limit-limit"] == "15"
    assert refused.headers["x-rate-limit-remaining"] == "0"
    reset = int(refused.headers["x-rate-limit-reset"])
    assert reset == int(allowed[0].headers["x-rate-limit-reset"])
    assert reset == int(x.clock.now().timestamp())
    assert again.headers["x-rate-limit-remaining"] == "14"


async def test_each_user_has_a_window_of_their_own(stage):
    x = await stage.simulator(stage.world(Rules()))
    for _ in range(15):
        await x.get(LIST)

    assert (await x.call("GET", LIST, who=x.signed("1002"))).status == 200


async def test_messages_are_counted_per_user(stage):
    x = await stage.simulator(stage.world(FEW))

    statuses = [(await x.send()).status for _ in range(3)]
    x.advance(hours=24)

    assert statuses == [200, 200, 429]
    assert (await x.send()).status == 200


async def test_messages_are_counted_per_app(stage):
    x = await stage.simulator(stage.world(FEW))

    await x.send()
    await x.send()
    first = await x.send(who=x.signed("1002"))
    second = await x.send(who=x.signed("1002"))

    assert (first.status, second.fault[1]) == (200, 88)
    assert second.headers["x-rate-limit-limit"] == "3"


async def test_a_refused_message_counts_nothing(stage):
    x = await stage.simulator(stage.world(FEW))

    for _ in range(3):
        assert (await x.send(to="2003")).fault[1] == 349

    assert [(await x.send()).status for _ in range(3)] == [200, 200, 429]


async def test_five_replies_to_a_message_do_not_count_and_the_next_message_gives_five_anew(stage):
    x = await stage.simulator(stage.world(FEW))

    await x.write("question")
    replies = [(await x.send()).status for _ in range(8)]
    await x.write("one more question")
    more = [(await x.send()).status for _ in range(6)]

    assert replies == [200] * 7 + [429]  # five free ones, two that count
    assert more == [200] * 5 + [429]


async def test_free_replies_are_for_that_customer_and_for_a_day(stage):
    x = await stage.simulator(stage.world(Rules(user_dm_per_24h=1)))
    await x.write("question", by="2002")

    assert [(await x.send(to="1002")).status for _ in range(2)] == [200, 429]
    x.advance(hours=23, minutes=59)
    assert (await x.send(to="2002")).status == 200  # a free one: the day's only one is used
    x.advance(minutes=1)
    assert [(await x.send(to="2002")).status for _ in range(2)] == [200, 429]


@pytest.mark.parametrize("limits", ["on", "off"])
async def test_limits_can_be_lifted(stage, limits: str):
    x = await stage.simulator(stage.world(Rules(limits=limits, user_dm_per_24h=0)))

    sent = await x.send()
    listed = [await x.get(LIST) for _ in range(16)]

    is_lifted = limits == "off"
    assert (sent.status == 200) is is_lifted
    assert (listed[-1].status == 200) is is_lifted
    assert ("x-rate-limit-limit" in listed[0].headers) is not is_lifted


async def test_what_a_person_writes_by_hand_counts_for_the_user_and_for_no_app(stage):
    x = await stage.simulator(stage.world(Rules(user_dm_per_24h=3, app_dm_per_24h=2)))

    by_hand = [(await x.write("Hi", by="1001", to="2002")).status for _ in range(2)]
    through_app = [(await x.send()).status for _ in range(2)]
    beyond = await x.write("Hi", by="1001", to="2002")
    other = await x.send(who=x.signed("1002"))

    assert (by_hand, through_app) == ([200, 200], [200, 429])
    assert beyond.status == 422
    assert beyond.json["errors"] == [
        {"field": "user_id", "message": "has written all of a day's messages", "limit": 3}
    ]
    assert other.status == 200


async def test_a_message_by_shortcut_counts_like_any_other(stage):
    x = await stage.simulator(stage.world(FEW))

    statuses = [
        (await x.form("/1.1/statuses/update.json", status=f"d ada hello {n}")).status
        for n in range(3)
    ]

    assert statuses == [200, 200, 429]
