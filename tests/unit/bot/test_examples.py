"""The examples do what they say, in the real engine, and the how-to shows them as they are."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from roost.bot import loading
from roost.testing.bot_tester import BotTester

ROOT = Path(__file__).parents[3]
ORDER_STATUS = ROOT / "examples/order_status.py"


def running(name: str) -> BotTester:
    return BotTester(loading.load(str(ROOT / f"examples/{name}.py")))


async def test_hello_says_back_what_it_hears() -> None:
    with running("hello") as tester:
        ada = tester.customer("ada")
        await ada.says("hi")
        assert ada.sees[-1].text == "You said: hi"
        await ada.taps("Tell me a joke")
        assert "webhook was on the other side" in ada.sees[-1].text


@pytest.mark.parametrize("crash_after", range(4))
async def test_an_order_is_tracked_whenever_the_application_is_killed(crash_after: int) -> None:
    with running("order_status") as tester:
        ada = tester.customer("ada")
        for n, act in enumerate(
            (
                lambda: ada.says("hello"),
                lambda: ada.taps("Track an order"),
                lambda: ada.says("A1234"),
                lambda: ada.says("yes please"),
            )
        ):
            await act()
            if n == crash_after:
                await tester.restart()
        assert [one.text for one in ada.sees] == [
            "What can I do for you?",
            "What is your order number? It looks like A1234.",
            "Your lamp (A1234) is on its way.",
            "Did that answer your question?",
            "Good. Have a nice day!",
        ]
        assert not tester.conversation(ada).is_with_people


async def test_whoever_is_not_content_gets_a_person() -> None:
    with running("order_status") as tester:
        ada = tester.customer("ada")
        await ada.says("hello")
        await ada.taps("Track an order")
        await ada.says("A1234")
        await ada.taps("No")
        assert tester.conversation(ada).reason == "order question not settled"


async def test_silence_ends_it_and_nonsense_goes_to_people() -> None:
    with running("order_status") as tester:
        silent, unclear = tester.customer("ada"), tester.customer("bob")
        for one in (silent, unclear):
            await one.says("hello")
            await one.taps("Track an order")
        for _ in range(3):
            await unclear.says("no idea")
        await tester.advance(timedelta(hours=1))
        await silent.says("A1234")
        assert silent.sees[-1].text == "What can I do for you?"
        assert not tester.conversation(silent).is_with_people
        assert tester.conversation(unclear).reason == "could not read the order number"


def test_the_how_to_shows_it_as_it_is() -> None:
    page = (ROOT / "docs/howto/wait-for-an-answer.md").read_text(encoding="utf-8")
    shown = page.split("```python\n")[1].split("```")[0].strip()
    assert shown in ORDER_STATUS.read_text(encoding="utf-8")
