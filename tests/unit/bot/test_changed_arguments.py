"""A dialog run again whose steps are given other values, or whose questions have moved."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import pytest
from tests.unit.bot.playing import Playing

from roost import Bot, Chat
from roost.bot.handling import OnChanged

Handler = Callable[[Chat], Awaitable[None]]


def a_bot(handler: Handler, policy: OnChanged = OnChanged.HAND_OFF) -> Bot:
    """Give a version of the bot; all versions' dialogs have one name."""
    handler.__module__, handler.__qualname__ = "orders", "order"
    bot = Bot("b", on_changed=policy)
    bot.on_message()(handler)
    return bot


def stock(*shop: object, **more: object) -> str:
    return f"{shop}{more}"


@dataclass(frozen=True)
class Lamp:
    """What a step may be given."""

    name: str


def looking(*args: object, function: Callable[..., str] = stock, **more: object) -> Handler:
    async def order(chat: Chat) -> None:
        await chat.step(function, *args, **more)
        await chat.say(await chat.ask("Reserve it?"))

    return order


async def changed(old: Handler, new: Handler, *, is_older: bool = False) -> Playing:
    """Begin with one version, and answer its question in another."""
    playing = Playing(a_bot(old))
    await playing.says("hi")
    for name, dialog in playing.dialogs.items() if is_older else ():
        points = tuple(
            replace(point, fingerprint=point.fingerprint.partition("#")[0])
            for point in dialog.points
        )
        playing.dialogs[name] = replace(dialog, points=points)
    playing.bot = a_bot(new)
    await playing.says("yes")
    return playing


OTHER = [
    (looking("north"), looking("south")),
    (looking("north"), looking("north", "south")),
    (looking("north"), looking()),
    (looking(shop=1), looking(shop=2)),
    (looking([1, {"a": (2, None)}]), looking([1, {"a": (3, None)}])),
    (looking(function=functools.partial(stock, 1)), looking(function=functools.partial(stock, 2))),
]
SAME = [
    (looking("north"), looking("north")),
    (looking({"a": 1, "b": 2}), looking({"b": 2, "a": 1})),
    (looking(object()), looking(object())),
    (looking(Lamp("red")), looking(Lamp("blue"))),
    (looking("\ud83d"), looking("\ud83d")),
    (looking(), looking()),
]


@pytest.mark.parametrize(("old", "new"), OTHER)
async def test_a_step_with_other_arguments_is_a_change(old: Handler, new: Handler) -> None:
    playing = await changed(old, new)
    (reason,) = playing.handed_off
    assert "it was step(stock), now it is step(stock) with other arguments" in reason
    assert playing.said == ["Reserve it?"]


@pytest.mark.parametrize(("old", "new"), SAME)
async def test_the_same_or_what_is_no_plain_value_is_none(old: Handler, new: Handler) -> None:
    playing = await changed(old, new)
    assert (playing.handed_off, playing.said[-1]) == ([], "yes")


@pytest.mark.parametrize(("old", "new"), [*OTHER, *SAME])
async def test_a_journal_of_before_arguments_were_looked_at_fits(
    old: Handler, new: Handler
) -> None:
    playing = await changed(old, new, is_older=True)
    assert (playing.handed_off, playing.said[-1]) == ([], "yes")


async def test_two_steps_that_have_changed_places_are_noticed() -> None:
    def in_order(*shops: str) -> Handler:
        async def order(chat: Chat) -> None:
            for shop in shops:
                await chat.step(stock, shop)
            await chat.say(await chat.ask("Reserve it?"))

        return order

    playing = await changed(in_order("north", "south"), in_order("south", "north"))
    assert len(playing.handed_off) == 1


async def test_what_a_step_raised_is_not_given_for_other_arguments() -> None:
    def failing(shop: str) -> Handler:
        async def order(chat: Chat) -> None:
            try:
                await chat.step(int, shop)
            except ValueError:
                await chat.say("Closed.")
            await chat.say(await chat.ask("Well?"))

        return order

    playing = await changed(failing("north"), failing("south"))
    assert len(playing.handed_off) == 1
    assert (await changed(failing("north"), failing("north"))).said[-1] == "yes"


def asking(*questions: str) -> Handler:
    async def order(chat: Chat) -> None:
        given = [f"{one} {await chat.ask(one)}" for one in questions]
        await chat.say("; ".join(given))

    return order


async def answered(
    old: Handler, new: Handler, *answers: str, after: int, policy: OnChanged = OnChanged.HAND_OFF
) -> Playing:
    """Change the bot after so many answers."""
    playing = Playing(a_bot(old, policy))
    for words in ("hi", *answers[:after]):
        await playing.says(words)
    playing.bot = a_bot(new, policy)
    for words in answers[after:]:
        if playing.handed_off:
            break
        await playing.says(words)
    return playing


MOVED = [
    (("Name?", "Size?"), ("Mail?", "Name?", "Size?")),
    (("Name?", "Size?"), ("Name?", "Mail?", "Size?")),
    (("Name?", "Size?", "Colour?"), ("Size?", "Colour?")),
    (("Name?", "Size?"), ("Size?", "Name?")),
]


@pytest.mark.parametrize(("old", "new"), MOVED)
async def test_a_question_that_was_put_before_another_or_is_gone_is_a_change(
    old: tuple[str, ...], new: tuple[str, ...]
) -> None:
    playing = await answered(asking(*old), asking(*new), "Ada", "M", "red", after=1)
    (reason,) = playing.handed_off
    assert "now it is another question" in reason
    assert not any(";" in text for text in playing.said), "no answer is taken for another's"


async def test_then_it_is_asked_again_from_there_where_the_bot_says_so() -> None:
    old, new = asking("Name?", "Size?"), asking("Name?", "Mail?", "Size?")
    playing = await answered(
        old, new, "Ada", "M", "a@b.example", "M", after=1, policy=OnChanged.ASK_AGAIN
    )
    assert playing.said == [
        "Name?",
        "Size?",
        "Mail?",
        "Size?",
        "Name? Ada; Mail? a@b.example; Size? M",
    ]
    assert playing.handed_off == []


@pytest.mark.parametrize("after", [0, 1, 2])
@pytest.mark.parametrize(
    "new",
    [
        ("Your name?", "Size?", "Colour?"),
        ("Name?", "Your size?", "Your colour?"),
        ("Your name?", "Your size?", "Your colour?"),
    ],
)
async def test_mended_words_are_no_change(new: tuple[str, ...], after: int) -> None:
    old = asking("Name?", "Size?", "Colour?")
    playing = await answered(old, asking(*new), "Ada", "M", "red", after=after)
    assert playing.handed_off == []
    assert playing.said[-1] == f"{new[0]} Ada; {new[1]} M; {new[2]} red"


async def test_nor_are_words_that_are_mended_and_mended_back_in_a_loop() -> None:
    def looping(question: str) -> Bot:
        async def order(chat: Chat) -> None:
            while (said := await chat.ask(question, matching="[a-z]+")) != "end":
                await chat.note(said)
            await chat.say("Done.")

        return a_bot(order)

    playing = Playing(looping("More?"))
    for n, words in enumerate(("hi", "a", "1", "b", "2", "c", "d", "3", "end")):
        playing.bot = looping("More?" if n // 2 % 2 == 0 else "Anything else?")
        await playing.says(words)
    assert (playing.handed_off, playing.said[-1]) == ([], "Done.")
