"""`BotTester`: a bot in the real engine at the real simulator, in virtual time."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta

import pytest

from roost import Bot, Button, Chat, QuickReply, WelcomeMessage
from roost.bot import whereabouts
from roost.errors import InvalidMessage
from roost.testing import bot_tester_thread
from roost.testing.bot_tester import BotTester, OnFailure
from roost.testing.bot_tester_customer import NothingToTap
from roost.testing.bot_tester_inside import NothingMoves
from roost.testing.clocks import NOON

pytest_plugins = ["pytester"]

HOUR = timedelta(hours=1)


class Shop:
    """A bot that counts what it does outside."""

    def __init__(self) -> None:
        self.bot = Bot("shop")
        self.n_lookups = 0
        self.bot.on_quick_reply("track")(self.track)
        self.bot.on_message()(self.menu)

    async def menu(self, chat: Chat) -> None:
        if chat.message.text == "fail":
            raise ZeroDivisionError("seven by nought")
        if chat.message.text == "block":
            await asyncio.sleep(0)
            threading.Event().wait(5)  # what no handler should do
        if chat.message.text == "wait":
            await asyncio.Event().wait()
        if chat.message.text == "people":
            await chat.hand_off("asked for people")
            return
        again = [QuickReply("Track", "track")]
        await chat.say(f"You said: {chat.message.text}", quick_replies=again)

    async def track(self, chat: Chat) -> None:
        number = await chat.ask("Which order?", within=HOUR)
        item = await chat.step(self.look_up, number)
        await chat.say(item, buttons=[Button("Track the parcel", "https://acme.example/t")])
        await chat.sleep(2 * HOUR)
        now = await chat.now()
        await chat.say(f"Still happy at {now:%H:%M}?")
        await chat.sleep(HOUR)
        now = await chat.now()
        await chat.say(f"And at {now:%H:%M}?")

    def look_up(self, number: str) -> str:
        self.n_lookups += 1
        return f"{number} is a lamp"


def said(tester: BotTester, name: str = "ada") -> list[str]:
    return [one.text for one in tester.customer(name).sees]


async def test_what_a_customer_sees_is_what_x_shows() -> None:
    with BotTester(Shop().bot) as tester:
        ada = tester.customer("ada")
        await ada.says("hello")
        (seen,) = ada.sees
        assert (seen.text, seen.speaks) == ("You said: hello", "Acme")
        assert [one.label for one in seen.quick_replies] == ["Track"]
        assert not tester.conversation(ada).is_with_people
        assert tester.now == NOON


async def test_several_messages_are_written_before_the_first_is_read() -> None:
    with BotTester(Shop().bot) as tester:
        await tester.customer("ada").says("one", "two", "three")
        assert said(tester) == ["You said: one", "You said: two", "You said: three"]


async def test_a_dialog_goes_on_after_a_crash_and_its_step_is_not_done_again() -> None:
    shop = Shop()
    with BotTester(shop.bot) as tester:
        ada = tester.customer("ada")
        await ada.says("hello")
        await ada.taps("Track")
        await tester.restart()
        await ada.says("A12")
        await tester.restart()
        await ada.taps("Track the parcel")
        await tester.advance(4 * HOUR)
        assert said(tester)[1:] == [
            "Which order?",
            "A12 is a lamp",
            "Still happy at 14:00?",
            "And at 15:00?",
        ]
        assert shop.n_lookups == 1
        assert tester.now == NOON + 4 * HOUR


async def test_customers_are_kept_apart() -> None:
    with BotTester(Shop().bot) as tester:
        ada, zoe = tester.customer("ada"), tester.customer("zoe")
        await asyncio.gather(ada.says("I am Ada"), zoe.says("I am Zoe"))
        assert said(tester, "zoe") == ["You said: I am Zoe"]
        assert said(tester, "ada") == ["You said: I am Ada"]
        with pytest.raises(LookupError, match="has not written yet"):
            tester.conversation(tester.customer("cy"))


async def test_a_handler_that_raises_fails_the_test_where_it_waits() -> None:
    with BotTester(Shop().bot) as tester:
        ada = tester.customer("ada")
        with pytest.raises(ZeroDivisionError, match="seven by nought"):
            await ada.says("fail")
        assert [str(one) for one in tester.failures] == ["seven by nought"]


async def test_a_handler_that_raises_can_be_left_to_the_application() -> None:
    with BotTester(Shop().bot, on_failure=OnFailure.HAND_OFF) as tester:
        ada = tester.customer("ada")
        await ada.says("fail")
        found = tester.conversation(ada)
        assert found.is_with_people
        assert "ZeroDivisionError: seven by nought" in found.reason


async def test_a_handler_that_never_ends_is_left_to_people_after_its_deadline() -> None:
    with BotTester(Shop().bot, on_failure=OnFailure.HAND_OFF) as tester:
        ada = tester.customer("ada")
        await ada.says("wait")
        found = tester.conversation(ada)
        assert found.is_with_people
        assert "has not ended for 30 s" in found.reason
        assert found.reason.startswith(f"{__file__}:")
        assert whereabouts.LIMIT in found.reason
        assert len(tester.failures) == 1, "it is not tried again"


async def test_people_who_have_a_conversation_are_not_interrupted() -> None:
    with BotTester(Shop().bot) as tester:
        ada = tester.customer("ada")
        await ada.says("people")
        await ada.says("hello?")
        assert said(tester) == []
        assert tester.conversation(ada).reason == "asked for people"


async def test_faults_of_x_strike_until_they_are_mended() -> None:
    with BotTester(Shop().bot) as tester:
        ada = tester.customer("ada")
        await tester.fail("rate_limit", match={"route": "dm.events.new"}, seconds=900)
        await ada.says("hello")
        assert said(tester) == []
        await tester.mend()
        await tester.advance(timedelta(minutes=16))
        assert said(tester) == ["You said: hello"]


async def test_a_tap_on_what_is_not_there_shows_what_is() -> None:
    with BotTester(Shop().bot) as tester:
        ada = tester.customer("ada")
        await ada.says("hello")
        with pytest.raises(NothingToTap) as caught:
            await ada.taps("Refund")
        assert str(caught.value).splitlines() == [
            "ada sees no 'Refund':",
            "Ada Lovelace: hello",
            "Acme: You said: hello",
            "    [Track]",
        ]


async def test_a_handler_that_blocks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with BotTester(Shop().bot) as tester:
        monkeypatch.setattr(bot_tester_thread, "ANSWERS_WITHIN", 1.0)
        said = r"test_bot_tester.py:\d+: handler menu has kept all waiting for 1 s. Await what"
        with pytest.raises(NothingMoves, match=said):
            await tester.customer("ada").says("block")
        monkeypatch.undo()


async def test_what_breaks_a_limit_of_x_fails_where_it_is_written() -> None:
    bot = Bot("wordy")

    @bot.on_message()
    async def wordy(chat: Chat) -> None:
        await chat.say("x" * 10_001)

    with BotTester(bot) as tester, pytest.raises(InvalidMessage, match="found 10001"):
        await tester.customer("ada").says("hello")


def test_a_failed_test_shows_what_was_said(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import pytest
        from roost import Bot, Chat
        pytest_plugins = ["roost.testing.bot_tester_plugin"]
        @pytest.fixture
        def bot():
            bot = Bot("echo")
            @bot.on_message()
            async def echo(chat: Chat) -> None:
                await chat.say("No.")
            return bot
        """
    )
    pytester.makepyfile(
        """
        import pytest
        @pytest.mark.anyio
        async def test_it(tester):
            ada = tester.customer("ada")
            await ada.says("Is it?")
            assert ada.sees[-1].text == "Yes."
        """
    )
    ended = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-k", "asyncio or not trio")
    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(
        ["*conversations*", "--- ada ---", "Ada Lovelace: Is it[?]", "Acme: No."]
    )


async def test_whoever_opens_the_conversation_sees_what_the_bot_declares() -> None:
    bot = Bot("greeter")

    @bot.welcome(default=True)
    def greeting() -> WelcomeMessage:
        return WelcomeMessage("Hi!", quick_replies=[QuickReply("Track", "track")])

    @bot.on_quick_reply("track")
    async def track(chat: Chat) -> None:
        await chat.say("Which order?")

    with BotTester(bot) as tester:
        ada = tester.customer("ada")
        await ada.opens_conversation()
        assert (ada.sees[-1].text, ada.sees[-1].is_welcome) == ("Hi!", True)
        await ada.taps("Track")
        assert said(tester) == ["Hi!", "Which order?"]


async def test_people_do_more_than_write() -> None:
    with BotTester(Shop().bot) as tester:
        ada = tester.customer("ada")
        await ada.says("hello")
        await ada.begins_to_type()
        await ada.reads()
        await ada.follows()
        await ada.likes(await ada.posts("I like it here"))
        await ada.shares_location(46.85, -121.75, "I am here")
        assert said(tester) == ["You said: hello", "You said: I am here"]
