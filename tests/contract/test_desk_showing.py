"""What customers see of agents: typing, and that their messages were read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.contract.conftest import NOON, OURS
from tests.contract.desk_api import desk_over

from roost.desk.showing import TYPING_MOST, TYPING_WITHIN, Showing
from roost.model.decisions import MarkRead, ShowTyping
from roost.model.ids import ConversationId, MessageId, UserId
from roost.testing.clocks import FrozenClock

HERE = "/api/conversations/11/11-22"
BOB = UserId("22")


@pytest.fixture
async def desk(store, world):
    async with desk_over(store, FrozenClock(NOON)) as api:
        await world.receive(store, world.received(10), world.received(20))
        yield api


async def test_typing_is_shown_at_most_every_three_seconds_and_never_while_a_bot_answers(desk):
    sam = await desk.entered("sam")

    async def types():
        assert (await sam.call("POST", f"{HERE}/typing")).status == 204

    await types()
    assert desk.shown == []
    await sam.call("POST", f"{HERE}/take-over", idempotency_key="t")
    await types()
    await types()
    assert desk.shown == [(OURS, BOB, ShowTyping())]
    desk.clock.advance(timedelta(seconds=3))
    await types()
    assert len(desk.shown) == 2


async def test_only_whoever_has_a_conversation_marks_it_read_at_x(desk):
    sam, robin = await desk.entered("sam"), await desk.entered("robin")
    await sam.call("POST", f"{HERE}/read")
    assert desk.shown == []
    await sam.call("POST", f"{HERE}/take-over", idempotency_key="t")

    await robin.call("POST", f"{HERE}/read")
    assert desk.shown == []
    await sam.call("POST", f"{HERE}/read")
    assert desk.shown == [(OURS, BOB, MarkRead(MessageId("20")))]


async def test_agents_leave_bots_half_of_what_x_allows_and_both_can_be_turned_off():
    clock, shown = FrozenClock(NOON), []

    async def show(*signal) -> None:
        shown.append(signal)

    showing = Showing(show, clock)
    for number in range(TYPING_MOST + 10):
        await showing.typing(OURS, ConversationId(f"11-{number}"), BOB)
    assert len(shown) == TYPING_MOST
    clock.advance(TYPING_WITHIN)
    assert await showing.typing(OURS, ConversationId("11-1"), BOB)

    silent = Showing(show, clock, shows_typing=False, marks_read=False)
    shown.clear()
    assert not await silent.typing(OURS, ConversationId("11-2"), BOB)
    assert not await silent.read(OURS, BOB, MessageId("20"))
    assert shown == []
