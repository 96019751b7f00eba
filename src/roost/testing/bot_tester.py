"""Tests of bots: the real engine and the real simulator in one process, on a virtual clock.

No ports, no sleeping: hours pass in milliseconds. Works under any event loop, since everything
lives in a thread of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import TracebackType
from typing import Self

import msgspec
from msgspec.structs import replace

from roost.bot.router import Bot
from roost.engine import answering
from roost.engine.answering import Command
from roost.engine.turns import TurnPolicy
from roost.model import ids
from roost.model.ids import UserId
from roost.ports.remarks import RemarkKind
from roost.simulator import world_file
from roost.simulator.fault_rules import FaultRule
from roost.testing.bot_tester_customer import Customer
from roost.testing.bot_tester_inside import Inside
from roost.testing.bot_tester_thread import Plan, TesterThread
from roost.testing.clocks import NOON

_ACCOUNT = "acme"
_MOST_LINES = 1_000


class OnFailure(StrEnum):
    """What a handler's exception does to the test."""

    RAISE = "raise"
    """It is raised where the test waits: nearly always what a test wants."""
    HAND_OFF = "hand_off"
    """The conversation goes to people, as it would in production."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """How a conversation stands.

    Attributes:
        control: Who decides next: `bot`, `agent`, `queue` or `nobody`.
        reason: Why it was handed off; `""` where it was not.
        notes: What was noted for people, oldest first.
        tags: Words on it, in alphabetical order.
    """

    control: str
    reason: str
    notes: tuple[str, ...]
    tags: tuple[str, ...]

    @property
    def is_resolved(self) -> bool:
        """Whether it is done with, until the customer writes again."""
        return self.control == "nobody"

    @property
    def is_with_people(self) -> bool:
        """Whether people have it, or it waits for them."""
        return self.control in {"queue", "agent"}


class BotTester:
    """A bot, the application around it, and an X whose customers a test plays.

    Args:
        bot: The bot; its handlers run in this process.
        begins_at: The time at first; aware.
        on_failure: What a handler's exception does.
        policy: Deadlines of turns, in virtual time.

    Example:
        >>> import asyncio
        >>> from roost import Bot, Chat
        >>> bot = Bot("echo")
        >>> @bot.on_message()
        ... async def echo(chat: Chat) -> None:
        ...     await chat.say(f"You said: {chat.message.text}")
        >>> async def main() -> None:
        ...     with BotTester(bot) as tester:
        ...         ada = tester.customer("ada")
        ...         await ada.says("hello")
        ...         print(ada.sees[-1].text)
        >>> asyncio.run(main())
        You said: hello
    """

    def __init__(
        self,
        bot: Bot,
        *,
        begins_at: datetime = NOON,
        on_failure: OnFailure = OnFailure.RAISE,
        policy: TurnPolicy | None = None,
    ) -> None:
        bot.check()
        world = world_file.built_in()
        # X processes GIFs and videos for a while, and here its clock stands.
        rules = replace(world.rules, media_processing_s=0.0)
        world = replace(world, rules=rules)
        plan = Plan(bot, _ACCOUNT, world, begins_at, policy or TurnPolicy())
        self._thread = TesterThread(plan)
        self._on_failure = on_failure
        self._customers: dict[str, Customer] = {}

    def __enter__(self) -> Self:
        self._inside = self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._thread.stop()

    @property
    def now(self) -> datetime:
        """The virtual time. It stands still until `advance` moves it."""
        return self._inside.engine.x.clock.now()

    @property
    def failures(self) -> Sequence[BaseException]:
        """What handlers have raised since the application was started, oldest first."""
        return tuple(self._inside.engine.running.decider.failures)

    def customer(self, name: str) -> Customer:
        """Give somebody who writes to the bot; made when first named.

        Args:
            name: A screen name: 1 to 15 letters, digits or underscores.
        """
        if name not in self._customers:
            x = self._inside.engine.x
            world = x.simulation.world
            user = world.user_by_screen_name(name) or world.add_user(name, name.capitalize())
            self._customers[name] = Customer(user, x.user(_ACCOUNT), x, self.do)
        return self._customers[name]

    def conversation(self, customer: Customer) -> Conversation:
        """Tell how the conversation with a customer stands.

        Raises:
            LookupError: The customer has not written yet.
        """
        return self._thread.do_now(lambda inside: _conversation(inside, UserId(customer.user_id)))

    def outbox(self) -> Mapping[str, int]:
        """Count what was to be sent, by how it stands: `queued`, `sent`, `parked` and so on."""
        counts = self._thread.do_now(lambda inside: inside.engine.running.store.counts())
        return {state: n for state, n in counts.outbox.items() if n}

    async def hand_back(self, customer: Customer) -> None:
        """Have people give the conversation with a customer back to the bot.

        Raises:
            NoConversation: The customer has not written yet.
        """

        async def give(inside: Inside) -> None:
            engine = inside.engine
            where = ids.conversation_between(engine.account_id, UserId(customer.user_id))
            act = Command(engine.account_id, where, engine.x.clock.now())
            await engine.running.store.transact(lambda tx: answering.hand_back(tx, act))
            await inside.advance(timedelta(0))  # its timer is due

        await self.do(give)

    async def advance(self, by: timedelta) -> None:
        """Let time pass. Every timer that comes due meanwhile fires at its own time.

        Raises:
            ValueError: `by` is negative.
        """
        await self.do(lambda inside: inside.advance(by))

    async def restart(self) -> None:
        """Kill the application and start it again: whatever was not committed is lost."""

        async def kill_and_start(inside: Inside) -> None:
            await inside.kill()
            await inside.start()

        await self.do(kill_and_start)

    async def fail(self, effect: str, **rule: object) -> None:
        """Let something go wrong from now on, until `mend`.

        Args:
            effect: As `roost sim faults` names it, for example `status` or `duplicate`.
            rule: Its fields, for example `code=130`, `count=1`, `match={"route": "dm.events.new"}`.

        Raises:
            msgspec.ValidationError: There is no such effect or field.
        """
        wanted = msgspec.convert({"effect": effect, **rule}, FaultRule)

        async def put(inside: Inside) -> None:
            inside.engine.x.simulation.faults.put([wanted])

        await self.do(put)

    async def mend(self) -> None:
        """Let everything go well again."""

        async def clear(inside: Inside) -> None:
            inside.engine.x.simulation.faults.clear()

        await self.do(clear)

    def transcript(self) -> str:
        """Write down every conversation, as people see it."""
        parts = [f"--- {name} ---\n{one.transcript()}" for name, one in self._customers.items()]
        return "\n".join(parts)

    async def do(self, work: Callable[[Inside], Coroutine[None, None, None]]) -> None:
        """Do something inside, wait until everything has settled, and raise what went wrong."""
        n_before = len(self.failures)

        async def do_and_settle(inside: Inside) -> None:
            await work(inside)
            await inside.settle()

        await self._thread.do(do_and_settle)
        if self._on_failure is OnFailure.RAISE and len(self.failures) > n_before:
            raise self.failures[n_before]


async def _conversation(inside: Inside, customer_id: UserId) -> Conversation:
    engine = inside.engine
    where = ids.conversation_between(engine.account_id, customer_id)
    desk = engine.running.store.desk
    summary = await desk.summary(engine.account_id, where)
    if summary is None:
        raise LookupError(f"user {customer_id} has not written yet")
    page = await desk.transcript(engine.account_id, where, before=None, limit=_MOST_LINES)
    notes = tuple(one.text for one in page.remarks if one.kind is RemarkKind.NOTE)
    tags = await engine.running.store.tags.of(engine.account_id, where)
    return Conversation(summary.control, summary.control_reason, notes, tuple(tags))
