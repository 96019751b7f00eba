"""The snow report: a photo, and a link that greets a friend with another welcome message."""

from __future__ import annotations

from pathlib import Path

import pytest

from roost.bot import loading
from roost.model.capabilities import X_V1
from roost.simulator import post_links
from roost.testing.bot_tester import BotTester
from roost.testing.bot_tester_inside import Inside

EXAMPLE = Path(__file__).parents[3] / "examples/snow_report.py"
MENU = ["Snow report", "Snow photo", "Map", "Music for the lift", "Bring a friend"]


def running() -> BotTester:
    return BotTester(loading.load(str(EXAMPLE)))


async def test_the_welcome_message_offers_the_menu_and_its_answers_are_understood() -> None:
    with running() as tester:
        ada = tester.customer("ada")
        await ada.opens_conversation()
        [welcome] = ada.sees
        assert welcome.is_welcome
        assert [one.label for one in welcome.quick_replies] == MENU
        await ada.taps("Snow report")
        assert ada.sees[-1].text == "12 cm of fresh snow, 8 lifts are open."


async def test_the_photo_is_sent_to_everybody_who_wants_it() -> None:
    with running() as tester:
        for name in ("ada", "alan"):
            customer = tester.customer(name)
            await customer.says("hello")
            await customer.taps("Snow photo")
            assert customer.sees[-1].shows(EXAMPLE.with_name("slope.png"))
            assert customer.sees[-1].text == "This morning:"
            assert [one.label for one in customer.sees[-1].quick_replies] == MENU


async def test_a_friend_who_follows_the_link_is_greeted_by_the_invitation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with running() as tester:  # X's id of the invitation, as `roost welcome list` shows it
        invitation = await the_invitation(tester)
    monkeypatch.setenv("SNOW_INVITATION", invitation)
    with running() as tester:
        assert await the_invitation(tester) == invitation
        ada = tester.customer("ada")
        await ada.says("hello")
        await ada.taps("Bring a friend")
        [button] = ada.sees[-1].buttons
        assert len(button.label) <= X_V1.button_label
        link = post_links.deep_link_in(button.url)
        assert link is not None

        friend = tester.customer("alan")
        await friend.opens_conversation(link.welcome_message_id, text=link.text)
        [welcome] = friend.sees
        assert welcome.is_welcome
        assert welcome.text == "A friend wants you on the mountain. Have a look!"
        assert [one.label for one in welcome.quick_replies] == MENU[:2]
        await friend.taps("Snow report")
        assert friend.sees[-1].text == "12 cm of fresh snow, 8 lifts are open."


async def the_invitation(tester: BotTester) -> str:
    found: list[str] = []

    async def look(inside: Inside) -> None:
        messages = inside.engine.x.simulation.world.welcome_messages.values()
        found.extend(one.welcome_message_id for one in messages if "friend" in one.data.text)

    await tester.do(look)
    [invitation] = found
    return invitation
