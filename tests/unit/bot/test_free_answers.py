"""A question for any text that offers some: however an option is reached, the same is given."""

from __future__ import annotations

import pytest
from tests.unit.bot.playing import Playing

from roost import Bot, Chat, QuickReply


def asking(labels: list[str], **how: str) -> Playing:
    """Have a bot that asks for a text, and says what it was given."""
    bot = Bot("b")

    @bot.on_message()
    async def order(chat: Chat) -> None:
        given = await chat.ask("Well?", quick_replies=[QuickReply(one) for one in labels], **how)
        await chat.say(f"given: {given}")

    return Playing(bot)


@pytest.mark.parametrize("how", ["tap", "Green", "GREEN!", " green ", "2", "the second one", "2."])
@pytest.mark.parametrize("wanted", [{}, {"matching": "Red|Green|blue"}])
async def test_tap_label_number_and_ordinal_give_the_label(
    how: str, wanted: dict[str, str]
) -> None:
    playing = asking(["Red", "Green"], **wanted)
    await playing.says("hi")
    await (playing.taps("Green") if how == "tap" else playing.says(how))
    assert playing.said[-1] == "given: Green"


@pytest.mark.parametrize("text", ["blue", "gr", "Green and red", "3", "no"])
async def test_whatever_else_is_typed_is_given_as_it_is(text: str) -> None:
    playing = asking(["Red", "Green"])
    await playing.says("hi")
    await playing.says(text)
    assert playing.said[-1] == f"given: {text}"


@pytest.mark.parametrize(
    ("labels", "how", "typed"),
    [
        (["1", "2", "5"], {}, "3"),
        (["1", "2", "5"], {}, "2"),
        (["Just me", "More"], {"matching": r"\d+|Just me"}, "2"),
    ],
)
async def test_a_number_that_is_an_answer_by_itself_is_no_place(
    labels: list[str], how: dict[str, str], typed: str
) -> None:
    playing = asking(labels, **how)
    await playing.says("hi")
    await playing.says(typed)
    assert playing.said[-1] == f"given: {typed}"


@pytest.mark.parametrize("how", ["tap", "More", "2"])
async def test_an_option_that_does_not_match_is_asked_again_however_it_is_chosen(how: str) -> None:
    playing = asking(["Just me", "More"], matching="Just me")
    await playing.says("hi")
    await (playing.taps("More") if how == "tap" else playing.says(how))
    assert playing.said[-1] == "Sorry, I did not understand that."
