"""What `roost outbox` asks of the process that owns the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from roost.engine import set_aside
from roost.model.ids import UserId
from roost.model.outbound import SetAside
from roost.ports import Clock, Store
from roost.store import control

Shown = Mapping[str, object]


def calls(store: Store, clock: Clock, *, wake: Callable[[], None]) -> Mapping[str, control.Call]:
    """Give the calls by name.

    Args:
        store: Holds the outbox.
        clock: Tells when something is done.
        wake: Says that there may be something to send.
    """

    async def show() -> Sequence[Shown]:
        return [_shown(one) for one in await store.transact(lambda tx: tx.outbox.set_aside())]

    async def check(account_id: str, outbox_id: int) -> Shown:
        return await done(
            store.transact(
                lambda tx: set_aside.check(tx, UserId(account_id), outbox_id, at=clock.now())
            )
        )

    async def resend(account_id: str, outbox_id: int) -> Shown:
        return await done(
            store.transact(
                lambda tx: set_aside.resend(tx, UserId(account_id), outbox_id, at=clock.now())
            )
        )

    async def drop(account_id: str, outbox_id: int) -> Shown:
        return await done(
            store.transact(
                lambda tx: set_aside.drop(tx, UserId(account_id), outbox_id, at=clock.now())
            )
        )

    async def done(work: Awaitable[SetAside]) -> Shown:
        one = await work
        wake()
        return _shown(one)

    return {
        "outbox_list": show,
        "outbox_check": check,
        "outbox_resend": resend,
        "outbox_drop": drop,
    }


def _shown(one: SetAside) -> Shown:
    return {
        "account_id": one.to.account_id,
        "outbox_id": one.outbox_id,
        "conversation_id": one.to.conversation_id,
        "state": one.state,
        "lane": one.lane.name.lower(),
        "attempts": one.attempts,
        "created_at": one.created_at.isoformat(),
        "reason": one.reason,
        "text": one.text,
    }
