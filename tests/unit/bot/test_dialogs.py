"""Dialogs: questions and steps in straight lines, and a process that may die between any two."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.bot.playing import Playing, tapped, typed

from roost import Bot, Chat, QuickReply
from roost.bot import journal, loading
from roost.bot.handling import OnChanged
from roost.bot.journal import Journal
from roost.errors import BotError, DialogChanged, JournalFull, JournalTooLarge, Unanswered
from roost.testing.clocks import NOON

HOUR = timedelta(hours=1)
TASTES = ["Vanilla", "Chocolate", "Strawberry"]


@dataclass(frozen=True)
class Order:
    number: str
    item: str
    at: datetime


class Shop:
    """Counts what was really done."""

    def __init__(self) -> None:
        self.looked_up: list[tuple[str, str]] = []
        self.bot = Bot("shop")
        self.bot.on_quick_reply("track")(self.track)
        self.bot.on_message()(self.menu)

    async def find(self, number: str, step_key: str) -> Order:
        self.looked_up.append((number, step_key))
        await asyncio.sleep(0)
        return Order(number, "a lamp", NOON)

    async def menu(self, chat: Chat) -> None:
        await chat.say("What can I do?", quick_replies=[QuickReply("Track", "track")])

    async def track(self, chat: Chat) -> None:
        number = await chat.ask("Which order?", matching=r"[A-Z][0-9]+", within=HOUR)
        await chat.say("One moment.")
        order = await chat.step(self.find, number)
        assert isinstance(order, Order)
        at, drawn = await chat.now(), await chat.random()
        await chat.say(f"{order.item} of {order.at:%H:%M}, asked at {at:%H:%M}")
        assert drawn == await self.same(chat, drawn)
        if await chat.confirm("Did that help?"):
            await chat.sleep(HOUR)
            await chat.say("Still happy?")
        else:
            await chat.hand_off("not happy")

    async def same(self, chat: Chat, drawn: float) -> float:
        assert await chat.random() != drawn
        return drawn


async def story(playing: Playing) -> None:
    await playing.says("hello")
    await playing.taps("Track")
    await playing.says("what?")
    await playing.says(" A12 ")
    await playing.pass_time(HOUR / 2)
    await playing.taps("Yes")
    await playing.pass_time(2 * HOUR)


TOLD = [
    "What can I do?",
    "Which order?",
    "Sorry, I did not understand that.",
    "One moment.",
    "a lamp of 12:00, asked at 12:00",
    "Did that help?",
    "Still happy?",
]


async def test_a_dialog_is_told_in_straight_lines() -> None:
    shop = Shop()
    playing = Playing(shop.bot)
    await story(playing)
    assert playing.said == TOLD
    assert [number for number, _ in shop.looked_up] == ["A12"]
    assert (playing.dialogs, playing.timers) == ({}, {})


async def test_it_may_die_at_every_step_and_tells_the_same() -> None:
    whole = Playing(Shop().bot)
    await story(whole)
    assert whole.n_steps == 14, "seven commits, with a step before and after each"
    for step in range(1, whole.n_steps + 1):
        shop = Shop()
        playing = Playing(shop.bot, dies_at=step)
        await story(playing)
        assert playing.said == TOLD, f"died at step {step}"
        keys = {key for _, key in shop.looked_up}
        assert len(keys) == 1, "a step that is repeated is given the same key"
        assert (playing.dialogs, playing.timers) == ({}, {})


async def test_what_was_said_before_a_step_is_committed_before_it_runs() -> None:
    bot, order = Bot("b"), list[str]()
    playing = Playing(bot)

    def look() -> None:
        order.extend(playing.said)

    @bot.on_message()
    async def handle(chat: Chat) -> None:
        await chat.say("One moment.")
        await chat.step(look)
        await chat.say("Done.")

    await playing.says("go")
    assert order == ["One moment."]
    assert playing.said == ["One moment.", "Done."]


async def test_two_messages_in_one_turn_are_a_question_and_its_answer() -> None:
    shop = Shop()
    playing = Playing(shop.bot)
    await playing.happens(playing.received(tapped("track")), playing.received(typed("B7")))
    assert playing.said[-2:] == ["a lamp of 12:00, asked at 12:00", "Did that help?"]


async def test_no_answer_in_time_ends_a_dialog_quietly() -> None:
    playing = Playing(Shop().bot)
    await playing.says("hello")
    await playing.taps("Track")
    await playing.pass_time(HOUR)
    assert (playing.said[-1], playing.handed_off, playing.dialogs) == ("Which order?", [], {})
    await playing.says("A12")
    assert playing.said[-1] == "What can I do?", "nobody waits for it any more"


async def test_an_answer_in_time_stops_the_clock() -> None:
    playing = Playing(Shop().bot)
    await playing.says("hello")
    await playing.taps("Track")
    await playing.says("A12")
    assert playing.timers == {}
    await playing.pass_time(10 * HOUR)
    assert playing.said[-1] == "Did that help?"


async def test_who_is_not_understood_is_given_to_people() -> None:
    playing = Playing(Shop().bot)
    await playing.says("hello")
    await playing.taps("Track")
    for _ in range(3):
        await playing.says("hm")
    assert playing.handed_off == ["not understood: Which order?"]
    assert playing.said.count("Sorry, I did not understand that.") == 2


async def test_a_handler_can_answer_for_silence_itself() -> None:
    bot = Bot("b")

    @bot.on_message()
    async def handle(chat: Chat) -> None:
        try:
            await chat.ask("Are you there?", within=HOUR)
        except Unanswered as error:
            await chat.say("I close this for now." if error.is_late else "What?")

    playing = Playing(bot)
    await playing.says("hi")
    await playing.pass_time(HOUR)
    assert playing.said == ["Are you there?", "I close this for now."]


@pytest.mark.parametrize("answer", ["Chocolate", "chocolate!", "2", "the second one", "choc"])
async def test_a_choice_is_understood_however_it_is_made(answer: str) -> None:
    bot = Bot("b")

    @bot.on_message()
    async def handle(chat: Chat) -> None:
        taste = await chat.choose("Which?", TASTES)
        await chat.say(f"{taste} it is.")

    typed, tapping = Playing(bot), Playing(bot)
    await typed.says("hi")
    await typed.says(answer)
    await tapping.says("hi")
    await tapping.taps("Chocolate")
    assert typed.said == tapping.said == ["Which?", "Chocolate it is."]


@given(st.sampled_from(["yes", "Yes please", "y", "oui", "ja!", "sí", "ok", "1"]))
def test_yes_is_understood_in_many_words(word: str) -> None:
    assert asyncio.run(confirmed(word)) == "True"


@given(st.sampled_from(["no", "No thanks", "nein", "não", "2"]))
def test_no_is_understood_in_many_words(word: str) -> None:
    assert asyncio.run(confirmed(word)) == "False"


async def confirmed(word: str) -> str:
    bot = Bot("b")

    @bot.on_message()
    async def handle(chat: Chat) -> None:
        await chat.say(str(await chat.confirm("Really?")))

    playing = Playing(bot)
    await playing.says("hi")
    await playing.says(word)
    return playing.said[-1]


async def test_a_tap_on_an_older_menu_goes_where_it_belongs_and_the_question_stays() -> None:
    bot = Bot("b")

    @bot.on_quick_reply("hours")
    async def hours(chat: Chat) -> None:
        await chat.say("9 to 17.")

    @bot.on_message()
    async def handle(chat: Chat) -> None:
        await chat.say("Menu", quick_replies=[QuickReply("Hours", "hours")])
        await chat.say(f"Hello {await chat.ask('Your name?')}.")

    playing = Playing(bot)
    await playing.says("hi")
    await playing.taps("Hours")
    await playing.says("Ada")
    assert playing.said == ["Menu", "Your name?", "9 to 17.", "Hello Ada."]


async def test_a_sleeping_dialog_leaves_messages_to_others() -> None:
    bot = Bot("b")

    @bot.on_quick_reply("remind")
    async def remind(chat: Chat) -> None:
        await chat.sleep(HOUR)
        await chat.say("Now!")

    @bot.on_message()
    async def handle(chat: Chat) -> None:
        await chat.say("Menu", quick_replies=[QuickReply("Remind", "remind")])

    playing = Playing(bot)
    await playing.says("hi")
    await playing.taps("Remind")
    await playing.says("hi")
    await playing.pass_time(HOUR)
    assert playing.said == ["Menu", "Menu", "Now!"]


def versions(policy: OnChanged) -> tuple[Bot, Bot]:
    """Give a bot and its next version, whose dialog asks something else first."""

    async def order(chat: Chat) -> None:
        await chat.say(f"{await chat.ask('Which order?')}, thank you.")

    old, new = Bot("b", on_changed=policy), Bot("b", on_changed=policy)
    old.on_message()(order)

    async def changed(chat: Chat) -> None:
        await chat.step(len, "x")
        await chat.say(f"{await chat.ask('Which order, please?')}!")

    changed.__module__, changed.__qualname__ = order.__module__, order.__qualname__
    new.on_message()(changed)
    return old, new


async def test_a_dialog_whose_code_was_changed_goes_to_people_and_says_why() -> None:
    old, new = versions(OnChanged.HAND_OFF)
    playing = Playing(old)
    await playing.says("hi")
    playing.bot = new
    await playing.says("A1")
    (reason,) = playing.handed_off
    assert "point 0: it was say(), now it is step(len)" in reason
    assert playing.said == ["Which order?"]


async def test_or_it_begins_anew() -> None:
    old, new = versions(OnChanged.RESTART)
    playing = Playing(old)
    await playing.says("hi")
    playing.bot = new
    await playing.says("A1")
    await playing.says("A1")
    assert playing.said == ["Which order?", "Which order, please?", "A1!"]
    assert playing.handed_off == []


async def test_texts_may_change_while_a_dialog_waits() -> None:
    old, new = Bot("b"), Bot("b")
    for bot, words in ((old, "Your name?"), (new, "What is your name?")):
        bot.on_message()(greeting(words))
    playing = Playing(old)
    await playing.says("hi")
    playing.bot = new
    await playing.says("Ada")
    assert playing.said == ["Your name?", "Hello Ada."]


def greeting(words: str) -> Callable[[Chat], Awaitable[None]]:
    async def handle(chat: Chat) -> None:
        await chat.say(f"Hello {await chat.ask(words)}.")

    return handle


async def test_what_cannot_be_remembered_is_an_error_with_a_remedy() -> None:
    bot = Bot("b")

    @bot.on_message()
    async def handle(chat: Chat) -> None:
        await chat.step(object)

    with pytest.raises(BotError, match=r"result of object cannot be kept.*dataclass"):
        await Playing(bot).says("hi")


async def test_two_verbs_at_once_are_an_error() -> None:
    bot = Bot("b")

    @bot.on_message()
    async def handle(chat: Chat) -> None:
        await asyncio.gather(chat.step(asyncio.sleep, 0), chat.step(asyncio.sleep, 0))

    with pytest.raises(BotError, match="one verb of `chat` after the other"):
        await Playing(bot).says("hi")


async def test_a_handler_that_never_ends_is_stopped_by_the_journal_s_limit() -> None:
    bot = Bot("b")

    @bot.on_message()
    async def handle(chat: Chat) -> None:
        while True:
            await chat.say("again")

    with pytest.raises(JournalFull, match=str(journal.MOST_POINTS)):
        await Playing(bot).says("hi")


async def test_steps_that_give_more_than_a_journal_holds_are_told_where_they_are_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(journal, "MOST_BYTES", 2_000)
    bot = Bot("b")

    @bot.on_message()
    async def handle(chat: Chat) -> None:
        await chat.step(bytes, 900)
        await chat.ask("Go on?")
        await chat.step(bytes, 1_000)

    playing = Playing(bot)
    await playing.says("hi")
    with pytest.raises(JournalTooLarge, match=r"limit 2,000") as caught:
        await playing.says("yes")
    told = loading.failure(caught.value, default="?")
    assert told.remedy.startswith("Have steps return")
    line = handle.__code__.co_firstlineno + 4
    assert told.place == f"{__file__}:{line}"
    assert "handler handle: JournalTooLarge" in told.problem


def test_a_dialog_that_ends_before_what_it_had_passed_is_noticed() -> None:
    first = Journal("d")
    first.write("say")
    _, points = first.hand_over()
    with pytest.raises(DialogChanged, match="now it is the end"):
        Journal("d", points).end_replay()
