"""Built-in words: they are heeded whatever the bot is asking, and `stop` is honoured."""

from __future__ import annotations

from datetime import timedelta

import pytest

from roost import Bot, Chat, QuickReply, Words, text
from roost.bot import words
from roost.model.ids import MessageId
from roost.model.messages import Message
from roost.testing.bot_tester import BotTester

HOUR = timedelta(hours=1)


def bot(how: Words | None = None) -> Bot:
    made = Bot("b", words=how)

    @made.on_quick_reply("name")
    async def name(chat: Chat) -> None:
        given = await chat.ask("Your name?")
        await chat.say(f"Hello {given}")
        await chat.sleep(HOUR)
        await chat.say("Still there?")

    @made.fallback
    async def menu(chat: Chat) -> None:
        await chat.say("The menu", quick_replies=[QuickReply("Tell my name", "name")])

    return made


def said(tester: BotTester) -> list[str]:
    return [one.text for one in tester.customer("ada").sees]


@pytest.mark.parametrize("word", ["stop", " STOP! ", "unsubscribe", "Arrêter", "stopp", "parar"])
async def test_after_stop_nothing_comes_until_start(word: str) -> None:
    with BotTester(bot()) as tester:
        ada = tester.customer("ada")
        await ada.says("hi")
        await ada.taps("Tell my name")
        await ada.says("Ada")
        await ada.says(word)
        await tester.restart()
        await ada.says("hello?")
        await ada.taps("Tell my name")
        await tester.advance(2 * HOUR)
        assert said(tester) == ["The menu", "Your name?", "Hello Ada", Words().stopped]
        await ada.says("Start")
        await ada.says("hi")
        assert said(tester)[4:] == [Words().started, "The menu"]


@pytest.mark.parametrize("word", ["person", "Talk to a person", "Mitarbeiter", "humano", "Agent."])
async def test_a_person_is_got_even_while_something_is_asked(word: str) -> None:
    with BotTester(bot()) as tester:
        ada = tester.customer("ada")
        await ada.says("hi")
        await ada.taps("Tell my name")
        await ada.says(word)
        assert said(tester)[2:] == [Words().handing_over]
        assert tester.conversation(ada).reason == "asked for a person"


async def test_the_menu_leaves_what_is_being_asked() -> None:
    with BotTester(bot()) as tester:
        ada = tester.customer("ada")
        await ada.says("hi")
        await ada.taps("Tell my name")
        await ada.says("Menü")
        await ada.says("Ada")
        assert said(tester) == ["The menu", "Your name?", "The menu", "The menu"]


async def test_cancel_leaves_what_is_being_asked_and_else_means_nothing() -> None:
    with BotTester(bot()) as tester:
        ada = tester.customer("ada")
        await ada.says("cancel")
        await ada.taps("Tell my name")
        await ada.says("cancel")
        await ada.says("Ada")
        assert said(tester) == ["The menu", "Your name?", Words().cancelled, "The menu"]


async def test_words_are_the_bot_s_to_choose() -> None:
    how = Words(stop=(), person=("Hilfe",), handing_over="Moment.")
    with BotTester(bot(how)) as tester:
        ada = tester.customer("ada")
        for word in ("stop", "person", "hilfe"):
            await ada.says(word)
        assert said(tester) == ["The menu", "The menu", "Moment."]


@pytest.mark.parametrize("typed", ["stop it", "please stop", "startle", "personal", ""])
def test_only_a_whole_message_is_a_word(typed: str) -> None:
    assert Words().meaning_of(Message(MessageId("1"), typed)) is None


def test_a_tap_is_no_word() -> None:
    tap = Message(MessageId("1"), "stop", "x", is_quick_reply=True)
    assert Words().meaning_of(tap) is None


def test_no_word_means_two_things() -> None:
    groups = (words.STOP, words.START, words.MENU, words.CANCEL, words.PERSON)
    every = [word for group in groups for word in group]
    assert len(every) == len(set(every))


async def test_a_handler_made_for_a_word_gets_it_but_never_stop() -> None:
    made = Bot("b")

    @made.on_message(text.matches("person|stop"))
    async def own(chat: Chat) -> None:
        await chat.say("My own answer")

    with BotTester(made) as tester:
        ada = tester.customer("ada")
        await ada.says("person")
        await ada.says("stop")
        assert said(tester) == ["My own answer", Words().stopped]


@pytest.mark.parametrize("word", ["person", "cancel", "menu"])
async def test_a_handler_made_for_a_word_gets_it_while_something_is_asked(word: str) -> None:
    made = bot()

    @made.on_message(text.equals(word))
    async def own(chat: Chat) -> None:
        await chat.say("My own answer")

    with BotTester(made) as tester:
        ada = tester.customer("ada")
        await ada.says("hi")
        await ada.taps("Tell my name")
        await ada.says(word)
        await ada.says("Ada")
        assert said(tester) == ["The menu", "Your name?", "My own answer", "The menu"]


async def test_it_gets_it_although_several_questions_wait() -> None:
    made = Bot("b")

    @made.on_message(text.equals("later"))
    async def later(chat: Chat) -> None:
        await chat.sleep(HOUR)
        await chat.ask("How was it?")

    @made.on_message(text.equals("now"))
    async def now(chat: Chat) -> None:
        await chat.ask("Your name?")

    @made.on_message(text.contains("person"))
    async def own(chat: Chat) -> None:
        await chat.say("My own answer")

    with BotTester(made) as tester:
        ada = tester.customer("ada")
        await ada.says("later")
        await ada.says("now")
        await tester.advance(HOUR)
        await ada.says("person")
        await ada.says("Ada")
        assert said(tester) == ["Your name?", "How was it?", "My own answer"]


async def test_start_is_an_answer_to_whoever_has_not_stopped() -> None:
    made = bot()

    @made.on_message(text.equals("start"))
    async def own(chat: Chat) -> None:
        await chat.say("My own answer")

    with BotTester(made) as tester:
        ada = tester.customer("ada")
        await ada.says("hi")
        await ada.taps("Tell my name")
        await ada.says("start")
        assert said(tester)[2:] == ["Hello start"]


async def test_stop_written_to_people_is_heeded_when_the_bot_has_the_conversation_again() -> None:
    made = Bot("b")

    @made.on_message(text.equals("help"))
    async def track(chat: Chat) -> None:
        await chat.hand_off("asked for help")

    @made.on_hand_back
    async def back(chat: Chat) -> None:
        await chat.say("Did we solve it?")

    @made.fallback
    async def other(chat: Chat) -> None:
        await chat.say("What?")

    with BotTester(made) as tester:
        ada = tester.customer("ada")
        await ada.says("help")
        await ada.says("stop")
        await tester.hand_back(ada)
        await ada.says("hello")
        assert said(tester) == []
        await ada.says("start")
        await ada.says("hello")
        assert said(tester) == [Words().started, "What?"]
