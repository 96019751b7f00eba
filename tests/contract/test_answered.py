"""What counts as answered by a database that is no more, while messages are being sent."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from tests.contract.conftest import OURS

from roost.engine import filing
from roost.intake import answered
from roost.model.ids import MessageId

QUESTIONS = 4
"""How often the database is asked before anything is released."""


class Interrupted:
    """Asks as `rows` does; something else happens before one of the questions.

    Args:
        rows: What is asked.
        number: Before which question, from 0.
        happen: What does.
    """

    def __init__(self, rows, number, happen):
        self._rows = rows
        self._number = number
        self._happen = happen
        self.n_asked = 0

    def __getattr__(self, name):
        question = getattr(self._rows, name)

        async def ask(*args, **named):
            if self.n_asked == self._number:
                await self._happen()
            self.n_asked += 1
            return await question(*args, **named)

        return ask


@pytest.mark.parametrize("opening", ["postgresql"], indirect=True)
@pytest.mark.parametrize("number", range(QUESTIONS))
async def test_what_is_being_sent_meanwhile_is_nothing_another_database_has_sent(
    store, world, number
):
    """An answer goes out while X's list is read, above what its customer has written since.

    In SQLite nothing happens between two questions of a transaction.
    """
    await world.queue(store, await world.claimed(store), "an answer")
    (entry,) = await world.start(store)
    echo = world.sent(3, text="an answer")
    listed = replace(world.delivery(world.received(2), echo), is_held=True, source="list")
    await store.inbox.put(listed)

    async def finish():
        await store.transact(lambda tx: tx.outbox.finish(entry, MessageId(echo.event_key)))

    async def unit(tx):
        asked = Interrupted(tx.restoring, number, finish)
        rows = SimpleNamespace(restoring=asked, gaps=tx.gaps)
        return await answered.release(rows, OURS, at=world.noon), asked

    n_released, asked = await store.transact(unit)
    await store.transact(lambda tx: filing.file_new(tx, limit=100))

    assert (n_released, asked.n_asked) == (2, QUESTIONS)
    # Both messages of the customer wait for the bot: the one that was answered is claimed still.
    assert (await store.counts()).events["pending"] == 2
