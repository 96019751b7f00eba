"""Who speaks is always to be seen."""

from __future__ import annotations

import pytest
from tests.unit.bot.playing import Playing

from roost import Bot, Chat
from roost.errors import BotError, InvalidMessage
from roost.simulator.entries import CustomProfileEntry
from roost.testing.bot_tester import BotTester
from roost.testing.bot_tester_inside import Inside


def bot_saying(text: str, **more: str) -> Bot:
    bot = Bot("b", speaks_as="Acme Assistant")

    @bot.on_message()
    async def answer(chat: Chat) -> None:
        if chat.message.text == "ask":
            await chat.ask("Which order?")
        await chat.say(text, **more)

    return bot


async def test_what_a_bot_says_is_signed_questions_and_built_in_words_too() -> None:
    playing = Playing(bot_saying("Hello"))
    await playing.says("ask")
    await playing.says("A1")
    await playing.says("person")

    assert playing.said[:2] == [
        "Which order?\n\n\u2014 Acme Assistant",
        "Hello\n\n\u2014 Acme Assistant",
    ]
    assert len(playing.said) == 3
    assert playing.said[2].endswith("\n\n\u2014 Acme Assistant")


async def test_a_custom_profile_stands_for_the_signature() -> None:
    playing = Playing(bot_saying("Hello", custom_profile_id="7"))
    await playing.says("hi")

    assert playing.said == ["Hello"]


async def test_a_picture_alone_is_signed() -> None:
    playing = Playing(bot_saying("", media_id="7"))
    await playing.says("hi")

    assert playing.said == ["\u2014 Acme Assistant"]


async def test_the_signature_counts_towards_the_limit() -> None:
    with pytest.raises(InvalidMessage) as caught:
        await Playing(bot_saying("a" * 9_990)).says("hi")

    assert (caught.value.field, caught.value.limit, caught.value.value) == ("text", 10_000, 10_008)


@pytest.mark.parametrize("name", ["n" * 49, "  "])
def test_a_name_that_no_profile_can_have_is_refused(name: str) -> None:
    with pytest.raises(BotError, match=f"speaks_as has {len(name)} characters"):
        Bot("b", speaks_as=name)


async def give_profile(inside: Inside, name: str, profile_id: str = "5001") -> None:
    """Let X have a custom profile of the account's."""
    world = inside.engine.x.simulation.world
    world.custom_profiles[profile_id] = CustomProfileEntry(
        profile_id=profile_id,
        user_id=inside.engine.account_id,
        created_timestamp="1",
        name=name,
        media_id="6001",
    )


async def test_the_account_s_custom_profile_of_that_name_speaks() -> None:
    with BotTester(bot_saying("Hello")) as tester:
        ada = tester.customer("ada")
        await ada.says("hi")
        assert (ada.sees[-1].speaks, ada.sees[-1].text) == ("Acme", "Hello\n\n— Acme Assistant")

        await tester.do(lambda inside: give_profile(inside, "Acme Assistant"))
        await tester.restart()  # X is looked at
        await ada.says("ask")
        assert (ada.sees[-1].speaks, ada.sees[-1].text) == ("Acme Assistant", "Which order?")


async def test_a_custom_profile_of_another_name_does_not() -> None:
    with BotTester(bot_saying("Hello")) as tester:
        ada = tester.customer("ada")
        await tester.do(lambda inside: give_profile(inside, "Sam, Acme"))
        await tester.restart()
        await ada.says("hi")
        assert (ada.sees[-1].speaks, ada.sees[-1].text) == ("Acme", "Hello\n\n— Acme Assistant")


async def test_where_x_lets_the_account_have_no_profiles_it_signs() -> None:
    with BotTester(bot_saying("Hello")) as tester:
        ada = tester.customer("ada")
        await tester.do(lambda inside: give_profile(inside, "Acme Assistant"))
        refused = {"route": "custom_profiles.list"}
        await tester.fail("status", code=220, status=403, match=refused)
        await tester.restart()
        await ada.says("hi")
        assert (ada.sees[-1].speaks, ada.sees[-1].text) == ("Acme", "Hello\n\n— Acme Assistant")
