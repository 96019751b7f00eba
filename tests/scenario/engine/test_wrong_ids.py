"""X takes a message, and answers with the id of another: nobody knows what became of it."""

from __future__ import annotations

import pytest
from tests.scenario.engine.conftest import Line
from tests.scenario.engine.test_outbox import state_of, until_uncertain

from roost.model.ids import MessageId
from roost.model.outbound import OutboxEntry


@pytest.mark.parametrize("wrong_id", ["9001", "2"])
async def test_a_message_that_x_gives_the_id_of_another_is_in_doubt(
    line: Line, wrong_id: str
) -> None:
    send = line.gateway.send

    async def misnamed(entry: OutboxEntry) -> MessageId:
        given = await send(entry)
        return given if len(line.gateway.taken) == 1 else MessageId(wrong_id)

    line.gateway.send = misnamed
    async with line.working():
        await line.receives(1, "hello")
        await line.until_settled()
        await line.receives(2, "and I", customer="3003")
        await until_uncertain(line)
        await line.echoes(9_500, "re: and I", customer="3003")
        await line.until_settled()
    assert await state_of(line) == {"sent": 2}
    assert len(line.gateway.attempts) == 2
