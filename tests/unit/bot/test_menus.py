"""What was offered last, and which typed answers mean it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from roost.bot import menus
from roost.model.events import MessageReceived
from roost.model.ids import ConversationId, UserId
from roost.model.messages import Message, Profile, QuickReply

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = 24 * 60 * 60 * 1000
OPTIONS = [QuickReply("Lamps", "lamps"), QuickReply("Chairs", "chairs")]


def typed(text: str, at: datetime) -> MessageReceived:
    """Have a customer type a text."""
    customer = Profile(UserId("22"), "ada", "Ada")
    where = ConversationId("11-22")
    return MessageReceived(UserId("11"), "7", 7, where, customer, Message("7", text), at)


@pytest.mark.parametrize(
    ("later", "chosen"),
    [(-1, None), (0, "chairs"), (1, "chairs"), (30 * DAY, "chairs"), (30 * DAY + 1, None)],
    ids=["before", "at once", "later", "after a month", "when it is gone"],
)
def test_only_what_was_written_after_the_offer_means_it(later: int, chosen: str | None) -> None:
    (offer,) = menus.news(OPTIONS, b"")
    known = menus.offered_at(offer, NOON).value

    tap = menus.as_tap(typed("2", NOON + timedelta(milliseconds=later)), known)

    assert (tap.chosen if tap else None) == chosen


def test_the_same_offer_again_is_no_news() -> None:
    (offer,) = menus.news(OPTIONS, b"")
    known = menus.offered_at(offer, NOON).value
    assert menus.news(OPTIONS, known) == []
    assert len(menus.news(OPTIONS[:1], known)) == 1


def test_offering_nothing_ends_an_offer() -> None:
    (offer,) = menus.news(OPTIONS, b"")
    known = menus.offered_at(offer, NOON).value
    (none,) = menus.news([], known)
    assert menus.offered_at(none, NOON).value == b""
    assert menus.news([], b"") == []
