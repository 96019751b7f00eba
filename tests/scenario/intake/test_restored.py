"""An older copy of the database is put in place: nothing is sent or answered twice, or lost."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from tests.scenario.intake.conftest import ACCOUNT, House, housed

from roost.model.ids import UserId, conversation_between
from roost.model.messages import OutboundMessage
from roost.model.outbound import Addressee, Lane
from roost.ports import Marked, Tx
from roost.service import restoring
from roost.store.durable import DurableStore
from roost.store.postgresql.store import PostgresStore
from roost.store.sqlite import SqliteStore
from roost.testing.x_simulator import InProcessX

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Database:
    """A database nobody has open, of which copies can be made as by a backup.

    Attributes:
        place: Its file or DSN.
        copy: Makes a copy and gives its place.
    """

    place: Path | str
    copy: Callable[[Path | str], Awaitable[Path | str]]

    @asynccontextmanager
    async def store(self) -> AsyncGenerator[DurableStore]:
        """Open it."""
        if isinstance(self.place, Path):
            async with SqliteStore.open(self.place) as store:
                yield store
        else:
            async with PostgresStore.open(self.place) as store:
                yield store

    async def copied(self) -> Database:
        """Make a copy of how it is now."""
        return Database(await self.copy(self.place), self.copy)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """A database of each kind."""

    async def of_file(place: Path | str) -> Path:
        copy = tmp_path / "older" / "roost.db"
        copy.parent.mkdir()
        return Path(await asyncio.to_thread(shutil.copyfile, place, copy))

    async def on_server(place: Path | str) -> str:
        made = request.getfixturevalue("databases").made
        return await asyncio.to_thread(made, template=str(place), options="")

    if request.param == "sqlite":
        return Database(tmp_path / "roost.db", of_file)
    return Database(request.getfixturevalue("dsn"), on_server)


@asynccontextmanager
async def living(x: InProcessX, database: Database) -> AsyncGenerator[House]:
    """Run the application over a database."""
    async with database.store() as store, housed(x, store) as house:
        await house.start()
        yield house


async def marked(x: InProcessX, database: Database) -> Marked:
    """Do to a database what `roost restore` does."""
    async with database.store() as store:
        return await restoring.mark(store, x.clock)


async def until_told(house: House, texts: Sequence[str]) -> None:
    """Let time pass until everything is settled, and demand exactly these answers in this order."""

    async def is_settled() -> bool:
        await house.pass_by(MINUTE, step=timedelta(seconds=30))
        house.worker.look()
        await asyncio.sleep(0.02)
        return await house.is_settled() and not await house.open_gaps()

    await house.until(is_settled)
    assert list(house.answers()) == [f"re: {text}" for text in texts]


@pytest.mark.parametrize("is_marked", [True, False], ids=["restored", "only copied"])
async def test_what_was_answered_after_the_backup_is_not_answered_again(
    x_simulator: InProcessX, database: Database, *, is_marked: bool
) -> None:
    before, since = ["one", "two"], ["three", "four", "five"]
    async with living(x_simulator, database) as house:
        house.write(*before)
        await house.until_answered(before)
    older = await database.copied()
    async with living(x_simulator, database) as house:
        house.write(*since)
        await house.until_answered([*before, *since])
    house.write("six", "seven")  # nobody is there
    if is_marked:
        assert await marked(x_simulator, older) == Marked(0, 0, 0, 0)
    async with living(x_simulator, older) as house:
        await until_told(house, [*before, *since, "six", "seven"])


@pytest.mark.parametrize("is_marked", [True, False], ids=["restored", "only copied"])
async def test_who_has_stopped_the_bot_since_the_backup_is_not_written_to_again(
    x_simulator: InProcessX, database: Database, *, is_marked: bool
) -> None:
    async with living(x_simulator, database) as house:
        house.write("one")
        await house.until_answered(["one"])
    older = await database.copied()
    told = ["one", "stop"]
    async with living(x_simulator, database) as house:
        house.write("stop")
        await house.until_answered(told)
        house.write("are you silent now?")
        await house.until(house.is_settled)
    house.write("and now?")  # nobody is there
    if is_marked:
        await marked(x_simulator, older)
    async with living(x_simulator, older) as house:
        await until_told(house, told)
        house.write("hello?")
        await until_told(house, told)
        house.write("start", "hello again")
        await until_told(house, [*told, "start", "hello again"])


async def test_who_has_stopped_the_bot_and_begun_again_since_the_backup_is_answered(
    x_simulator: InProcessX, database: Database
) -> None:
    async with living(x_simulator, database) as house:
        house.write("one")
        await house.until_answered(["one"])
    older = await database.copied()
    since = ["stop", "start", "two"]
    async with living(x_simulator, database) as house:
        house.write(*since)
        await house.until_answered(["one", *since])
    await marked(x_simulator, older)
    async with living(x_simulator, older) as house:
        await until_told(house, ["one", *since])
        house.write("three")
        await until_told(house, ["one", *since, "three"])


async def test_who_has_stopped_a_bot_before_the_account_was_connected_is_answered(
    x_simulator: InProcessX, database: Database
) -> None:
    x_simulator.act("ada", "send_dm", to="acme", text="stop")
    x_simulator.clock.advance(MINUTE)
    async with living(x_simulator, database) as house:
        await until_told(house, [])
        house.write("hello")
        await until_told(house, ["hello"])


async def queue(database: Database, *texts: str) -> None:
    """Have a bot's messages wait to be sent to a customer that has written."""
    customer = UserId("2002")
    to = Addressee(ACCOUNT, conversation_between(ACCOUNT, customer), customer)

    async def unit(tx: Tx) -> None:
        for text in texts:
            await tx.outbox.put(to, OutboundMessage(text), lane=Lane.BOT, trace_id="t", at=now)

    async with database.store() as store:
        seen = await store.transact(lambda tx: tx.gaps.last_seen(ACCOUNT))
        assert seen is not None
        now = seen.ok_at
        await store.transact(unit)


@pytest.mark.parametrize("n_sent", [0, 3])
async def test_what_was_on_its_way_when_the_backup_was_made_is_sent_once(
    x_simulator: InProcessX, database: Database, n_sent: int
) -> None:
    waiting = ["two", "two", "three"]
    async with living(x_simulator, database) as house:
        house.write("one")
        await house.until_answered(["one"])
    await queue(database, *(f"re: {text}" for text in waiting))
    older = await database.copied()
    if n_sent:
        async with living(x_simulator, database) as house:
            await house.until(lambda: len(house.answers()) == 1 + n_sent)
            await house.until(house.is_settled)
    assert await marked(x_simulator, older) == Marked(3, 0, 0, 0)
    async with living(x_simulator, older) as house:
        await until_told(house, ["one", *waiting])
