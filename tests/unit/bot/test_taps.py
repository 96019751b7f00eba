"""Taps on questions: each goes to the question it was made under, or what waits is asked again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.bot.playing import Playing, tapped

from roost import Bot, Chat, QuickReply, text
from roost.bot.handling import OnChanged
from roost.testing.bot_tester import BotTester

HOUR = timedelta(hours=1)


def account_bot() -> Bot:
    bot = Bot("b")

    @bot.on_message(text.equals("parcel"))
    async def parcel(chat: Chat) -> None:
        arrived = await chat.confirm("Has your parcel arrived?")
        await chat.say(f"arrived: {arrived}")

    @bot.on_message(text.equals("delete"))
    async def delete(chat: Chat) -> None:
        is_sure = await chat.confirm("Delete your account?")
        await chat.say("DELETED" if is_sure else "kept")

    @bot.on_message(text.equals("name"))
    async def name(chat: Chat) -> None:
        given = await chat.ask("Your name?", quick_replies=[QuickReply("Say nothing")])
        await chat.say(f"Hello {given}")

    @bot.fallback
    async def other(chat: Chat) -> None:
        await chat.say(f"What is {chat.message.text}?")

    return bot


@pytest.mark.parametrize(
    ("begin", "question", "answer", "end"),
    [
        ("delete", "Delete your account?", "no", "kept"),
        ("name", "Your name?", "Ada", "Hello Ada"),
    ],
)
async def test_a_tap_on_a_dead_question_asks_again_what_waits(
    begin: str, question: str, answer: str, end: str
) -> None:
    with BotTester(account_bot()) as tester:
        ada = tester.customer("ada")
        await ada.says("parcel")
        await ada.says("cancel")
        await ada.says(begin)
        if begin == "delete":
            parcel, option = ada.sees[0], ada.sees[0].quick_replies[0]
            await ada._taps(parcel, option)
        else:
            await ada.taps("Yes")
        await ada.says(answer)
        texts = [one.text for one in ada.sees]
        assert texts[2:] == [question, question, end]
        assert ada.sees[2].quick_replies == ada.sees[3].quick_replies


async def test_a_tap_on_a_dead_question_where_nothing_waits_is_a_message() -> None:
    playing = Playing(account_bot())
    await playing.says("parcel")
    await playing.says("cancel")
    await playing.taps("Yes")
    assert playing.said[-1] == "What is Yes?"


async def test_a_double_tap_answers_one_question() -> None:
    bot = Bot("b")

    @bot.on_message()
    async def handle(chat: Chat) -> None:
        is_plugged = await chat.confirm("Is it plugged in?", retries=0)
        is_erased = await chat.confirm("Erase all data?", retries=0, within=HOUR)
        await chat.say(f"plugged in: {is_plugged}, erase: {is_erased}")

    playing = Playing(bot)
    await playing.says("hi")
    yes = playing.replies[0].message.quick_replies[0]
    tap = tapped(yes.metadata, yes.label)
    await playing.happens(playing.received(tap), playing.received(tap))
    await playing.taps_again(yes)
    assert playing.said == ["Is it plugged in?", *["Erase all data?"] * 3]
    assert len(playing.timers) == 1, "it waits no longer than when it was asked first"
    await playing.taps("No")
    assert playing.said[-1] == "plugged in: True, erase: False"


async def test_what_is_said_again_is_the_whole_question() -> None:
    bot = Bot("b", speaks_as="Acme Bot")

    @bot.on_message()
    async def handle(chat: Chat) -> None:
        await chat.confirm("First?")
        await chat.choose("Where?", ["Here", "There"], place_id="df51dec6f4ee2b2c")

    playing = Playing(bot)
    await playing.says("hi")
    old = playing.replies[0].message.quick_replies[0]
    await playing.taps_again(old)
    await playing.taps_again(old)
    assert playing.replies[2] == playing.replies[1]


async def test_a_tap_on_what_is_asked_in_a_question_of_its_own_counts() -> None:
    playing = Playing(account_bot())
    await playing.says("name")
    await playing.taps("Say nothing")
    assert playing.said[-1] == "Hello Say nothing"


async def test_a_tap_of_an_older_menu_that_a_filter_wants_goes_there() -> None:
    bot = Bot("b")

    @bot.on_message(text.equals("lamps"))
    async def lamps(chat: Chat) -> None:
        await chat.say("No lamps today.")

    @bot.fallback
    async def other(chat: Chat) -> None:
        await chat.say("What?", quick_replies=[QuickReply("Lamps", "l"), QuickReply("Old", "o")])
        await chat.say(f"Hello {await chat.ask('Your name?')}")

    playing = Playing(bot)
    await playing.says("hi")
    await playing.taps("Lamps")
    await playing.taps("Old")
    await playing.says("Ada")
    assert playing.said[2:] == ["No lamps today.", "Your name?", "Hello Ada"]


def versions(second: str) -> tuple[Bot, Bot]:
    """Give a bot, and its next version, which asks for something else at the same place."""
    made: list[Bot] = []
    for words, is_changed in (("Is it plugged in?", False), (second, True)):
        bot = Bot("b", on_changed=OnChanged.ASK_AGAIN)
        bot.on_message()(asking(words, is_changed=is_changed))
        made.append(bot)
    return made[0], made[1]


def asking(words: str, *, is_changed: bool) -> Callable[[Chat], Awaitable[None]]:
    async def handle(chat: Chat) -> None:
        is_sure = await chat.confirm(words)
        await (chat.tag("x") if is_changed else chat.note("x"))
        if not is_changed:
            await chat.ask("Where?")
        await chat.say(f"{words} {is_sure}")

    return handle


async def test_a_tap_answers_no_other_question_that_stands_at_its_place_now() -> None:
    old, new = versions("Erase all data?")
    playing = Playing(old)
    await playing.says("hi")
    yes = playing.replies[0].message.quick_replies[0]
    await playing.taps_again(yes)
    playing.bot = new
    await playing.says("at home")
    assert playing.said[-1] == "Erase all data?"
    await playing.taps_again(yes)
    assert playing.said[-1] == "Erase all data?"
    await playing.taps("Yes")
    assert playing.said[-1] == "Erase all data? True"


async def test_a_tap_from_before_marks_had_words_still_counts() -> None:
    playing = Playing(account_bot())
    await playing.says("delete")
    (no,) = [one for one in playing.replies[0].message.quick_replies if one.label == "No"]
    assert no.metadata is not None
    await playing.taps_again(replace(no, metadata=no.metadata.rpartition(":")[0]))
    assert playing.said[-1] == "kept"


def reminders() -> Bot:
    bot = Bot("b")

    @bot.on_message(text.matches("^remind .*"))
    async def remind(chat: Chat) -> None:
        _, name = chat.message.text.split()
        await chat.sleep(20 * HOUR)
        is_coming = await chat.confirm(f"{name}, are you coming?", within=3 * HOUR)
        await chat.say(f"{name}: {is_coming}")

    return bot


@pytest.mark.parametrize("name", ["Ada", "Bob"])
async def test_of_two_questions_that_wait_a_tap_answers_its_own(name: str) -> None:
    with BotTester(reminders()) as tester:
        ada = tester.customer("ada")
        await ada.says("remind Ada")
        await tester.advance(HOUR)
        await ada.says("remind Bob")
        await tester.advance(20 * HOUR)
        (asked,) = [one for one in ada.sees if one.text.startswith(name)]
        await ada._taps(asked, asked.quick_replies[1])
        assert ada.sees[-1].text == f"{name}: False"


async def test_what_is_typed_answers_the_question_asked_last_and_then_the_other() -> None:
    with BotTester(reminders()) as tester:
        ada = tester.customer("ada")
        await ada.says("remind Ada")
        await tester.advance(HOUR)
        await ada.says("remind Bob")
        await tester.advance(20 * HOUR)
        await ada.says("no")
        await ada.says("yes")
        assert [one.text for one in ada.sees][2:] == ["Bob: False", "Ada: True"]


async def test_a_question_of_a_timer_leaves_the_one_that_waits() -> None:
    bot = Bot("b")

    @bot.on_timer("look")
    async def look(chat: Chat) -> None:
        await chat.say(f"Here: {await chat.confirm('Still there?')}")

    @bot.fallback
    async def order(chat: Chat) -> None:
        await chat.set_timer("look", after=HOUR)
        await chat.say(f"Order {await chat.ask('Order number?')}")

    with BotTester(bot) as tester:
        ada = tester.customer("ada")
        await ada.says("hi")
        await tester.advance(2 * HOUR)
        await ada.says("yes")
        await ada.says("A1")
        assert [one.text for one in ada.sees][2:] == ["Here: True", "Order A1"]


@given(
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["Yes", "No"])), min_size=1, max_size=14)
)
def test_whatever_is_tapped_each_question_is_answered_by_its_own_taps(
    taps: list[tuple[int, str]],
) -> None:
    asyncio.run(only_own_taps_count(taps))


async def only_own_taps_count(taps: list[tuple[int, str]]) -> None:
    bot = Bot("b")
    answered: list[bool] = []

    @bot.on_message()
    async def handle(chat: Chat) -> None:
        answered[:] = [await chat.confirm(f"Question {n}?") for n in range(6)]

    playing, wanted = Playing(bot), list[bool]()
    await playing.says("hi")
    for place, label in taps:
        asked = {one.message.text: one.message.quick_replies for one in playing.replies}
        options = asked.get(f"Question {place}?", ())
        for option in (one for one in options if one.label == label):
            if place == len(wanted):
                wanted.append(label == "Yes")
            await playing.taps_again(option)
    waiting = f"Question {len(wanted)}?"
    assert playing.said[-1] == waiting or answered == wanted
