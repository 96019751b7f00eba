"""Timers as bots set and handle them, and what crosses to their process and back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.unit.bot.playing import ADA, decided, typed

from roost import Bot, Chat, Message, Profile, TimerFired
from roost.bot import frames
from roost.errors import BotError, InvalidTimer
from roost.model.activities import ACTIVITY_TYPES, Activity
from roost.model.decisions import (
    DECISION_TYPES,
    Decision,
    HandOff,
    MarkRead,
    Note,
    Remember,
    Reply,
    ReplyPublicly,
    Resolve,
    ShowTyping,
    Tag,
    Untag,
)
from roost.model.events import TURN_EVENT_TYPES, MessageReceived, TurnEvent
from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.memories import Memory, Scope
from roost.model.messages import Button, OutboundMessage, QuickReply
from roost.model.posts import Post, PostReference, PublicReply
from roost.model.timers import CancelTimer, SetTimer
from roost.model.turns import Progress, Turn
from roost.model.x_objects import XKind, XObject
from roost.testing.clocks import NOON

OURS, HERE = UserId("1001"), ConversationId("1001-2002")
FIRED = TimerFired(OURS, "key", 7, HERE, "reminder", "order 7", NOON, NOON + timedelta(seconds=1))
MESSAGE = MessageReceived(OURS, "1", 1, HERE, ADA, typed("hello"), NOON)


def turn(*events: TurnEvent) -> Turn:
    return Turn("b", OURS, HERE, ADA, events, 1, NOON)


async def test_a_timer_reaches_the_handler_of_its_name() -> None:
    bot = Bot("b")

    @bot.on_timer("other")
    async def other(chat: Chat) -> None:
        await chat.say("other")

    @bot.on_timer("reminder")
    async def remind(chat: Chat, who: Profile, fired: TimerFired) -> None:
        await chat.say(f"{who.name}: {fired.data}, {chat.timer.name}")

    @bot.on_message()
    async def message(chat: Chat) -> None:
        await chat.say("message")

    decisions = await decided(bot, turn(FIRED, MESSAGE))

    assert decisions == (
        Reply(OutboundMessage("Ada: order 7, reminder")),
        Reply(OutboundMessage("message")),
    )


async def test_a_timer_without_a_handler_is_nothing() -> None:
    bot = Bot("b")

    @bot.fallback
    async def otherwise(chat: Chat) -> None:
        await chat.say("a fallback is for messages")

    assert await decided(bot, turn(FIRED)) == ()


def made(name: str) -> Callable[[Chat], Coroutine[object, object, None]]:
    async def fired(chat: Chat) -> None: ...

    fired.__qualname__ = name
    return fired


async def test_a_timer_that_nobody_handles_is_refused_where_it_is_set() -> None:
    bot = Bot("b")
    bot.on_timer("reminder")(made("reminder"))

    @bot.on_message()
    async def ask(chat: Chat) -> None:
        await chat.set_timer("reminder", after=timedelta(hours=1))
        await chat.set_timer("remainder", after=timedelta(hours=1))

    with pytest.raises(BotError, match=r"test_timers.py:\d+: .*'remainder'.*on_timer") as caught:
        await decided(bot, turn(MESSAGE))
    assert "mend the name" in caught.value.remedy


async def test_setting_and_cancelling_are_decisions() -> None:
    bot = Bot("b")
    for name in ("reminder", "late"):
        bot.on_timer(name)(made(name))

    @bot.on_message()
    async def ask(chat: Chat) -> None:
        await chat.set_timer("reminder", after=timedelta(hours=1), data="order 7")
        await chat.set_timer("late", due_at=NOON)
        await chat.cancel_timer("early")

    assert await decided(bot, turn(MESSAGE)) == (
        SetTimer("reminder", after=timedelta(hours=1), data="order 7"),
        SetTimer("late", due_at=NOON),
        CancelTimer("early"),
    )


async def test_a_limit_is_an_error_where_the_timer_is_set() -> None:
    bot = Bot("b")

    @bot.on_message()
    async def hasty(chat: Chat) -> None:
        await chat.set_timer("reminder")

    with pytest.raises(InvalidTimer, match="either due_at or after"):
        await decided(bot, turn(MESSAGE))


async def test_asking_a_timer_for_its_message_is_explained() -> None:
    chats: list[Chat] = []
    bot = Bot("b")

    async def handle(chat: Chat) -> None:
        chats.append(chat)

    bot.on_timer("reminder")(handle)
    bot.on_message()(handle)
    await decided(bot, turn(FIRED, MESSAGE))
    timer, message = chats

    with pytest.raises(BotError, match=r"chat\.message in a timer's handler"):
        _ = timer.message
    with pytest.raises(BotError, match=r"chat\.timer in a message's handler"):
        _ = message.timer
    assert (timer.event, message.event) == (FIRED, MESSAGE)
    assert timer.customer == ADA


async def test_a_handler_is_told_that_a_message_is_late() -> None:
    bot = Bot("b")

    @bot.on_message()
    async def polite(chat: Chat) -> None:
        await chat.say("sorry" if chat.is_late else "hello")

    late = replace(turn(MESSAGE, replace(MESSAGE, event_key="2")), late=("1",))

    assert await decided(bot, late) == (
        Reply(OutboundMessage("sorry")),
        Reply(OutboundMessage("hello")),
    )


def test_mistakes_are_found_when_a_handler_is_registered() -> None:
    bot = Bot("b")

    async def fine(chat: Chat) -> None: ...
    async def wants_a_message(message: Message) -> None: ...
    async def wants_a_timer(timer: TimerFired) -> None: ...

    assert bot.on_timer("taken")(fine) is fine
    mistakes = [
        (lambda: bot.on_timer("taken")(fine), "a second handler of timer 'taken'"),
        (lambda: bot.on_timer("a")(wants_a_message), "nothing fits parameter `message"),
        (lambda: bot.on_message()(wants_a_timer), "nothing fits parameter `timer"),
        (lambda: bot.on_timer(""), "1 to 100 characters; found 0"),
        (lambda: bot.on_timer("n" * 101), "1 to 100 characters; found 101"),
    ]
    for mistake, problem in mistakes:
        with pytest.raises(BotError) as caught:
            mistake()
        assert problem in caught.value.problem
        assert caught.value.remedy


POST = Post("8", ADA, "text \u00e9", PostReference("6", "1"), mentioned=("1001",))


def a_sample(kind: type[Activity]) -> Activity:
    own: dict[str, object] = {
        "post": POST,
        "is_ours": True,
        "message_id": "7",
        "app_id": "9",
    }
    shared = (OURS, "key", 5, HERE, ADA, NOON)
    names = [field.name for field in fields(kind)][len(shared) :]
    return kind(*shared, **{name: own[name] for name in names})


EVENTS: Sequence[TurnEvent] = (
    FIRED,
    MessageReceived(
        OURS,
        "1",
        2**63 - 1,
        HERE,
        ADA,
        Message(
            MessageId("1"),
            "text \u00e9",
            "chosen",
            is_quick_reply=True,
            quick_replies=(QuickReply("l", "m", "d"),),
            buttons=(Button("b", "https://a.example"),),
            source_app_id="7",
        ),
        NOON,
    ),
    *(a_sample(kind) for kind in ACTIVITY_TYPES.values()),
)
DECISIONS: Sequence[Decision] = (
    Reply(OutboundMessage("text", (QuickReply("l"),), (Button("b", "https://a.example"),))),
    ReplyPublicly(PublicReply("text", "9", "https://x.com/messages/compose?recipient_id=1001")),
    HandOff("why"),
    HandOff("why", "billing"),
    ShowTyping(),
    MarkRead(MessageId("7")),
    SetTimer("a", due_at=datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC), data="d"),
    SetTimer("a", after=timedelta(days=1, microseconds=1)),
    CancelTimer("a"),
    Resolve(),
    Note("call back"),
    Tag("vip"),
    Untag("vip"),
    Remember(Scope.CONVERSATION, "size", b"\x00\xff"),
)


def test_there_is_a_sample_of_every_kind() -> None:
    assert {type(one) for one in EVENTS} == set(TURN_EVENT_TYPES.values())
    assert {type(one) for one in DECISIONS} == set(DECISION_TYPES.values())


async def crossed(frame: frames.Frame) -> frames.Frame:
    """Give what arrives at the other end."""
    reader = asyncio.StreamReader()

    class Pipe:
        write = staticmethod(reader.feed_data)

    frames.write(Pipe(), frame)
    return await frames.read(reader)


async def test_a_turn_crosses_to_the_bot_s_process_as_it_is() -> None:
    known = (Memory(Scope.CUSTOMER, "colour", b"\xa3red"),)
    there = (XObject(XKind.WELCOME, "greeting", "7001", is_default=True),)
    sent = replace(turn(*EVENTS), late=("1",), memories=known, at_x=there)

    frame = await crossed(frames.begin(3, sent))

    assert isinstance(frame, frames.Begin)
    assert (frame.number, frames.turn_of(frame)) == (3, sent)


async def test_decisions_cross_back_as_they_are() -> None:
    sent = Progress(tuple(DECISIONS), final=True)

    frame = await crossed(frames.decided(3, sent))

    assert isinstance(frame, frames.Decided)
    assert frames.progress_of(frame) == sent
