"""Routers, middleware, what handlers are given, typed quick-reply data, and mistakes in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from roost import Bot, Chat, Next, Profile, QuickReply, Router, TimerFired, packed, text
from roost.bot import handlers
from roost.errors import BotError, InvalidMessage
from roost.testing.bot_tester import BotTester

PLACE = r"test_routers\.py:\d+"


@dataclass(frozen=True)
class Track:
    """What a tap carries."""

    order: str
    n_items: int = 1


@dataclass
class Loose:
    """Not frozen."""

    order: str


@dataclass(frozen=True)
class Odd:
    """Cannot be packed."""

    value: Bot


class Plain:
    """No dataclass."""


async def nobody(chat: Chat) -> None:
    """Do nothing."""


def said(tester: BotTester) -> list[str]:
    return [one.text for one in tester.customer("ada").sees]


def saying(text: str) -> Callable[..., object]:
    async def handler(chat: Chat) -> None:
        await chat.say(text)

    return handler


async def test_handlers_of_a_router_stand_where_it_was_included() -> None:
    bot, orders, inner = Bot("b"), Router("orders"), Router("inner")
    orders.on_message(text.contains("order"))(saying("orders"))
    inner.on_message(text.contains("inner"))(saying("inner"))
    orders.include(inner)
    bot.on_message(text.equals("order!"))(saying("before"))
    bot.include(orders)
    bot.on_message(text.contains("order"))(saying("never"))
    bot.fallback(saying("fallback"))

    with BotTester(bot) as tester:
        ada = tester.customer("ada")
        for words in ("order!", "an order", "inner", "hello"):
            await ada.says(words)
        assert said(tester) == ["before", "orders", "inner", "fallback"]


async def test_middleware_runs_around_handlers_the_outer_one_first() -> None:
    bot, orders = Bot("b"), Router("orders")
    seen: list[str] = []

    def noting(name: str):
        async def middleware(chat: Chat, go_on: Next) -> None:
            seen.append(f"{name} in")
            await go_on()
            seen.append(f"{name} out")

        return middleware

    orders.on_message(text.contains("order"))(saying("orders"))
    orders.middleware(noting("router"))
    bot.include(orders)
    bot.fallback(saying("fallback"))
    bot.middleware(noting("bot"))

    with BotTester(bot) as tester:
        await tester.customer("ada").says("order")
        await tester.customer("ada").says("hello")
        assert seen == [
            *("bot in", "router in", "router out", "bot out"),
            *("bot in", "bot out"),
        ]


async def test_middleware_can_keep_a_message_and_speak_in_a_dialog_s_journal() -> None:
    bot = Bot("b")

    @bot.middleware
    async def gate(chat: Chat, go_on: Next) -> None:
        n = await chat.recall("n", int) or 0
        await chat.remember("n", n + 1)
        if n >= 1 and chat.message.text == "blocked":
            await chat.say("No.")
            return
        await go_on()

    @bot.on_message()
    async def ask(chat: Chat) -> None:
        name = await chat.ask("Who?")
        await chat.say(f"Hello {name}")

    with BotTester(bot) as tester:
        ada = tester.customer("ada")
        await ada.says("hi")
        await tester.restart()
        await ada.says("Ada")
        await ada.says("blocked")
        assert said(tester) == ["Who?", "Hello Ada", "No."]


async def test_handlers_get_what_they_name() -> None:
    bot = Bot("b")

    @bot.on_message()
    async def all_of_it(text: str, who: Profile, chat: Chat) -> None:
        await chat.say(f"{who.name}: {text}")
        await chat.set_timer("later", after=timedelta(hours=1), data="lamp")

    @bot.on_timer("later")
    async def later(data: str, chat: Chat, timer: TimerFired) -> None:
        await chat.say(f"{timer.name}: {data}")

    with BotTester(bot) as tester:
        await tester.customer("ada").says("hi")
        await tester.advance(timedelta(hours=1))
        assert said(tester) == ["Ada Lovelace: hi", "later: lamp"]


async def test_typed_data_comes_back_with_the_tap() -> None:
    bot = Bot("b")

    @bot.on_quick_reply(Track)
    async def track(chat: Chat, wanted: Track) -> None:
        await chat.say(f"{wanted.order} x {wanted.n_items}")

    @bot.fallback
    async def menu(chat: Chat) -> None:
        lamps, stale = QuickReply("Lamps", packed(Track("A1", 3))), QuickReply("Old", "#Track:{}")
        await chat.say("Which?", quick_replies=[lamps, stale])

    with BotTester(bot) as tester:
        ada = tester.customer("ada")
        await ada.says("hello")
        await ada.taps("Lamps")
        await ada.taps("Old")
        assert said(tester) == ["Which?", "A1 x 3", "Which?"]


def test_typed_data_fits_x_s_metadata_or_says_by_how_much_it_does_not() -> None:
    with pytest.raises(InvalidMessage, match=r"quick reply data Track.*limit 1000, found 1031"):
        packed(Track("A" * 1_000))
    with pytest.raises(TypeError, match="no instance of a dataclass"):
        packed(Track)


@pytest.mark.parametrize("typed", ["Lamps", "1", "the first one", "lam", "LÁMPS"])
async def test_a_menu_is_answered_by_typing_as_by_tapping(typed: str) -> None:
    bot = Bot("b")
    bot.on_quick_reply("lamps")(saying("Here are lamps."))
    bot.on_quick_reply("chairs")(saying("Here are chairs."))

    @bot.fallback
    async def menu(chat: Chat) -> None:
        both = [QuickReply("Lamps", "lamps"), QuickReply("Chairs", "chairs")]
        await chat.say("What?", quick_replies=both)

    with BotTester(bot) as tester:
        ada = tester.customer("ada")
        await ada.says(typed)
        await tester.restart()
        await ada.says(typed)
        await ada.says(typed)
        assert said(tester) == ["What?", "Here are lamps.", "What?"]


async def test_what_was_written_before_the_menu_was_seen_is_no_answer_to_it() -> None:
    bot = Bot("b")
    bot.on_quick_reply("lamps")(saying("Here are lamps."))

    @bot.fallback
    async def menu(chat: Chat) -> None:
        await chat.say("What?", quick_replies=[QuickReply("Lamps", "lamps")])

    with BotTester(bot) as tester:
        ada = tester.customer("ada")
        await ada.says("hello", "1")
        assert said(tester) == ["What?", "What?"]
        await ada.says("1")
        assert said(tester)[2:] == ["Here are lamps."]


async def test_an_answer_that_could_mean_two_things_goes_to_its_handler() -> None:
    bot = Bot("b")
    for name in ("chairs", "chains"):
        bot.on_quick_reply(name)(saying(name))

    @bot.fallback
    async def menu(chat: Chat) -> None:
        both = [QuickReply("Chairs", "chairs"), QuickReply("Chains", "chains")]
        await chat.say("What?", quick_replies=both)

    with BotTester(bot) as tester:
        ada = tester.customer("ada")
        for typed in ("cha", "cha", "3", "chair"):
            await ada.says(typed)
        assert said(tester) == ["What?", "What?", "What?", "chairs"]


def late_handler() -> None:
    bot, router = Bot("b"), Router("r")
    bot.include(router)
    router.on_message()(nobody)


def twice() -> None:
    bot, router = Bot("b"), Router("r")
    bot.include(router)
    bot.include(router)


def two_timers() -> None:
    bot, router = Bot("b"), Router("r")
    bot.on_timer("t")(nobody)
    router.on_timer("t")(nobody)
    bot.include(router)


def two_fallbacks() -> None:
    bot, router = Bot("b"), Router("r")
    bot.fallback(nobody)
    router.fallback(nobody)
    bot.include(router)


def misspelt() -> None:
    async def handler(chat: Chat, textt: str) -> None: ...

    Bot("b").on_message()(handler)


def splat() -> None:
    async def handler(*chat: Chat) -> None: ...

    Bot("b").on_message()(handler)


def message_of_a_timer() -> None:
    async def handler(chat: Chat, text: str) -> None: ...

    Bot("b").on_timer("t")(handler)


def data_elsewhere() -> None:
    async def handler(chat: Chat, wanted: Track) -> None: ...

    Bot("b").on_quick_reply("track")(handler)


def sync_middleware() -> None:
    Bot("b").middleware(lambda chat, go_on: nobody(chat))


def middleware_of_one() -> None:
    Bot("b").middleware(nobody)


@pytest.mark.parametrize(
    ("mistake", "told"),
    [
        (late_handler, rf"{PLACE}: Router\('r'\) is included already, so nobody would not be"),
        (twice, r"Bot\('b'\): Router\('r'\) is included twice"),
        (two_timers, rf"Router\('r'\): a second handler of timer 't'.*{PLACE}"),
        (two_fallbacks, rf"Router\('r'\): a second fallback.*{PLACE}"),
        (misspelt, rf"{PLACE}: handler handler: nothing fits .*textt.*`text: str`"),
        (splat, rf"{PLACE}: handler handler: nothing fits parameter .\*chat"),
        (message_of_a_timer, rf"{PLACE}: handler handler: nothing fits .*`data: str`"),
        (data_elsewhere, rf"{PLACE}: handler handler: nothing fits .*wanted"),
        (sync_middleware, rf"{PLACE}: middleware <lambda> does not fit.*go_on: Next"),
        (middleware_of_one, rf"{PLACE}: middleware nobody does not fit.*go_on: Next"),
        (lambda: Bot("b").on_quick_reply(Loose), "Loose is no frozen dataclass.*frozen=True"),
        (lambda: Bot("b").on_quick_reply(Plain), "Plain is no frozen dataclass"),
        (lambda: Bot("b").on_quick_reply(Odd), "Odd cannot be packed: .*Use fields of plain"),
        (lambda: Bot("b").on_quick_reply(""), "metadata has 0 characters.*1 to 1000"),
    ],
)
def test_mistakes_are_told_with_place_and_remedy(mistake: Callable[[], None], told: str) -> None:
    with pytest.raises(BotError, match=told):
        mistake()


def test_a_decorator_gives_back_the_function() -> None:
    bot = Bot("b")
    assert bot.on_message()(nobody) is nobody
    assert bot.on_quick_reply(Track)(nobody) is nobody
    assert bot.fallback(nobody) is nobody
    assert handlers.name_of(nobody) == "nobody"
