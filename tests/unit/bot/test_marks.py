"""Notes, tags, memories and being done: over the real engine, with crashes in between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from roost import Bot, Chat, Scope
from roost.errors import BotError, InvalidMessage
from roost.testing.bot_tester import BotTester

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Size:
    """A value of an author's own."""

    width: int
    since: datetime


def answering(handler) -> BotTester:
    bot = Bot("marks")
    bot.on_message()(handler)
    return BotTester(bot)


async def test_notes_and_tags_are_for_people_and_written_once() -> None:
    async def handler(chat: Chat) -> None:
        await chat.note("is about to ask")
        await chat.tag("vip", "waiting")
        await chat.ask("What?")
        await chat.untag("waiting", "was never there")
        await chat.note("has asked")

    with answering(handler) as tester:
        ada = tester.customer("ada")
        await ada.says("hello")
        await tester.restart()
        assert tester.conversation(ada).tags == ("vip", "waiting")
        await ada.says("a lamp")
        found = tester.conversation(ada)
        assert (found.notes, found.tags) == (("is about to ask", "has asked"), ("vip",))
        assert [one.text for one in ada.sees] == ["What?"]


async def test_what_is_remembered_is_there_after_a_crash_as_the_type_it_was() -> None:
    value = Size(7, datetime(2026, 3, 1, tzinfo=UTC))

    async def handler(chat: Chat) -> None:
        known = await chat.recall("size", Size)
        if known is None:
            await chat.remember("size", value)
            known = await chat.recall("size", Size)
            await chat.say("New")
        assert known == value
        await chat.say("Known")

    with answering(handler) as tester:
        ada, bob = tester.customer("ada"), tester.customer("bob")
        await ada.says("hello")
        await tester.restart()
        await ada.says("again")
        await bob.says("hello")
        assert [one.text for one in ada.sees] == ["New", "Known", "Known"]
        assert [one.text for one in bob.sees] == ["New", "Known"]


async def test_a_dialog_recalls_what_it_recalled_before() -> None:
    async def handler(chat: Chat) -> None:
        before = await chat.recall("n", int)
        await chat.remember("n", (before or 0) + 1)
        await chat.ask(f"Before: {before}")
        await chat.say(f"Before: {before}, now: {await chat.recall('n', int)}")

    with answering(handler) as tester:
        ada = tester.customer("ada")
        await ada.says("hello")
        await tester.restart()
        await ada.says("go on")
        await ada.says("hello")
        assert [one.text for one in ada.sees] == [
            "Before: None",
            "Before: None, now: 1",
            "Before: 1",
        ]


async def test_messages_of_one_turn_know_of_each_other() -> None:
    async def handler(chat: Chat) -> None:
        heard = await chat.recall("heard", list) or []
        await chat.remember("heard", [*heard, chat.message.text])
        await chat.say(" ".join([*heard, chat.message.text]))

    with answering(handler) as tester:
        ada = tester.customer("ada")
        await ada.says("one", "two", "three")
        assert [one.text for one in ada.sees] == ["one", "one two", "one two three"]


async def test_none_forgets() -> None:
    async def handler(chat: Chat) -> None:
        await chat.say(str(await chat.recall("name", str)))
        await chat.remember("name", None if chat.message.text == "-" else chat.message.text)
        await chat.say(str(await chat.recall("name", str)))

    with answering(handler) as tester:
        ada = tester.customer("ada")
        for text in ("Ada", "-", "x"):
            await ada.says(text)
        shown = [one.text for one in ada.sees]
        assert shown == ["None", "Ada", "Ada", "None", "None", "x"]


async def test_being_done_forgets_the_conversation_and_not_the_customer() -> None:
    async def handler(chat: Chat) -> None:
        if chat.message.text == "bye":
            await chat.say("Goodbye")
            await chat.resolve()
            return
        both = [await chat.recall("x", str, of=scope) for scope in Scope]
        await chat.say(f"{both}")
        for scope in Scope:
            await chat.remember("x", scope.value, of=scope)

    with answering(handler) as tester:
        ada = tester.customer("ada")
        await ada.says("hello")
        await ada.says("bye")
        assert tester.conversation(ada).is_resolved
        await tester.restart()
        await ada.says("hello again")
        assert tester.conversation(ada).control == "bot"
        assert [one.text for one in ada.sees] == [
            "[None, None]",
            "Goodbye",
            "['customer', None]",
        ]


