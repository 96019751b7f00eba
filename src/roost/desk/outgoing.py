"""What people decide about messages that did not arrive, or not for certain."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated

from litestar import Controller, post
from litestar.di import Provide
from litestar.params import PathParameter
from litestar.types import AnyCallable

from roost.desk import drafts, replies, shapes, speaking, wire
from roost.desk.access import Policy
from roost.desk.parts import Parts, Somebody
from roost.desk.replies import Change
from roost.desk.wire_composing import Draft, TakenBack
from roost.engine import answering, set_aside
from roost.engine.answering import Act
from roost.errors import NotSetAside
from roost.model.messages import OutboundMessage
from roost.model.outbound import SetAside
from roost.ports import Tx
from roost.ports.composing import DraftKey

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

    @post("/take-back", policy=Policy.PERSON, status_code=200)
    async def take_back(
        self, change: Change, parts: Parts, person: Somebody, outbox_id: OutboxId
    ) -> TakenBack:
        """Take back a reply of one's own that waits or was refused, and give it as it was written.

        It is kept as the person's draft, where they have written nothing else. A conversation that
        has been resolved since is open again, and theirs. Asked again, the answer is the same.
        """
        act = change.act
        key = DraftKey(act.account_id, act.conversation_id, act.person_id)
        kept = await drafts.kept(parts, key)

        async def unit(tx: Tx) -> TakenBack:
            message = await answering.take_back(tx, act, outbox_id)
            written = _as_written(message, person.name)
            if not drafts.has_reply(kept):
                reply = written.text, written.quick_replies, written.buttons, written.speak
                await drafts.keep(tx, key, Draft(*reply, note=kept.note), at=act.at)
            return written

        written = await parts.store.transact(unit)
        parts.on_queued()
        return written


def _as_written(message: OutboundMessage, name: str) -> TakenBack:
    text, is_by_person = speaking.as_written(message, name)
    return TakenBack(
        text,
        shapes.options(message),
        shapes.links(message),
        "person" if is_by_person else "account",
        media_id=message.media_id,
    )


async def _done(change: replies.Asked, work: Work, outbox_id: int) -> wire.Done:
    async def unit(tx: Tx, act: Act) -> None:
        one = await tx.outbox.hold_set_aside(act.account_id, outbox_id)
        if one is None or one.to.conversation_id != act.conversation_id:
            raise NotSetAside(act.account_id, outbox_id, "it waits for nobody here")
        await work(tx, act.account_id, outbox_id, at=act.at)

    done = await change.do(unit)
    change.parts.on_queued()
    return done
