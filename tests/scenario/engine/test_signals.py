"""Typing and read marks: shown after the commit, never worth failing for."""

from __future__ import annotations

from datetime import timedelta

from tests.scenario.engine.conftest import ACCOUNT, Line

from roost.engine.signals import MOST_WAITING, SignalWorker
from roost.errors import RateLimited, XApiUnavailable
from roost.model.decisions import Decision, HandOff, MarkRead, Reply, ShowTyping
from roost.model.ids import ConversationId, MessageId
from roost.model.messages import OutboundMessage, Profile
from roost.model.turns import Turn
from roost.testing.clocks import NOON, FrozenClock
from roost.testing.gateways import FakeGateway

READ = MarkRead(MessageId("10"))
TURN = Turn("b", ACCOUNT, ConversationId("1001-2002"), Profile("2002"), (), 1, NOON)


async def reads_types_and_answers(turn: Turn) -> tuple[Decision, ...]:
    return READ, ShowTyping(), Reply(OutboundMessage("hello"))


async def test_what_a_turn_wants_shown_is_shown_beside_what_it_says(line: Line) -> None:
    line.decider.decides = reads_types_and_answers
    async with line.working():
        await line.receives(10, "hi")
        await line.until_settled()
        await line.until(lambda: len(line.gateway.shown) == 2)
    assert set(line.gateway.shown) == {("2002", READ), ("2002", ShowTyping())}
    assert line.gateway.texts == ["hello"]


async def test_what_x_refuses_to_show_fails_nothing(line: Line) -> None:
    line.decider.decides = reads_types_and_answers
    line.gateway.refusals.extend([XApiUnavailable("down"), XApiUnavailable("down")])
    async with line.working():
        await line.receives(10, "hi")
        await line.until_settled()
        await line.until(lambda: not line.gateway.refusals)
        await line.receives(20, "again")
        await line.until(lambda: len(line.gateway.shown) == 2)
        await line.until_settled()
    assert line.gateway.texts == ["hello", "hello"]
    assert (await line.store.counts()).events["done"] == 2


async def test_a_used_up_window_is_left_alone_until_it_opens() -> None:
    gateway, clock = FakeGateway(), FrozenClock()
    opens_at = clock.now() + timedelta(minutes=5)
    gateway.refusals.append(RateLimited("dm.indicate_typing", resets_at=opens_at))
    signals = SignalWorker(gateway, clock)

    async def shown(*decisions: Decision) -> int:
        signals.want(TURN, decisions)
        signals.stop()
        await signals.run()
        return len(gateway.shown)

    assert await shown(ShowTyping()) == 0
    assert await shown(ShowTyping(), READ) == 1
    assert gateway.shown == [("2002", READ)]
    clock.advance(timedelta(minutes=5))
    assert await shown(ShowTyping()) == 2


async def test_what_waits_too_long_is_dropped_oldest_first() -> None:
    gateway = FakeGateway()
    signals = SignalWorker(gateway, FrozenClock())
    marks = [MarkRead(MessageId(str(n))) for n in range(MOST_WAITING + 3)]
    signals.want(TURN, marks)
    signals.stop()
    await signals.run()
    assert [signal for _, signal in gateway.shown] == marks[3:]


async def test_a_hand_off_to_a_team_tags_the_conversation(line: Line) -> None:
    async def hands_off(turn: Turn) -> tuple[Decision, ...]:
        return (HandOff("asked for a refund", "billing"),)

    line.decider.decides = hands_off
    async with line.working():
        await line.receives(10, "refund")
        await line.until_settled()

    async def unit(tx):
        rows = tx.events._session._connection.execute("SELECT name FROM tags").fetchall()
        return rows, tx.events._session._connection.execute(
            "SELECT control, control_reason FROM conversations"
        ).fetchall()

    assert await line.store.transact(unit) == ([("billing",)], [("queue", "asked for a refund")])
