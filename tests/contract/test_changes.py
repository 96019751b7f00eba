"""What `ports.ChangeRows` promises, and what readers of the feed see."""

from __future__ import annotations

import pytest


async def test_changes_are_read_in_the_order_of_their_commits(store, world):
    async def unit(tx, kind):
        await tx.changes.append("11", kind, conversation_id="11-22", ref="5", at=world.noon)

    for kind in ("first", "second", "third"):
        await store.transact(lambda tx, kind=kind: unit(tx, kind))

    changes = await store.changes_after(0, limit=10)

    assert [change.kind for change in changes] == ["first", "second", "third"]
    assert (changes[0].account_id, changes[0].conversation_id) == ("11", "11-22")
    assert (changes[0].ref, changes[0].at) == ("5", world.noon)
    assert [c.kind for c in await store.changes_after(changes[0].seq, limit=1)] == ["second"]


async def test_a_change_of_a_failed_transaction_is_never_seen(store, world):
    async def unit(tx):
        await tx.changes.append("11", "lost", conversation_id="", ref="", at=world.noon)
        raise LookupError

    before = await store.feed_position()
    with pytest.raises(LookupError):
        await store.transact(unit)

    assert await store.changes_after(0, limit=10) == []
    assert await store.feed_position() == before


async def test_the_position_is_that_of_the_last_change(store, world):
    async def unit(tx):
        await tx.changes.append("11", "one", conversation_id="", ref="", at=world.noon)

    await store.transact(unit)

    position = await store.feed_position()
    (change,) = await store.changes_after(0, limit=10)
    assert (position.xid, position.seq) == (0, change.seq)
    assert position.feed_epoch
