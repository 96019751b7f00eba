"""What a dialog has caught is raised again when it is run again, so that it goes the same way."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.bot.playing import Playing

from roost import Bot, Chat
from roost.bot import failures
from roost.errors import BotError, InvalidMessage
from roost.testing.bot_tester import BotTester


class ShopDown(Exception):
    """A shop does not answer."""

    def __init__(self, shop: str, *, status: int) -> None:
        super().__init__(f"{shop} gives {status}")
        self.shop = shop
        self.status = status
        self.response = object()


async def stock(shop: str) -> int:
    if shop == "north":
        raise ShopDown(shop, status=503)
    return 5


async def test_each_step_gives_or_raises_what_it_did_the_first_time() -> None:
    bot = Bot("b")

    @bot.on_message()
    async def reserve(chat: Chat) -> None:
        for shop in ("north", "south"):
            try:
                n = await chat.step(stock, shop)
            except ShopDown as error:
                await chat.note(f"{error}: {error.shop}, {error.status}")
                continue
            if await chat.confirm(f"The shop in the {shop} has {n}. Reserve one there?"):
                await chat.say(f"One is reserved in the {shop}.")

    with BotTester(bot) as tester:
        ada = tester.customer("ada")
        await ada.says("hi")
        await tester.restart()
        await ada.taps("Yes")
        assert ada.sees[-1].text == "One is reserved in the south."
        assert tester.conversation(ada).notes == ("north gives 503: north, 503",)


async def test_a_question_after_an_error_that_was_caught_gets_its_answer() -> None:
    bot, n_calls = Bot("b"), 0

    def find() -> str:
        nonlocal n_calls
        n_calls += 1
        raise OSError(2, "no such order")

    @bot.on_message()
    async def track(chat: Chat) -> None:
        try:
            await chat.step(find)
        except FileNotFoundError as error:
            mail = await chat.ask("Your e-mail?")
            await chat.say(f"We write to {mail}: {error.strerror}")

    playing = Playing(bot)
    await playing.says("hi")
    await playing.says("ada@example.org")
    assert playing.said[-1] == "We write to ada@example.org: no such order"
    assert (n_calls, playing.handed_off) == (1, [])


async def test_a_picture_that_was_not_there_is_not_there_again(tmp_path: Path) -> None:
    bot = Bot("b", folder=tmp_path)
    missing = str(tmp_path / "none.png")

    @bot.on_message()
    async def show(chat: Chat) -> None:
        try:
            await chat.say("Look:", media=missing)
        except InvalidMessage:
            await chat.say("No picture today.")
        await chat.say(f"You said {await chat.ask('Coming?')}")

    playing = Playing(bot)
    await playing.says("hi")
    await playing.says("yes")
    assert playing.said == ["No picture today.", "Coming?", "You said yes"]


async def test_whether_it_may_write_is_what_it_was_when_it_was_looked_at() -> None:
    bot = Bot("b")

    @bot.on_follow
    async def follow(chat: Chat) -> None:
        if not chat.may_write:
            await chat.tag("lead")
        await chat.sleep(timedelta(days=1))
        if chat.may_write:
            await chat.say("Thanks for following yesterday!")

    @bot.fallback
    async def other(chat: Chat) -> None:
        await chat.say("Hello.")

    with BotTester(bot) as tester:
        ada = tester.customer("ada")
        await ada.follows()
        await ada.says("hello")
        await tester.advance(timedelta(days=1, minutes=1))
        texts = [one.text for one in ada.sees]
        assert texts == ["Hello.", "Thanks for following yesterday!"]
        assert tester.conversation(ada).reason == ""


async def test_what_cannot_be_raised_again_is_an_error_at_once() -> None:
    bot = Bot("b")

    class Local(Exception):
        pass

    def fails() -> None:
        raise Local("oh")

    @bot.on_message()
    async def handle(chat: Chat) -> None:
        await chat.step(fails)

    with pytest.raises(BotError, match=r"Local: oh.*top level of its module") as raised:
        await Playing(bot).says("hi")
    assert isinstance(raised.value.__cause__, Local)


def test_an_error_whose_class_is_gone_says_so() -> None:
    packed = failures.packed(ShopDown("x", status=1), of="step", place="here")
    with pytest.raises(BotError, match=r"ShopGone, is not there any more"):
        failures.unpacked(packed.replace(b"ShopDown", b"ShopGone"), place="here")


@given(st.text(), st.integers())
def test_texts_and_numbers_of_an_error_come_back(text: str, number: int) -> None:
    error = ShopDown(text, status=number)
    again = failures.unpacked(failures.packed(error, of="step", place=""), place="")
    assert (type(again), str(again)) == (ShopDown, str(error))
    assert vars(again).get("shop") == text
    assert vars(again).get("status") in {number, None}


def test_half_an_emoji_in_an_error_is_no_other_error() -> None:
    error = ShopDown("x\ud83d", status=1)
    again = failures.unpacked(failures.packed(error, of="step", place=""), place="")
    assert str(again) == "x? gives 1"
