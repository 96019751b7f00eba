"""The examples do what they say, and the how-to shows them as they are."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.unit.bot.playing import Playing

from roost.bot import loading

ROOT = Path(__file__).parents[3]
ORDER_STATUS = ROOT / "examples/order_status.py"


def playing() -> Playing:
    return Playing(loading.load(str(ORDER_STATUS)))


async def test_an_order_is_tracked() -> None:
    ada = playing()
    await ada.says("hello")
    await ada.taps("Track an order")
    await ada.says("A1234")
    assert ada.said[-2:] == [
        "Your lamp (A1234) is on its way.",
        "Did that answer your question?",
    ]
    await ada.says("yes please")
    assert ada.said[-1] == "Good. Have a nice day!"
    assert ada.handed_off == []


async def test_whoever_is_not_content_gets_a_person() -> None:
    ada = playing()
    await ada.says("hello")
    await ada.taps("Track an order")
    await ada.says("A1234")
    await ada.taps("No")
    assert ada.handed_off == ["order question not settled"]


async def test_silence_ends_it_and_nonsense_goes_to_people() -> None:
    silent, unclear = playing(), playing()
    for one in (silent, unclear):
        await one.says("hello")
        await one.taps("Track an order")
    await silent.pass_time(timedelta(hours=1))
    for _ in range(3):
        await unclear.says("no idea")
    assert (silent.handed_off, silent.dialogs) == ([], {})
    assert unclear.handed_off == ["could not read the order number"]


def test_the_how_to_shows_it_as_it_is() -> None:
    page = (ROOT / "docs/howto/wait-for-an-answer.md").read_text(encoding="utf-8")
    shown = page.split("```python\n")[1].split("```")[0].strip()
    assert shown in ORDER_STATUS.read_text(encoding="utf-8")
