"""The snow report: a photo, and a link that greets a friend with another welcome message."""

from __future__ import annotations

from pathlib import Path

import pytest

from roost.bot import loading
from roost.demo import pictures
from roost.model.capabilities import X_V1
from roost.simulator import post_links
from roost.simulator.media_entries import MediaEntry
from roost.testing.bot_tester import BotTester
from roost.testing.bot_tester_inside import Inside
from roost.testing.clocks import NOON

EXAMPLE = Path(__file__).parents[3] / "examples/snow_report.py"
PHOTO = "6001"
MENU = ["Snow report", "Snow photo", "Map", "Music for the lift", "Bring a friend"]


def running() -> BotTester:
    return BotTester(loading.load(str(EXAMPLE)))


async def upload_the_photo(inside: Inside) -> None:
    photo = MediaEntry(
        media_id=PHOTO,
        owner_id=inside.engine.account_id,
        created_at=str(int(NOON.timestamp() * 1_000)),
        kind="photo",
        media_type="image/png",
        width=pictures.LAMP_SIDE,
        height=pictures.LAMP_SIDE,
        shared=True,
        content=pictures.lamp(),
    )
    inside.engine.x.simulation.world.media.put(photo)


async def test_the_welcome_message_offers_the_menu_and_its_answers_are_understood() -> None:
    with running() as tester:
        ada = tester.customer("ada")
        await ada.opens_conversation()
        [welcome] = ada.sees
        assert welcome.is_welcome
        assert [one.label for one in welcome.quick_replies] == MENU
        await ada.taps("Snow report")
        assert ada.sees[-1].text == "12 cm of fresh snow, 8 lifts are open."


async def test_the_photo_is_sent_to_everybody_who_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNOW_PHOTO", PHOTO)
    with running() as tester:
        await tester.do(upload_the_photo)
        for name in ("ada", "alan"):
            customer = tester.customer(name)
            await customer.says("hello")
            await customer.taps("Snow photo")
            assert customer.sees[-1].attachment == "media"
            assert customer.sees[-1].text.startswith("This morning:")
            assert [one.label for one in customer.sees[-1].quick_replies] == MENU


async def test_without_a_photo_it_says_what_can_be_seen() -> None:
    with running() as tester:
        ada = tester.customer("ada")
        await ada.says("hello")
        await ada.taps("Snow photo")
        assert (ada.sees[-1].text, ada.sees[-1].attachment) == ("Everything is white.", "")


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
