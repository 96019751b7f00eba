"""However an option of an example's menu is reached, the same comes of it; in whatever numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from roost import Bot, Chat
from roost.bot import loading
from roost.testing.bot_tester import BotTester
from roost.testing.bot_tester_customer import Customer

ROOT = Path(__file__).parents[3]
ORDINALS = ("the first one", "second", "the third one", "fourth", "the fifth one")


@dataclass(frozen=True)
class Menu:
    """Options that an example offers after something was said."""

    example: str
    said: Sequence[str]
    labels: Sequence[str]


ON_THE_MOUNTAIN = ("Snow report", "Snow photo", "Map", "Music for the lift", "Bring a friend")
MENUS = (
    Menu("snow_report", ("hello",), ON_THE_MOUNTAIN),
    Menu("typed_replies", ("hello",), ("Row 3", "Row 7", "Row 12")),
    Menu("order_status", ("hello",), ("Track an order",)),
    Menu("order_status", ("hello", "1", "A1234"), ("Yes", "No")),
    Menu("appointment", ("hello",), ("Book an appointment",)),
    Menu("appointment", ("hello", "1"), ("Monday", "Tuesday", "Wednesday")),
    Menu("support_desk", ("hello",), ("Track an order", "Talk to a person")),
    Menu("support_desk", ("hello", "1", "A1234"), ("Yes", "Talk to a person")),
)
WAYS = ("tap", "label", "number", "ordinal", "shouted")
EVERY = [(menu, n) for menu in MENUS for n in range(len(menu.labels))]


class Players:
    """One tester for each example, and as many customers as are wanted."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._testers: dict[str, BotTester] = {}
        self._n_customers = 0
        self._tapped: dict[tuple[Menu, int], object] = {}

    def outcome(self, menu: Menu, n: int, way: str) -> object:
        """Give what comes of it, the customer's own words and name left out."""
        if way != "tap":
            return asyncio.run(self._played(menu, n, way))
        if (menu, n) not in self._tapped:
            self._tapped[menu, n] = asyncio.run(self._played(menu, n, way))
        return self._tapped[menu, n]

    async def _played(self, menu: Menu, n: int, way: str) -> object:
        tester = self._tester(menu.example)
        self._n_customers += 1
        customer = tester.customer(f"c{self._n_customers}")
        for text in menu.said:
            await customer.says(text)
        await _choose(customer, menu.labels[n], n, way)
        said = [
            line.replace(customer.name.capitalize(), "CUSTOMER")
            for one in customer.sees
            for line in one.lines()
        ]
        return said, tester.conversation(customer)

    def _tester(self, name: str) -> BotTester:
        if name not in self._testers:
            bot = loading.load(str(ROOT / f"examples/{name}.py"))
            self._testers[name] = self._stack.enter_context(BotTester(bot))
        return self._testers[name]


async def _choose(customer: Customer, label: str, n: int, way: str) -> None:
    match way:
        case "tap":
            await customer.taps(label)
        case "label":
            await customer.says(label)
        case "shouted":
            await customer.says(f"  {label.upper()} ")
        case "number":
            # What is the number of another option's label, too, would be asked again.
            by = {"Row 12": "12"}.get(label, str(n + 1))
            await customer.says(by)
        case _:
            await customer.says(ORDINALS[n])


@pytest.fixture(scope="module")
def players() -> Generator[Players]:
    with ExitStack() as stack:
        yield Players(stack)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(chosen=st.sampled_from(EVERY), way=st.sampled_from(WAYS[1:]))
@example(chosen=EVERY[-1], way="ordinal")
@example(chosen=EVERY[0], way="number")
def test_tapped_or_typed_the_end_is_the_same(
    players: Players, chosen: tuple[Menu, int], way: str
) -> None:
    menu, n = chosen
    assert players.outcome(menu, n, way) == players.outcome(menu, n, "tap")


@pytest.mark.parametrize("n_messages", [2, 10, 100])
async def test_many_messages_at_once_are_handled_in_order_and_one_at_a_time(
    n_messages: int,
) -> None:
    bot, n_running, most = Bot("busy"), 0, 0

    @bot.on_message()
    async def busy(chat: Chat, text: str) -> None:
        nonlocal n_running, most
        n_running += 1
        most = max(most, n_running)
        await asyncio.sleep(0.01)
        await chat.say(f"re: {text}")
        n_running -= 1

    with BotTester(bot) as tester:
        ada = tester.customer("ada")
        texts = [f"no {n}" for n in range(n_messages)]
        await ada.says(*texts)
        assert [one.text for one in ada.sees] == [f"re: {text}" for text in texts]
    assert most == 1
