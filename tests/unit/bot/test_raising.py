"""What a step or a verb raised, and the handler caught: it raises again when the dialog goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from tests.unit.bot.playing import ADA, HERE, OURS, Playing

from roost import Bot, Chat
from roost.bot import loading
from roost.errors import BotError, InvalidMessage, RoostError
from roost.model.activities import Followed
from roost.model.dialogs import Dialog, DialogPhase
from roost.model.events import TimerFired, TurnEvent
from roost.model.messages import Profile
from roost.model.turns import Progress, Turn
from roost.testing.bot_tester import BotTester
from roost.testing.clocks import NOON

HOUR = timedelta(hours=1)
Handler = Callable[[Chat], Awaitable[None]]


class ShopDown(Exception):
    """Takes other arguments than it hands on, as many do."""

    def __init__(self, code: int, *, order: str) -> None:
        super().__init__(f"{code} for {order}")
        self.code = code
        self.order = order


class Refused(Exception):
    def __init__(self, text: str, answer: object) -> None:
        super().__init__(text)
        self.answer = answer


class Opaque(Exception):
    pass


def a_bot(handler: Handler) -> Bot:
    """Give a version of the bot; all versions' dialogs have one name."""

    async def order(chat: Chat) -> None:
        await handler(chat)

    bot = Bot("b")
    bot.on_message()(order)
    return bot


