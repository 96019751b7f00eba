"""A dialog whose code was changed while it waited, and which keeps the answers that still fit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import count

import pytest
from tests.unit.bot.playing import Playing

from roost import Bot, Chat, QuickReply
from roost.bot.handling import OnChanged

Handler = Callable[[Chat], Awaitable[None]]
HOUR = timedelta(hours=1)


def a_bot(handler: Handler, policy: OnChanged = OnChanged.ASK_AGAIN) -> Bot:
    """Give a version of the bot; all versions' dialogs have one name."""
    handler.__module__, handler.__qualname__ = "orders", "order"
    bot = Bot("b", on_changed=policy)
    bot.on_message()(handler)
    return bot


async def old(chat: Chat) -> None:
    name = await chat.ask("Your name?")
    number = await chat.step(len, name)
    await chat.say(f"You are no {number}.")
    size = await chat.choose("Which size?", ["S", "M"], within=HOUR)
    colour = await chat.ask("Which colour?", within=HOUR)
    await chat.say(f"{name}: {size}, {colour}")


async def told(playing: Playing, new: Handler, *answers: str) -> list[str]:
    """Tell the story up to the colour, change the bot, and give what is said from then on."""
    await playing.says("hi")
    await playing.says("Ada")
    await playing.says("M")
    n_before = len(playing.said)
    playing.bot = a_bot(new, playing.bot.on_changed)
    for answer in answers:
        await playing.says(answer)
    return playing.said[n_before:]


async def test_what_was_answered_before_the_change_is_kept() -> None:
    async def new(chat: Chat) -> None:
        name = await chat.ask("Your name?")
        number = await chat.step(len, name)
        await chat.say(f"You are no {number}.")
        size = await chat.choose("Which size?", ["S", "M"], within=HOUR)
        await chat.note("asked for a colour")
        colour = await chat.ask("Which colour, please?", within=HOUR)
        await chat.say(f"{name}: {size}, {colour}")

    playing = Playing(a_bot(old))
    said = await told(playing, new, "red", "blue")

    assert said == ["Which colour, please?", "Ada: M, blue"], "an answer is to what was asked"
    assert (playing.handed_off, playing.dialogs, playing.timers) == ([], {}, {})


async def test_an_answer_to_other_words_is_not_kept_and_is_asked_for_again() -> None:
    async def new(chat: Chat) -> None:
        mail = await chat.ask("Your address?")
        name = await chat.ask("Your name?")
        await chat.say(f"{mail}, {name}")

    playing = Playing(a_bot(old))
    said = await told(playing, new, "red", "a@b.example", "Ada")

    assert said == ["Your address?", "Your name?", "a@b.example, Ada"]


async def test_other_options_are_other_words() -> None:
    async def new(chat: Chat) -> None:
        name = await chat.ask("Your name?")
        number = await chat.step(len, name)
        await chat.say(f"You are no {number}.")
        size = await chat.choose("Which size?", ["M", "L"], within=HOUR)
        await chat.say(f"{name}: {size}")

    said = await told(Playing(a_bot(old)), new, "red", "L")

    assert said == ["You are no 3.", "Which size?", "Ada: L"], "from behind the step on"


async def test_a_step_that_was_done_is_not_done_again() -> None:
    done: list[str] = []

    def book(name: str) -> None:
        done.append(name)

    async def first(chat: Chat) -> None:
        await chat.step(book, "a")
        await chat.ask("Which size?")

    async def second(chat: Chat) -> None:
        await chat.step(book, "a")
        await chat.tag("booked")
        await chat.ask("Which size?")

    playing = Playing(a_bot(first))
    await playing.says("hi")
    playing.bot = a_bot(second)
    await playing.says("M")

    assert (done, playing.said) == (["a"], ["Which size?", "Which size?"])


async def test_a_dialog_that_now_ends_before_what_it_had_passed_ends() -> None:
    async def new(chat: Chat) -> None:
        await chat.say(f"Hello {await chat.ask('Your name?')}, we are closed.")

    playing = Playing(a_bot(old))
    assert await told(playing, new, "red") == ["Hello Ada, we are closed."]
    assert (playing.dialogs, playing.timers) == ({}, {})


@pytest.mark.parametrize("policy", [OnChanged.ASK_AGAIN, OnChanged.RESTART])
async def test_a_wait_that_is_given_up_wakes_nothing_that_comes_in_its_place(
    policy: OnChanged,
) -> None:
    async def first(chat: Chat) -> None:
        await chat.ask("Which colour?", within=HOUR)

    async def second(chat: Chat) -> None:
        await chat.note("changed")
        await chat.now()
        await chat.say(f"{await chat.ask('Which size?')}!")

    playing = Playing(a_bot(first, policy))
    await playing.says("hi")
    playing.bot = a_bot(second, policy)
    await playing.says("red")
    await playing.pass_time(2 * HOUR)
    await playing.says("M")

    assert playing.said == ["Which colour?", "Which size?", "M!"]


async def test_one_that_does_not_do_the_same_twice_goes_to_people() -> None:
    turns = count()

    async def unsteady(chat: Chat) -> None:
        await chat.ask("Your name?")
        await (chat.now() if next(turns) % 2 else chat.random())
        await chat.ask("Your size?")

    playing = Playing(a_bot(unsteady))
    for words in ("hi", "Ada", "M", "M", "M", "M"):
        await playing.says(words)

    assert playing.said.count("Your name?") == 1, "its answer fits all along"


