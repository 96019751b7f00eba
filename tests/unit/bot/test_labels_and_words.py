"""What is offered right now goes before the built-in words; `stop` alone goes before all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.bot.playing import Playing

from roost import Bot, Chat, QuickReply, WelcomeMessage, Words, text
from roost.bot import words
from roost.testing.bot_tester import BotTester

BUILT_IN = [*words.START, *words.MENU, *words.CANCEL, *words.PERSON]
PLACES = ["first", "second", "third", "fourth", "fifth", "sixth"]


def choosing(labels: list[str]) -> Bot:
    """Have a bot with one question."""
    bot = Bot("b")

    @bot.on_message(text.equals("begin"))
    async def begin(chat: Chat) -> None:
        await chat.say(f"chosen {await chat.choose('Which?', labels)}")

    return bot


def offering(labels: list[str]) -> Bot:
    """Have a bot with one menu, whose every option has a handler."""
    bot = Bot("b")
    for label in labels:
        bot.on_quick_reply(f"of {label}")(chosen(label))

    @bot.on_message(text.equals("begin"))
    async def begin(chat: Chat) -> None:
        options = [QuickReply(label, f"of {label}") for label in labels]
        await chat.say("Which?", quick_replies=options)

    return bot


def chosen(label: str) -> Callable[[Chat], Awaitable[None]]:
    async def handle(chat: Chat) -> None:
        await chat.note(chat.message.text)
        await chat.say(f"chosen {label} by {chat.message.text}")

    handle.__qualname__ = f"chosen {label}"
    return handle


@given(
    labels=st.lists(st.sampled_from(BUILT_IN), min_size=1, max_size=6, unique=True),
    wanted=st.integers(0, 5),
    make=st.sampled_from([choosing, offering]),
)
def test_tap_number_ordinal_and_label_lead_to_the_same_end_state(
    labels: list[str], wanted: int, make: Callable[[list[str]], Bot]
) -> None:
    asyncio.run(all_end_alike(labels, wanted % len(labels), make))


async def all_end_alike(labels: list[str], place: int, make: Callable[[list[str]], Bot]) -> None:
    label = labels[place]
    playings = [Playing(make(labels)) for _ in range(4)]
    for playing in playings:
        await playing.says("begin")
    tapped, *others = playings
    await tapped.taps(label)
    for playing, typed in zip(others, [label.upper(), str(place + 1), PLACES[place]], strict=True):
        await playing.says(typed)
        assert (playing.said, playing.handed_off) == (tapped.said, tapped.handed_off), typed
        assert (playing.dialogs, playing.memories) == (tapped.dialogs, tapped.memories), typed
    assert tapped.said[-1].startswith(f"chosen {label}")


@pytest.mark.parametrize("how", ["tap", "2", "talk to a person", "the second one"])
async def test_a_menu_s_own_handler_for_a_person_is_reached_however_it_is_chosen(how: str) -> None:
    bot = Bot("b")

    @bot.on_quick_reply("person")
    async def person(chat: Chat) -> None:
        await chat.note("wants a person")
        await chat.hand_off("by the menu", team="billing")

    @bot.fallback
    async def menu(chat: Chat) -> None:
        options = [QuickReply("Track", "track"), QuickReply("Talk to a person", "person")]
        await chat.say("Menu", quick_replies=options)

    with BotTester(bot) as tester:
        ada = tester.customer("ada")
        await ada.says("hi")
        if how == "tap":
            await ada.taps("Talk to a person")
        else:
            await ada.says(how)
        found = tester.conversation(ada)
        assert (found.reason, found.notes, found.tags) == (
            "by the menu",
            ("wants a person",),
            ("billing",),
        )


async def test_a_label_that_no_handler_is_there_for_is_still_no_word() -> None:
    bot = Bot("b")

    @bot.fallback
    async def menu(chat: Chat) -> None:
        await chat.say(f"{chat.message.text}!", quick_replies=[QuickReply("Agent")])

    with BotTester(bot) as tester:
        ada = tester.customer("ada")
        await ada.says("hi")
        await ada.says("agent")
        await ada.taps("Agent")
        assert [one.text for one in ada.sees] == ["hi!", "agent!", "Agent!"]
        assert tester.conversation(ada).reason == ""


async def test_a_word_that_only_begins_a_label_is_a_word() -> None:
    playing = Playing(choosing(["Confirm", "Cancel my order"]))
    await playing.says("begin")
    await playing.says("cancel")
    assert playing.said[-1] == Words().cancelled


async def test_what_an_earlier_menu_offered_is_no_label_of_the_question_that_waits() -> None:
    bot = Bot("b")

    @bot.on_quick_reply("person")
    async def person(chat: Chat) -> None:
        await chat.say("by the menu")

    @bot.fallback
    async def menu(chat: Chat) -> None:
        await chat.say("Menu", quick_replies=[QuickReply("Person", "person")])
        await chat.ask("Your name?")

    playing = Playing(bot)
    await playing.says("hi")
    await playing.says("person")
    assert playing.said[-1] == Words().handing_over


@pytest.mark.parametrize("make", [choosing, offering])
async def test_stop_is_honoured_even_where_an_option_is_called_so(
    make: Callable[[list[str]], Bot],
) -> None:
    playing = Playing(make(["Go on", "Stop"]))
    await playing.says("begin")
    await playing.says("stop")
    assert playing.said[-1] == Words().stopped
    await playing.says("begin")
    assert playing.said[-1] == Words().stopped, "it is silent"


@pytest.mark.parametrize("how", ["tap", "2"])
@pytest.mark.parametrize("make", [choosing, offering])
async def test_an_option_called_stop_is_chosen_by_tap_and_number(
    make: Callable[[list[str]], Bot], how: str
) -> None:
    playing = Playing(make(["Go on", "Stop"]))
    await playing.says("begin")
    await (playing.taps("Stop") if how == "tap" else playing.says(how))
    assert playing.said[-1].startswith("chosen Stop")
    await playing.says("stop")
    assert playing.said[-1] == Words().stopped


async def test_who_has_stopped_comes_back_by_start_whatever_handlers_there_are() -> None:
    bot = Bot("b")

    @bot.on_message(text.equals("start"))
    async def start(chat: Chat) -> None:
        await chat.say("Let us begin.")

    playing = Playing(bot)
    for word in ("stop", "hello", "start", "start"):
        await playing.says(word)
    assert playing.said == [Words().stopped, Words().started, "Let us begin."]


async def test_menu_says_a_word_where_nobody_shows_one() -> None:
    playing = Playing(choosing(["One", "Two"]))
    await playing.says("begin")
    await playing.says("menu")
    assert (playing.said[-1], playing.dialogs) == (Words().cancelled, {})


@pytest.mark.parametrize("how", ["tap", "2", "Talk to a person", "the second one", "talk"])
async def test_what_a_welcome_message_offers_is_chosen_however_it_is_written(how: str) -> None:
    bot = Bot("b")

    @bot.welcome(default=True)
    def greeting() -> WelcomeMessage:
        options = [QuickReply("Track", "track"), QuickReply("Talk to a person", "person")]
        return WelcomeMessage("Hi!", quick_replies=options)

    @bot.on_quick_reply("person")
    async def person(chat: Chat) -> None:
        await chat.say(f"{chat.message.text}, gladly.")

    @bot.fallback
    async def other(chat: Chat) -> None:
        await chat.say("What?")

    with BotTester(bot) as tester:
        ada = tester.customer("ada")
        await ada.opens_conversation()
        if how == "tap":
            await ada.taps("Talk to a person")
        else:
            await ada.says(how)
        assert [one.text for one in ada.sees] == ["Hi!", "Talk to a person, gladly."]
        await ada.says("2")
        assert ada.sees[-1].text == "What?", "it has been answered"