async def test_a_customer_who_has_written_meanwhile_is_not_done() -> None:
    async def handler(chat: Chat) -> None:
        await chat.say(f"re: {chat.message.text}")
        if chat.message.text == "bye":
            await chat.resolve()

    with answering(handler) as tester:
        ada = tester.customer("ada")
        await ada.says("bye", "one more thing")
        assert not tester.conversation(ada).is_resolved
        await ada.says(*(["bye"] * 40))
        assert tester.conversation(ada).is_resolved
        assert len(ada.sees) == 42


async def test_being_done_ends_a_dialog_that_sleeps() -> None:
    bot = Bot("marks")

    @bot.on_quick_reply("never")
    async def never(chat: Chat) -> None:
        """Stand beside the handler of messages."""

    @bot.on_message()
    async def handler(chat: Chat) -> None:
        if chat.message.text == "bye":
            await chat.resolve()
        else:
            await chat.sleep(DAY)
            await chat.say("Still there?")

    with BotTester(bot) as tester:
        ada = tester.customer("ada")
        await ada.says("hello")
        await ada.says("bye")
        await tester.advance(2 * DAY)
        assert ada.sees == []


@pytest.mark.parametrize(
    ("act", "error", "told"),
    [
        (lambda chat: chat.note(" "), InvalidMessage, r"note: .* \(limit 10000, found 1\)"),
        (lambda chat: chat.note("x" * 10_001), InvalidMessage, "found 10001"),
        (lambda chat: chat.tag("fine", ""), InvalidMessage, r"tag: .* \(limit 50, found 0\)"),
        (lambda chat: chat.untag("x" * 51), InvalidMessage, "found 51"),
        (lambda chat: chat.remember("", 1), BotError, "0 characters .limit 100."),
        (lambda chat: chat.remember("x", "y" * 4_096), BotError, r"4,099 bytes .limit 4,096."),
        (lambda chat: chat.remember("x", object()), BotError, "cannot be kept"),
    ],
)
async def test_what_breaks_a_limit_is_refused_where_it_is_written(act, error, told) -> None:
    async def handler(chat: Chat) -> None:
        await act(chat)

    with answering(handler) as tester:
        ada = tester.customer("ada")
        with pytest.raises(error, match=told):
            await ada.says("hello")
        assert tester.conversation(ada).tags == ()


async def test_a_customer_has_a_hundred_memories_at_most() -> None:
    async def handler(chat: Chat) -> None:
        for n in range(100):
            await chat.remember(f"name {n}", n)
        await chat.remember("name 0", "again")
        await chat.remember("one more", 1, of=Scope.CONVERSATION)
        await chat.remember("one more", 1)

    told = r"one more.*: there are 100 names .limit 100."
    with answering(handler) as tester, pytest.raises(BotError, match=told):
        await tester.customer("ada").says("hello")


async def test_what_is_recalled_as_something_else_is_told() -> None:
    async def handler(chat: Chat) -> None:
        await chat.remember("n", "seven")
        await chat.recall("n", int)

    with answering(handler) as tester, pytest.raises(BotError, match="'n' is not what it is"):
        await tester.customer("ada").says("hello")


async def test_a_part_of_a_dialog_has_a_function_of_its_own() -> None:
    async def address(chat: Chat, question: str, *, tries: int) -> str:
        street = await chat.ask(question, retries=tries)
        return f"{street} {await chat.ask('Which number?')}"

    async def handler(chat: Chat) -> None:
        home = await chat.run(address, "Which street?", tries=1)
        if await chat.confirm(f"{home}?"):
            await chat.say(f"Work: {await chat.run(address, 'And at work?', tries=0)}")

    with answering(handler) as tester:
        ada = tester.customer("ada")
        for text in ("hello", "Elm St", "7", "yes", "Oak St", "9"):
            await ada.says(text)
            await tester.restart()
        assert [one.text for one in ada.sees] == [
            "Which street?",
            "Which number?",
            "Elm St 7?",
            "And at work?",
            "Which number?",
            "Work: Oak St 9",
        ]


async def test_another_part_than_before_is_noticed() -> None:
    bot = Bot("marks")
    state = {"part": "old"}

    async def old(chat: Chat) -> None:
        await chat.ask("Old?")

    async def new(chat: Chat) -> None:
        await chat.ask("New?")

    @bot.on_message()
    async def handler(chat: Chat) -> None:
        await chat.run(old if state["part"] == "old" else new)

    with BotTester(bot) as tester:
        ada = tester.customer("ada")
        await ada.says("hello")
        state["part"] = "new"
        await ada.says("hello")
        assert "it was run(" in tester.conversation(ada).reason
