"""What X does to a user: suspended or locked, it can do nothing, by hand or through an app."""

from __future__ import annotations

import pytest

VERIFY = "/1.1/account/verify_credentials.json"


@pytest.mark.parametrize(
    ("done", "undone", "code"), [("suspend", "unsuspend", 64), ("lock", "unlock", 326)]
)
async def test_a_user_x_has_stopped_can_do_nothing_until_x_lets_it(x, done, undone, code):
    assert (await x.act("1001", done)).status == 200

    refused = [await x.send(), await x.get(VERIFY)]
    by_hand = await x.write("psst", by="1001", to="2002")
    [shown] = [
        user
        for user in (await x.control("GET", "/world")).json["users"]
        if user["user_id"] == "1001"
    ]
    await x.act("1001", undone)

    assert [answer.fault[:2] for answer in refused] == [(403, code), (403, code)]
    assert by_hand.status == 422
    assert by_hand.json["errors"][0]["field"] == "user_id"
    assert (shown["suspended"], shown["locked"]) == (code == 64, code == 326)
    assert (await x.send()).status == 200


async def test_a_suspended_user_is_not_shown_to_others(x):
    await x.act("2002", "suspend")

    assert (await x.get("/1.1/users/show.json", user_id="2002")).fault[:2] == (403, 63)
