"""An example's story, told to one customer after the other while the application dies of it."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.crash import hosts, stories
from tests.crash.hosts import POINT, Order
from tests.crash.lives import Nursery
from tests.crash.stage import Stage, stage

from roost.demo import world as demo
from roost.model import ids
from roost.model.ids import UserId
from roost.testing import ledger_database

STEPS = "steps"
"""The file in which the bot of the tests leaves a trace of what it does outside."""

_SETTINGS = {"ROOST_CLOCK": "simulator", "ROOST_RECONCILE_AFTER_S": "0.3,0.6"}

_CONVERSATION = (
    "SELECT control, control_reason, tags FROM conversations WHERE conversation_id = '{}'"
)
_LEFT = "SELECT name FROM timers UNION ALL SELECT dialog_id FROM points"
_NOTES = "SELECT kind, text FROM remarks WHERE conversation_id = '{}'"


@dataclass(frozen=True, slots=True)
class Told:
    """How a story ended.

    Attributes:
        transcript: As the customer sees it.
        counts: How many answers there were after each act.
        standing: Whose the conversation is, why, and what was noted.
    """

    transcript: Sequence[str]
    counts: Sequence[int]
    standing: Sequence[object]


class Lives:
    """The lives of one application, begun anew whenever one has ended.

    Attributes:
        n_killed: How many have ended.
    """

    def __init__(self, nursery: Nursery, on: Stage) -> None:
        self._nursery = nursery
        self._on = on
        self.n_killed = 0

    async def run(self) -> None:
        """Live until cancelled."""
        while True:
            async with self._nursery.life(self._on.environment) as life:
                number = await asyncio.shield(life.ended)
            assert number, "an application ended by itself"
            self.n_killed += 1


class Teller:
    """Tells an example's story to one customer after the other.

    Args:
        on: Where.
        folder: Of order and stories.
        acts: What customers do.
    """

    def __init__(self, on: Stage, folder: Path, acts: Sequence[stories.Act]) -> None:
        self._on = on
        self._folder = folder
        self._acts = acts
        self._numbers = itertools.count(1)

    async def tell(
        self, kind: str = POINT, n: int = 0, counts: Sequence[int] | None = None
    ) -> tuple[str, Told]:
        """Tell it, with the application dying at the n-th point.

        Args:
            kind: Of point.
            n: 0 for an undisturbed one.
            counts: How many answers there are after each act; `None` where nobody knows yet.

        Returns:
            The story's name, and how it ended.

        Raises:
            NotSettled: It did not go on, or left something behind.
            LookupError: What the customer was to tap was never offered.
        """
        number = next(self._numbers)
        story = f"story-{number}"
        customer = self._on.x.simulation.world.add_user(f"t{number}", f"Teller {number}").user_id
        hosts.give(self._folder, Order(story, kind, n))
        found: list[int] = []
        for place, act in enumerate(self._acts):
            await act(self._on, customer)
            if counts is None:
                await self._on.until_settled()
            else:
                await self._on.until(
                    lambda wanted=counts[place]: self._answers(customer) >= wanted,
                    f"{story}, {kind} {n}, {act}: {counts[place]} answers",
                )
            found.append(self._answers(customer))
        await self._on.until(lambda: not self._left(), f"{story}, {kind} {n}: dialogs have ended")
        await self._on.until_settled()
        seen = stories.transcript(self._on.x, customer)
        return story, Told(seen, counts or found, self._standing(customer))

    def _answers(self, customer: str) -> int:
        return stories.n_answers(self._on.x, customer)

    def _left(self) -> Sequence[object]:
        return ledger_database.opened(self._on.database).rows(_LEFT)

    def _standing(self, customer: str) -> Sequence[object]:
        where = ids.conversation_between(UserId(customer), UserId(demo.ACCOUNT_ID))
        found = ledger_database.opened(self._on.database)
        (conversation,) = found.rows(_CONVERSATION.format(where))
        return [*conversation, *sorted(map(str, found.rows(_NOTES.format(where))))]


@dataclass(frozen=True, slots=True)
class Theatre:
    """Where an example is played.

    Attributes:
        example: Its name.
        on: The X, and the application's folder.
        folder: Of order and stories.
    """

    example: str
    on: Stage
    folder: Path

    def teller(self) -> Teller:
        """Give who tells the example's story."""
        return Teller(self.on, self.folder, stories.of(self.example))

    @asynccontextmanager
    async def living(self, nursery: Nursery) -> AsyncGenerator[Lives]:
        """Have the application live, again and again, until the block is left."""
        async with nursery.life(self.on.connecting):
            await self.on.until_connected()
        async with asyncio.TaskGroup() as tasks:
            all_of_them = Lives(nursery, self.on)
            living = tasks.create_task(all_of_them.run())
            try:
                yield all_of_them
            finally:
                living.cancel()


@asynccontextmanager
async def theatre(
    folder: Path, example: str, *, database: str = "", forgets: int = 0
) -> AsyncGenerator[Theatre]:
    """Build where an example can be played.

    Args:
        folder: Empty, or not there yet.
        example: Its name.
        database: A DSN; `""` for SQLite.
        forgets: Which point's result journals lose on their way back; 0 for none.
    """
    tried = folder / "tried"
    tried.mkdir(parents=True)
    settings = {
        **_SETTINGS,
        hosts.FOLDER: str(tried),
        hosts.BOT: str(stories.file_of(example)),
        "TRIED_STEPS": str(folder / STEPS),
        **({hosts.FORGETS: str(forgets)} if forgets else {}),
        **({"ROOST_DATABASE": database} if database else {}),
    }
    async with stage(folder, random.Random(1), settings) as on:
        yield Theatre(example, on, tried)
