"""Bots: who gets a message, and mistakes that are found when a handler is registered."""

from __future__ import annotations

import pytest
from tests.unit.bot.playing import ADA, decided, tapped, typed

from roost import Bot, Button, Chat, Message, Profile, QuickReply, text
from roost.bot.filters import Filter
from roost.errors import BotError, InvalidMessage
from roost.model.decisions import Decision, HandOff, Reply
from roost.model.events import MessageReceived
from roost.model.ids import ConversationId, UserId
from roost.model.messages import OutboundMessage
from roost.model.turns import Turn
from roost.testing.clocks import NOON


def turn(*messages: Message) -> Turn:
    events = tuple(
        MessageReceived(
            UserId("1001"), one.message_id, n, ConversationId("1001-2002"), ADA, one, NOON
        )
        for n, one in enumerate(messages)
    )
    return Turn("b", UserId("1001"), ConversationId("1001-2002"), ADA, events, 1, NOON)


async def texts_of(bot: Bot, *messages: Message) -> list[str]:
    decisions: tuple[Decision, ...] = await decided(bot, turn(*messages))
    return [one.message.text for one in decisions if isinstance(one, Reply)]


async def test_the_first_handler_that_wants_a_message_gets_it_and_no_other() -> None:
    bot = Bot("b")

    @bot.on_message(text.contains("refund"))
    async def first(chat: Chat) -> None:
        await chat.say("first")

    @bot.on_message()
    async def second(chat: Chat) -> None:
        await chat.say("second")

    assert await texts_of(bot, typed("a REFUND please"), typed("hello")) == ["first", "second"]


async def test_a_tap_reaches_its_handler_by_metadata_not_by_label() -> None:
    bot = Bot("b")

    @bot.on_quick_reply("track")
    async def track(chat: Chat) -> None:
        await chat.say("tracking")

    @bot.fallback
    async def otherwise(chat: Chat) -> None:
        await chat.say("fallback")

    messages = tapped("track"), tapped("other"), tapped(None), typed("track")
    assert await texts_of(bot, *messages) == ["tracking", "fallback", "fallback", "fallback"]


async def test_the_fallback_comes_last_wherever_it_is_registered() -> None:
    bot = Bot("b")

    @bot.fallback
    async def otherwise(chat: Chat) -> None:
        await chat.say("fallback")

    @bot.on_message()
    async def all_of_them(chat: Chat) -> None:
        await chat.say("handler")

    assert await texts_of(bot, typed("x")) == ["handler"]


async def test_a_message_nobody_wants_is_answered_with_silence() -> None:
    assert await decided(Bot("b"), turn(typed("x"))) == ()


async def test_what_is_said_and_handed_off_keeps_its_order() -> None:
    bot = Bot("b")

    @bot.on_message()
    async def both(chat: Chat) -> None:
        await chat.say("one moment", buttons=[Button("Go", "https://a.example")])
        await chat.hand_off("asked for a person")

    decisions = await decided(bot, turn(typed("x")))
    message = OutboundMessage("one moment", (), (Button("Go", "https://a.example"),))
    assert decisions == (Reply(message), HandOff("asked for a person"))


async def test_handlers_get_what_they_ask_for_by_type() -> None:
    bot = Bot("b")
    seen: list[object] = []

    @bot.on_message()
    async def curious(who: Profile, what: Message) -> None:
        seen.extend([who, what])

    await decided(bot, turn(typed("x")))
    assert seen == [ADA, typed("x")]


async def test_a_limit_of_x_is_an_error_where_the_message_is_written() -> None:
    bot = Bot("b")

    @bot.on_message()
    async def wordy(chat: Chat) -> None:
        await chat.say("x", quick_replies=[QuickReply("l" * 37)])

    with pytest.raises(InvalidMessage, match=r"quick_replies\[0\].label.*36.*37"):
        await decided(bot, turn(typed("x")))


def test_decorators_return_the_function_unchanged() -> None:
    bot = Bot("b")

    async def handler(chat: Chat) -> None:
        await chat.say("x")

    assert bot.on_message()(handler) is handler
    assert bot.on_quick_reply("a")(handler) is handler
    assert bot.fallback(handler) is handler


def test_mistakes_are_found_when_a_handler_is_registered() -> None:
    bot = Bot("b")

    def not_async(chat: Chat) -> None: ...
    async def unknown(chat: Chat, custommer: Profile, extra: int) -> None: ...
    async def untyped(chat) -> None: ...
    async def positional(chat: Chat, /) -> None: ...
    async def unresolved(chat: Nowhere) -> None: ...  # noqa: F821 - this is the mistake
    async def fine(chat: Chat) -> None: ...

    bot.fallback(fine)
    mistakes = [
        (lambda: bot.on_message()(not_async), "is not async"),
        (lambda: bot.on_message()(unknown), "nothing fits parameter `extra: 'int'`"),
        (lambda: bot.on_message()(untyped), "nothing fits parameter `chat`"),
        (lambda: bot.on_message()(positional), "nothing fits"),
        (lambda: bot.on_message()(unresolved), "Nowhere"),
        (lambda: bot.on_message(fine), "parentheses"),
        (lambda: bot.fallback(fine), "second fallback"),
        (lambda: bot.on_quick_reply(""), "0 characters"),
        (lambda: bot.on_quick_reply("m" * 1_001), "1001 characters"),
        (lambda: Bot("Not A Name"), "cannot name a bot"),
    ]
    for mistake, problem in mistakes:
        with pytest.raises(BotError) as caught:
            mistake()
        assert problem in caught.value.problem
        assert caught.value.remedy
        assert caught.value.place


@pytest.mark.parametrize(
    ("wanted", "words", "expected"),
    [
        (text.equals("Straße"), "  STRASSE ", True),
        (text.equals("cafe"), "Café", True),
        (text.equals("cafe"), "cafes", False),
        (text.contains("refund"), "no ReFuNd?", True),
        (text.matches(r"[a-z]\d{4}"), "order A1234 please", True),
        (text.matches(r"^\d+$"), "12a", False),
        (text.contains("a") & ~text.contains("b"), "a", True),
        (text.contains("a") & ~text.contains("b"), "ab", False),
        (text.contains("a") | text.contains("b"), "b", True),
    ],
)
def test_filters_read_as_they_are_written(wanted: Filter, words: str, expected: bool) -> None:
    assert wanted.wants(typed(words)) is expected