class Tracking:
    """Looks up an order in a shop that is down."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    async def find(self, number: str, step_key: str) -> str:
        self.keys.append(step_key)
        raise ShopDown(503, order=number)

    async def track(self, chat: Chat) -> None:
        number = await chat.ask("Order number?")
        try:
            await chat.step(self.find, number)
        except ShopDown as error:
            mail = await chat.ask(f"Down ({error}, {error.code}, {error.order}). Your e-mail?")
            await chat.sleep(HOUR)
            await chat.say(f"We write to {mail} about {error.order}.")


async def story(playing: Playing) -> None:
    for words in ("hi", "A1", "ada@x.example"):
        await playing.says(words)
    await playing.pass_time(HOUR)


TOLD = [
    "Order number?",
    "Down (503 for A1, 503, A1). Your e-mail?",
    "We write to ada@x.example about A1.",
]


async def test_a_step_that_raised_raises_again_and_is_not_done_again() -> None:
    tracking = Tracking()
    playing = Playing(a_bot(tracking.track))
    await story(playing)
    assert (playing.said, playing.handed_off) == (TOLD, [])
    assert len(tracking.keys) == 1


async def test_killed_anywhere_it_tells_the_same() -> None:
    whole = Playing(a_bot(Tracking().track))
    await story(whole)
    for step in range(1, whole.n_steps + 1):
        tracking = Tracking()
        playing = Playing(a_bot(tracking.track), dies_at=step)
        await story(playing)
        assert playing.said == TOLD, f"died at step {step}"
        assert len(set(tracking.keys)) == 1, "a step that is repeated is given the same key"


async def stock(shop: str) -> int:
    if shop == "north":
        raise ShopDown(503, order=shop)
    return 5


async def reserve(chat: Chat) -> None:
    shop, found = "", 0
    for shop in ("north", "south"):
        try:
            found = await chat.step(stock, shop)
        except ShopDown:
            continue
        break
    if await chat.confirm(f"The shop in the {shop} has {found}. Reserve one there?"):
        await chat.say(f"One is reserved in the {shop}.")


async def test_what_one_shop_gave_is_not_taken_for_what_another_gave() -> None:
    bot = Bot("shops")
    bot.on_message()(reserve)
    with BotTester(bot) as tester:
        ada = tester.customer("ada")
        await ada.says("hi")
        await tester.restart()
        await ada.taps("Yes")
        assert [one.text for one in ada.sees] == [
            "The shop in the south has 5. Reserve one there?",
            "One is reserved in the south.",
        ]


async def test_a_picture_that_was_not_there_is_not_there_when_the_dialog_goes_on(
    tmp_path: Path,
) -> None:
    async def show(chat: Chat) -> None:
        try:
            await chat.say("Look:", media=str(tmp_path / "none.png"))
        except InvalidMessage as error:
            await chat.tag(error.field)
            await chat.say("No picture today.")
        await chat.say(f"{await chat.ask('Coming?')}!")

    playing = Playing(a_bot(show))
    await playing.says("hi")
    (tmp_path / "none.png").write_bytes(b"it is here now")
    await playing.says("yes")
    assert (playing.said, playing.handed_off) == (["No picture today.", "Coming?", "yes!"], [])


async def test_a_step_that_was_cut_short_is_cut_short_again() -> None:
    begun = count()

    async def slow() -> None:
        next(begun)
        await asyncio.sleep(60)

    async def hasty(chat: Chat) -> None:
        try:
            async with asyncio.timeout(0.02):
                await chat.step(slow)
        except TimeoutError:
            await chat.say(f"{await chat.ask('That takes long. Shall we write?')}!")

    playing = Playing(a_bot(hasty))
    await playing.says("hi")
    await playing.says("yes")
    assert playing.said == ["That takes long. Shall we write?", "yes!"]
    assert next(begun) == 1, "it was begun once"


async def test_with_more_time_it_is_not_guessed_what_it_would_have_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("roost.bot.passing._CUT_AGAIN_WITHIN_S", 0.01)
    limits = [0.01, 60.0]

    async def hasty(chat: Chat) -> None:
        try:
            async with asyncio.timeout(limits[0]):
                await chat.step(asyncio.sleep, 60)
        except TimeoutError:
            await chat.ask("That takes long. Shall we write?")

    playing = Playing(a_bot(hasty))
    await playing.says("hi")
    limits.pop(0)
    await playing.says("yes")
    (reason,) = playing.handed_off
    assert "it was step cut short(sleep), now it is step(sleep) with more time" in reason


@pytest.mark.parametrize("raised", [Opaque(object()), Opaque(10**30)])
async def test_what_cannot_be_raised_again_is_told_to_who_goes_on(raised: Opaque) -> None:
    def fail() -> None:
        raise raised

    async def careless(chat: Chat) -> None:
        try:
            await chat.step(fail)
        except Opaque:
            await chat.say("Never mind.")

    async def careful(chat: Chat) -> None:
        await chat.step(fail)

    with pytest.raises(BotError, match=r"after step .*fail at .*test_raising.py:\d+ has raised Op"):
        await Playing(a_bot(careless)).says("hi")
    with pytest.raises(Opaque) as caught:
        await Playing(a_bot(careful)).says("hi")
    assert caught.value is raised, "nobody caught it: it is told as it was raised"


async def test_nobody_goes_on_by_catching_everything() -> None:
    def fail() -> None:
        raise Opaque(object())

    async def deaf(chat: Chat) -> None:
        for _ in range(3):
            with suppress(Exception):
                await chat.step(fail)

    with pytest.raises(BotError, match="cannot be raised again"):
        await Playing(a_bot(deaf)).says("hi")


def asking_first(then: Handler) -> Handler:
    async def order(chat: Chat) -> None:
        try:
            await chat.ask("Your name?")
            await then(chat)
            await chat.ask("Your size?")
        except (RoostError, OSError):
            await chat.say("Something went wrong.")

    return order


async def test_a_change_is_noticed_by_a_handler_that_catches_everything_too() -> None:
    async def nothing(chat: Chat) -> None: ...

    async def look(chat: Chat) -> None:
        await chat.step(len, "a")

    playing = Playing(a_bot(asking_first(nothing)))
    await playing.says("hi")
    await playing.says("Ada")
    playing.bot = a_bot(asking_first(look))
    await playing.says("M")
    (reason,) = playing.handed_off
    assert "it was say(), now it is step(len)" in reason
    assert playing.said == ["Your name?", "Your size?"]


async def test_what_was_raised_has_the_same_attributes_the_first_time_and_after() -> None:
    seen: list[tuple[str, bool]] = []

    def fail() -> None:
        raise Refused("no", answer=object())

    async def order(chat: Chat) -> None:
        try:
            await chat.step(fail)
        except Refused as error:
            seen.append((str(error), hasattr(error, "answer")))
            await chat.ask("Well?")

    playing = Playing(a_bot(order))
    await playing.says("hi")
    await playing.says("well")
    assert seen == [("no", False)] * 2


async def test_who_asks_for_what_is_not_kept_is_told_so() -> None:
    def fail() -> None:
        raise Refused("no", answer=object())

    async def order(chat: Chat) -> None:
        try:
            await chat.step(fail)
        except Refused as error:
            await chat.say(str(error.answer))

    with pytest.raises(AttributeError) as caught:
        await Playing(a_bot(order)).says("hi")
    told = loading.failure(caught.value, default="")
    assert "`answer` is not kept of what a step raises" in told.remedy


async def catching_all(chat: Chat) -> None:
    number = await chat.ask("Order number?")
    try:
        await chat.step(Tracking().find, number)
    except (RoostError, OSError):
        await chat.say(await chat.ask("Down. Your e-mail?"))


async def test_an_exception_whose_class_is_gone_is_a_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    playing = Playing(a_bot(Tracking().track))
    await playing.says("hi")
    await playing.says("A1")
    monkeypatch.delattr("tests.unit.bot.test_raising.ShopDown")
    playing.bot = a_bot(catching_all)
    await playing.says("ada@x.example")
    (reason,) = playing.handed_off
    assert "now it is that ShopDown cannot be made any more" in reason


class Meeting:
    """A conversation with somebody who follows, and may write later."""

    def __init__(self, handler: Handler) -> None:
        self.bot = Bot("b")
        self.bot.on_follow(handler)
        event = Followed(OURS, "f", 5, HERE, replace(ADA, name=""), NOON, is_ours=False)
        self.turn = Turn("b", OURS, HERE, ADA, (event,), 1, NOON, has_written=False)
        self.last = Progress((), final=True)

    async def goes_on(self, *events: TurnEvent, **news: object) -> None:
        async def hand_over(progress: Progress) -> None: ...

        if events:
            (state,) = self.last.dialogs
            points = (*(self.turn.dialogs[0].points if self.turn.dialogs else ()), *state.points)
            dialog = Dialog(
                state.dialog_id, state.name, state.begun_by, points, state.phase, state.taking
            )
            self.turn = replace(self.turn, events=events, dialogs=(dialog,), **news)
        self.last = await self.bot.decide(self.turn, hand_over)


async def test_what_a_dialog_knew_when_it_began_it_knows_when_it_goes_on() -> None:
    known: list[tuple[bool, bool, str]] = []

    async def thank(chat: Chat) -> None:
        known.append((chat.may_write, chat.is_late, chat.customer.name))
        if not chat.may_write:
            await chat.tag("lead")
        await chat.sleep(HOUR)
        known.append((chat.may_write, chat.is_late, chat.customer.name))
        await chat.sleep(HOUR)

    meeting = Meeting(thank)
    meeting.turn = replace(meeting.turn, late=frozenset({"f"}))
    await meeting.goes_on()
    (state,) = meeting.last.dialogs
    timer = f"dialog:{state.dialog_id}:2"
    fired = TimerFired(OURS, "t", 9, HERE, timer, "", NOON, NOON)
    grown = Profile(ADA.user_id, ADA.screen_name, "Countess")
    await meeting.goes_on(fired, has_written=True, customer=grown, late=frozenset[str]())

    assert known == [(False, True, "Ada"), (False, True, "Ada"), (True, True, "Ada")]
    (state,) = meeting.last.dialogs
    assert state.phase is DialogPhase.SLEEPING, "and its journal fits"