async def test_killed_anywhere_it_tells_the_same() -> None:
    async def new(chat: Chat) -> None:
        name = await chat.ask("Your name?")
        number = await chat.step(len, name)
        await chat.say(f"You are no {number}.")
        await chat.step(str, number)
        size = await chat.choose("Which size?", ["S", "M"], within=HOUR)
        await chat.say(f"{name}: {size}")

    async def story(dies_at: int) -> tuple[list[str], int]:
        playing = Playing(a_bot(old), dies_at=dies_at)
        await told(playing, new, "red", "S")
        return playing.said, playing.n_steps

    undisturbed, n_steps = await story(0)
    assert undisturbed[-2:] == ["Which size?", "Ada: S"]
    for n in range(1, n_steps + 1):
        assert (await story(n))[0] == undisturbed, f"killed at step {n}"


@pytest.mark.parametrize("labels", [["M", "S"], ["M", "L", "S"]])
async def test_options_that_change_places_do_not_change_what_was_tapped(
    labels: list[str],
) -> None:
    def asking(options: list[str]) -> Handler:
        async def order(chat: Chat) -> None:
            size = await chat.choose("Which size?", [QuickReply(one) for one in options])
            await chat.say(f"{size.label}: {await chat.ask('Which colour?')}")

        return order

    playing = Playing(a_bot(asking(["S", "M"]), OnChanged.HAND_OFF))
    await playing.says("hi")
    await playing.taps("M")
    playing.bot = a_bot(asking(labels), OnChanged.HAND_OFF)
    await playing.says("red")

    assert playing.said[-1] == "M: red"


def asking_for_one_of(options: list[str]) -> Handler:
    async def order(chat: Chat) -> None:
        size = await chat.choose("Which size?", options)
        await chat.say(f"{size}: {await chat.ask('Which colour?')}")

    return order


async def test_an_option_that_is_there_no_more_was_not_another_one() -> None:
    playing = Playing(a_bot(asking_for_one_of(["S", "M"])))
    await playing.says("hi")
    await playing.taps("M")
    playing.bot = a_bot(asking_for_one_of(["S", "L"]))
    await playing.says("red")

    assert playing.said[-1] == "Which size?", "the size is asked for again"
    await playing.taps("L")
    await playing.says("red")
    assert playing.said[-1] == "L: red"


async def test_nor_is_it_guessed_what_is_chosen_instead() -> None:
    playing = Playing(a_bot(asking_for_one_of(["S", "M"]), OnChanged.HAND_OFF))
    await playing.says("hi")
    await playing.taps("M")
    playing.bot = a_bot(asking_for_one_of(["S", "L"]), OnChanged.HAND_OFF)
    await playing.says("red")

    (reason,) = playing.handed_off
    assert "now it is choose() without the option that was chosen" in reason
    assert playing.said == ["Which size?", "Which colour?"]


def asking_twice(then: Handler, **how: object) -> Handler:
    async def order(chat: Chat) -> None:
        kept.append(await chat.ask("Which one?", **how))
        await then(chat)

    kept: list[str] = []
    return order


async def a_text(chat: Chat) -> None:
    await chat.say(f"{await chat.ask('And then?')}!")


@pytest.mark.parametrize("how", [{"matching": r"\d+"}, {"retries": 0}, {"matching": "nothing"}])
async def test_what_was_answered_is_not_judged_again_by_newer_code(how: dict[str, object]) -> None:
    playing = Playing(a_bot(asking_twice(a_text), OnChanged.HAND_OFF))
    for words in ("hi", "", "one"):
        await playing.says(words)
    playing.bot = a_bot(asking_twice(a_text, **how), OnChanged.HAND_OFF)
    await playing.says("two")

    assert playing.said[-1] == "two!"
    assert (playing.handed_off, playing.dialogs) == ([], {})


async def test_nor_by_newer_lists_of_words(monkeypatch: pytest.MonkeyPatch) -> None:
    async def order(chat: Chat) -> None:
        agreed = await chat.confirm("Really?")
        await chat.say(f"{agreed}: {await chat.ask('Why?')}")

    playing = Playing(a_bot(order, OnChanged.HAND_OFF))
    for words in ("hi", "perhaps", "yes please"):
        await playing.says(words)
    monkeypatch.setattr("roost.model.agreement.meant", {"perhaps": True}.get)
    await playing.says("so")

    assert playing.said[-1] == "True: so"
    assert playing.handed_off == []


async def one_of_two(chat: Chat) -> None:
    await chat.say(f"{await chat.choose('And then?', ['A', 'B'])}!")


async def yes_or_no(chat: Chat) -> None:
    await chat.say(f"{await chat.confirm('And then?')}!")


@pytest.mark.parametrize("new", [one_of_two, yes_or_no])
async def test_another_verb_is_a_change(new: Handler) -> None:
    playing = Playing(a_bot(asking_twice(a_text), OnChanged.HAND_OFF))
    await playing.says("hi")
    await playing.says("one")
    playing.bot = a_bot(asking_twice(new), OnChanged.HAND_OFF)
    await playing.says("two")

    (reason,) = playing.handed_off
    assert "it was receive(ask), now it is receive(c" in reason
