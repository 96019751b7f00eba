"""The examples do what they say, in the real engine, and the how-to shows them as they are."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from roost.bot import loading
from roost.testing.bot_tester import BotTester
from roost.testing.clocks import NOON, FrozenClock
from roost.xapi.clock import SystemClock

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


@pytest.mark.parametrize("example", ["order_status", "support_desk"])
@pytest.mark.parametrize(
    "typed",
    ["A1234", "a1234", "A 1234", "a-1234", "#A1234", "# A1234", "order A1234", "Order no. a1234",
     "My order number is A1234.", " A1234! "],
)  # fmt: skip
async def test_an_order_number_is_read_as_people_write_it(example: str, typed: str) -> None:
    with running(example) as tester:
        ada = tester.customer("ada")
        for text in ("hello", "1", typed):
            await ada.says(text)
        assert ada.sees[-2].text.startswith("Your lamp (A1234) is on its way.")


@pytest.mark.parametrize("typed", ["1234", "AB1234", "A123", "A1234 or A1235", "I lost it in 2024"])
async def test_what_may_be_no_order_number_is_asked_again(typed: str) -> None:
    with running("order_status") as tester:
        ada = tester.customer("ada")
        for text in ("hello", "1", typed):
            await ada.says(text)
        assert ada.sees[-1].text == "Sorry, I did not understand that."


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


async def test_echo_is_the_whole_of_a_bot() -> None:
    with running("echo") as tester:
        ada = tester.customer("ada")
        await ada.says("hello")
        assert ada.sees[-1].text == "You said: hello"


@pytest.mark.parametrize("answer", ["2", "7", "row 7", "the second one", "Row 7"])
async def test_a_seat_is_booked_by_what_the_tap_carries(answer: str) -> None:
    with running("typed_replies") as tester:
        ada = tester.customer("ada")
        await ada.says("hello")
        await ada.says(answer)
        await tester.restart()
        await ada.says("hello")
        assert [one.text for one in ada.sees] == [
            "Where would you like to sit?",
            "A seat in row 7 is yours, for $25.",
            "You have row 7. Where would you like to sit?",
        ]


async def test_a_number_that_is_a_row_and_a_place_books_no_seat() -> None:
    with running("typed_replies") as tester:
        ada = tester.customer("ada")
        for text in ("hello", "3", "12"):
            await ada.says(text)
        assert [one.text for one in ada.sees] == [
            "Where would you like to sit?",
            "Where would you like to sit?",
            "A seat in row 12 is yours, for $15.",
        ]


async def test_an_appointment_is_booked_and_reminded_of() -> None:
    with running("appointment") as tester:
        ada = tester.customer("ada")
        await ada.says("hello")
        await ada.taps("Book an appointment")
        await ada.says("tue")
        await ada.says("Ada")
        await tester.restart()
        assert tester.conversation(ada).notes == ("Ada comes on Tuesday",)
        await tester.advance(timedelta(hours=19))
        assert ada.sees[-1].text == "Tuesday it is, Ada. I will remind you."
        await tester.advance(timedelta(hours=1))
        assert ada.sees[-1].text == "Ada, are you coming tomorrow?"
        await ada.says("no")
        assert ada.sees[-1].text == "What a pity. The appointment is cancelled."
        assert tester.conversation(ada).tags == ()


async def test_what_is_too_long_for_a_name_is_asked_again() -> None:
    with running("appointment") as tester:
        ada = tester.customer("ada")
        for text in ("hello", "1", "mon", "n" * 9_990, "Ada"):
            await ada.says(text)
        assert tester.conversation(ada).notes == ("Ada comes on Monday",)
        assert not tester.conversation(ada).is_with_people


async def test_nothing_is_kept_for_whoever_does_not_answer() -> None:
    with running("appointment") as tester:
        ada = tester.customer("ada")
        await ada.says("hello")
        await ada.taps("Book an appointment")
        await tester.advance(timedelta(minutes=30))
        assert ada.sees[-1].text.startswith("I have kept nothing")
        assert tester.conversation(ada).tags == ()


async def test_the_snow_report_has_a_menu_a_place_and_a_link() -> None:
    with running("snow_report") as tester:
        ada = tester.customer("ada")
        await ada.says("hello")
        await ada.says("1")
        assert ada.sees[-1].text == "12 cm of fresh snow, 8 lifts are open."
        await ada.says("map")
        assert ada.sees[-1].attachment == "location"
        await ada.taps("Music for the lift")
        assert ada.sees[-1].buttons[0].url == "https://music.example/snow"


async def test_the_support_desk_settles_what_it_can() -> None:
    with running("support_desk") as tester:
        ada = tester.customer("ada")
        await ada.opens_conversation()
        await ada.taps("Track an order")
        await ada.says("A1234")
        assert ada.sees[-2].buttons[0].label == "Track the parcel"
        await tester.restart()
        await ada.taps("Yes")
        assert tester.conversation(ada).is_resolved


@pytest.mark.parametrize("how", ["no", "I want a refund", "Talk to a person"])
async def test_the_support_desk_hands_over_what_it_knows(how: str) -> None:
    with running("support_desk") as tester:
        ada = tester.customer("ada")
        await ada.says("hello")
        await ada.taps("Track an order")
        await ada.says("A1234")
        if how == "no":
            await ada.says("no")
        else:
            await ada.taps("Yes")
            await ada.says("hello")
            await ada.says(how)
        found = tester.conversation(ada)
        assert found.reason == "asked for a person"
        assert (found.notes, found.tags) == (("It may be about order A1234.",), ("order",))


@pytest.mark.parametrize(("answer", "control"), [("Yes", "nobody"), ("Not yet", "queue")])
async def test_whoever_was_with_people_is_asked_whether_that_helped(
    answer: str, control: str
) -> None:
    with running("support_desk") as tester:
        ada = tester.customer("ada")
        await ada.says("I need a person")
        await tester.hand_back(ada)
        await tester.restart()
        assert ada.sees[-1].text == "Did we solve it for you?\n\n— Acme Assistant"
        await ada.taps(answer)
        assert tester.conversation(ada).control == control


async def test_whoever_does_not_say_whether_it_helped_is_left_alone() -> None:
    with running("support_desk") as tester:
        ada = tester.customer("ada")
        await ada.says("I need a person")
        await tester.hand_back(ada)
        await tester.advance(timedelta(days=1))
        assert ada.sees[-1].text == "Did we solve it for you?\n\n— Acme Assistant"
        assert tester.conversation(ada).control == "bot"


@pytest.mark.parametrize(
    "asked", [("1",), ("1", "A1234"), ("person", None)], ids=["number", "settled", "satisfied"]
)
@pytest.mark.parametrize(
    "how", ["person", "talk to a PERSON", "human", "I want a refund", "I want my money back!"]
)
async def test_whatever_the_support_desk_is_asking_a_person_is_got_by_asking(
    asked: tuple[str | None, ...], how: str
) -> None:
    with running("support_desk") as tester:
        ada = tester.customer("ada")
        await ada.says("hello")
        for text in asked:
            await (tester.hand_back(ada) if text is None else ada.says(text))
        assert not tester.conversation(ada).is_with_people
        n_before = len(ada.sees)
        await ada.says(how)
        found = tester.conversation(ada)
        assert (found.is_with_people, found.reason) == (True, "asked for a person")
        assert ["getting a person" in one.text for one in ada.sees[n_before:]] == [True]


@pytest.mark.parametrize("answer", ["thanks, yes", "yes please", "Thank you. Yes!", "danke, ja"])
async def test_a_thank_you_before_a_yes_does_not_hide_it(answer: str) -> None:
    with running("support_desk") as tester:
        ada = tester.customer("ada")
        await ada.says("I need a person")
        await tester.hand_back(ada)
        await ada.says(answer)
        assert tester.conversation(ada).is_resolved


async def test_what_nobody_understands_after_people_had_it_goes_back_to_them() -> None:
    with running("support_desk") as tester:
        ada = tester.customer("ada")
        await ada.says("I need a person")
        await tester.hand_back(ada)
        await ada.says("the lamp hums")
        assert ada.sees[-1].text.startswith("Is it solved, then?")
        await ada.says("it hums at night")
        assert ada.sees[-1].text.startswith("One moment. I am getting a person for you.")
        assert tester.conversation(ada).is_with_people
        await tester.hand_back(ada)
        await ada.says("the lamp hums")
        await ada.says("yes")
        assert tester.conversation(ada).is_resolved


OPEN, CLOSED = "I am getting a person", "We are back in the morning"


@pytest.mark.parametrize(
    ("moved_by", "said"),
    [
        (timedelta(seconds=-1), OPEN),
        (timedelta(hours=-8), OPEN),
        (timedelta(hours=15), OPEN),
        (timedelta(hours=17), CLOSED),
        (timedelta(hours=24, seconds=-1), OPEN),
        (timedelta(hours=41), CLOSED),
    ],
)
async def test_night_falls_at_the_support_desk_where_the_clock_is_moved_to_it(
    moved_by: timedelta, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACME_NIGHTS", "yes")
    monkeypatch.setattr(SystemClock, "now", lambda _: NOON - moved_by)
    with running("support_desk") as tester:
        ada = tester.customer("ada")
        await ada.says("I need a person")
        assert said in ada.sees[-1].text


async def test_the_support_desk_does_not_close_because_the_demo_runs_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine = FrozenClock()
    monkeypatch.setenv("ACME_NIGHTS", "yes")
    monkeypatch.setattr(SystemClock, "now", lambda _: machine.now())
    with running("support_desk") as tester:
        ada = tester.customer("ada")
        for passed in (timedelta(hours=17), timedelta(days=1)):
            machine.advance(passed)
            await tester.advance(passed)
        await ada.says("I need a person")
        assert OPEN in ada.sees[-1].text


async def test_without_nights_people_are_always_there() -> None:
    with running("support_desk") as tester:
        ada = tester.customer("ada")
        await tester.advance(timedelta(hours=17))
        await ada.says("I need a person")
        assert OPEN in ada.sees[-1].text


def test_the_how_to_shows_it_as_it_is() -> None:
    page = (ROOT / "docs/howto/wait-for-an-answer.md").read_text(encoding="utf-8")
    shown = page.split("```python\n")[1].split("```")[0].strip()
    assert shown in ORDER_STATUS.read_text(encoding="utf-8")
