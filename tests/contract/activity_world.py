"""What tests of activity do to a store: turns end, messages are decided on, requests refused."""

from __future__ import annotations

from datetime import timedelta

from tests.contract.conftest import NOON, OURS

from roost.intake.rejections import Rejections
from roost.model.ids import ConversationId, UserId
from roost.model.messages import OutboundMessage
from roost.model.outbound import Addressee, Lane
from roost.model.people import Role

HERE = ConversationId("11-22")


async def settle(store, world, *, state, reason=""):
    """End the turn of whatever waits, and give its claim."""
    (claim,) = await world.claim(store)

    async def unit(tx):
        await tx.events.settle(claim.turn.events, state=state, reason=reason)
        await tx.conversations.release(claim, waiting_since=None)

    await store.transact(unit)
    return claim


async def answer(store, claim, text="yes", *, at=NOON + timedelta(seconds=5)):
    """Queue what a turn decided."""
    to = Addressee(OURS, HERE, UserId("22"))
    await store.transact(
        lambda tx: tx.outbox.put(
            to, OutboundMessage(text), lane=Lane.BOT, trace_id=claim.trace_id, at=at
        )
    )


async def reject(store, *times, reason="signature does not fit"):
    rejections = Rejections()
    for at in times:
        rejections.note("main", reason, at)
    await rejections.write(store)


def path(event):
    return f"/api/activity/events/{event.account_id}/message_received/{event.event_key}"


async def trace_of(desk, event):
    admin = await desk.entered(role=Role.ADMIN)
    return await admin.get(path(event))


def line(trace):
    return [(one["step"], one["state"]) for one in trace["steps"]]
