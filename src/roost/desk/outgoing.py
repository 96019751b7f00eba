"""What people decide about messages that did not arrive, or not for certain."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated

from litestar import Controller, post
from litestar.di import Provide
from litestar.params import PathParameter
from litestar.types import AnyCallable

from roost.desk import replies, wire
from roost.desk.access import Policy
from roost.desk.replies import Change
from roost.engine import set_aside
from roost.engine.answering import Act
from roost.errors import NotSetAside
from roost.model.outbound import SetAside
from roost.ports import Tx

OutboxId = Annotated[int, PathParameter(ge=1, le=(1 << 63) - 1)]
Work = Callable[..., Awaitable[SetAside]]


class OutgoingController(Controller):
    """Messages that wait for a person: X may have them, or has refused them."""

    path = "/api/conversations/{account_id:str}/{conversation_id:str}/outgoing/{outbox_id:int}"
    tags: Sequence[str] | None = ("conversations",)
    dependencies: Mapping[str, Provide | AnyCallable] | None = {"change": Provide(replies.asked)}

    @post("/check", policy=Policy.PERSON, status_code=200)
    async def check(self, change: Change, outbox_id: OutboxId) -> wire.Done:
        """Ask X once more whether it has a message; until then nothing follows it."""
        return await _done(change, set_aside.check, outbox_id)

    @post("/resend", policy=Policy.PERSON, status_code=200)
    async def resend(self, change: Change, outbox_id: OutboxId) -> wire.Done:
        """Send a message again. One that X may have can then arrive twice."""
        return await _done(change, set_aside.resend, outbox_id)

    @post("/drop", policy=Policy.PERSON, status_code=200)
    async def drop(self, change: Change, outbox_id: OutboxId) -> wire.Done:
        """Give a message up for good."""
        return await _done(change, set_aside.drop, outbox_id)


async def _done(change: replies.Asked, work: Work, outbox_id: int) -> wire.Done:
    async def unit(tx: Tx, act: Act) -> None:
        one = await tx.outbox.hold_set_aside(act.account_id, outbox_id)
        if one is None or one.to.conversation_id != act.conversation_id:
            raise NotSetAside(act.account_id, outbox_id, "it waits for nobody here")
        await work(tx, act.account_id, outbox_id, at=act.at)

    done = await change.do(unit)
    change.parts.on_queued()
    return done
