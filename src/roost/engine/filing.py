"""Stored events find their place: the transcript, the ready queue, an uncertain send's proof."""

from __future__ import annotations

from typing import assert_never

from roost.engine import reconcile
from roost.model.events import MessageReceived, MessageSent, TimerFired, Unrecognised
from roost.ports import EventRow, Tx


async def file_new(tx: Tx, *, limit: int) -> int:
    """File what intake has stored, oldest receipt first; how many events there were.

    Args:
        tx: The transaction all of it happens in.
        limit: Most events filed at once.
    """
    rows = await tx.events.unfiled(limit)
    for row in rows:
        await _file(tx, row)
    return len(rows)


async def _file(tx: Tx, row: EventRow) -> None:
    match row.event:
        case MessageReceived() as event:
            await _file_received(tx, event, row)
        case MessageSent() as event:
            await _file_sent(tx, event, row)
        case TimerFired() as event:
            await _file_timer(tx, event, row)
        case Unrecognised() as event:
            await tx.events.file(event, state="ignored", reason="unrecognised")
        case _ as unreachable:
            assert_never(unreachable)


async def _file_received(tx: Tx, event: MessageReceived, row: EventRow) -> None:
    control = await tx.conversations.touch(event, is_history=row.is_history)
    await tx.messages.put(event)
    if row.is_history:
        await tx.events.file(event, state="done", reason="history")
        await _announce(tx, event, row, "message_found")
        return
    if control == "bot":
        await tx.events.file(event, state="pending")
        await tx.conversations.make_ready(event.account_id, event.conversation_id, row.received_at)
    else:
        await tx.events.file(event, state="done", reason=f"controlled by {control}")
    await _announce(tx, event, row, "message_received")


async def _file_sent(tx: Tx, event: MessageSent, row: EventRow) -> None:
    await tx.conversations.touch(event)
    await tx.messages.put(event)
    await tx.events.file(event, state="done", reason="echo")
    for entry in await tx.outbox.uncertain((event.account_id, event.conversation_id)):
        await reconcile.settle_if_known(tx, entry)
    await _announce(tx, event, row, "message_sent")


async def _file_timer(tx: Tx, event: TimerFired, row: EventRow) -> None:
    """Queue a timer for the bot; while people control the conversation it is dropped, and said so.

    What a bot wanted to be woken for has been overtaken once a person has answered in its place.
    """
    control = await tx.conversations.control_of(event.account_id, event.conversation_id)
    match control:
        case None:
            await tx.events.file(event, state="ignored", reason="no such conversation")
        case "bot":
            await tx.events.file(event, state="pending")
            await tx.conversations.make_ready(
                event.account_id, event.conversation_id, row.received_at
            )
            await _announce(tx, event, row, "timer_fired")
        case _:
            await tx.events.file(event, state="done", reason=f"controlled by {control}")
            await _announce(tx, event, row, "timer_dropped")


async def _announce(
    tx: Tx, event: MessageReceived | MessageSent | TimerFired, row: EventRow, kind: str
) -> None:
    await tx.changes.append(
        event.account_id,
        kind,
        conversation_id=event.conversation_id,
        ref=event.event_key,
        at=row.received_at,
    )
