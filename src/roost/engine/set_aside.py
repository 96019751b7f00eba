"""Messages that wait for a person: what becomes of one that may have arrived, or was refused."""

from __future__ import annotations

from datetime import datetime

from roost.errors import NotSetAside
from roost.model.ids import UserId
from roost.model.outbound import SetAside
from roost.ports import Tx


async def check(tx: Tx, account_id: UserId, outbox_id: int, *, at: datetime) -> SetAside:
    """Have X asked once more whether it has a parked message; until then none follows it.

    Nothing is sent: where X does not show it, it is parked again, a bot's too.

    Raises:
        NotSetAside: It is not parked, or another of its conversation is being sent.
    """
    one = await _waiting(tx, account_id, outbox_id)
    if one.state != "parked":
        raise NotSetAside(account_id, outbox_id, "X has refused it, so there is nothing to check")
    if not await tx.outbox.suspect_again(one):
        problem = "another message of its conversation is being sent; try again when it has arrived"
        raise NotSetAside(account_id, outbox_id, problem)
    await _announce(tx, one, "outbox_uncertain", at)
    return one


async def resend(tx: Tx, account_id: UserId, outbox_id: int, *, at: datetime) -> SetAside:
    """Send a parked or dead message again. A parked one may then arrive twice.

    Raises:
        NotSetAside: It waits for nobody.
    """
    one = await _waiting(tx, account_id, outbox_id)
    await tx.uploads.pardon(account_id)
    await tx.outbox.requeue(one, at=at)
    await _announce(tx, one, "outbox_queued", at)
    return one


async def drop(tx: Tx, account_id: UserId, outbox_id: int, *, at: datetime) -> SetAside:
    """Give a parked or dead message up for good.

    Raises:
        NotSetAside: It waits for nobody.
    """
    one = await _waiting(tx, account_id, outbox_id)
    await tx.outbox.drop(one, reason=f"dropped; before: {one.reason}")
    await _announce(tx, one, "outbox_dropped", at)
    return one


async def _waiting(tx: Tx, account_id: UserId, outbox_id: int) -> SetAside:
    one = await tx.outbox.hold_set_aside(account_id, outbox_id)
    if one is None:
        raise NotSetAside(account_id, outbox_id, "it is neither parked nor dead")
    return one


async def _announce(tx: Tx, one: SetAside, kind: str, at: datetime) -> None:
    await tx.changes.append(
        one.to.account_id,
        kind,
        conversation_id=one.to.conversation_id,
        ref=str(one.outbox_id),
        at=at,
    )
