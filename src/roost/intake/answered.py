"""What is listed and was answered by a database that is no more: it is stored, and wakes no bot.

Where an older copy of the database has been put in place, X has messages of our own app that our
outbox does not know. What a customer had written before such a message was seen by whoever sent it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog

from roost.engine import matching
from roost.model.events import MessageReceived, MessageSent
from roost.model.ids import ConversationId, UserId
from roost.ports import SentMessage, Tx

_log = structlog.stdlib.get_logger("roost.backfill")


async def release(tx: Tx, account_id: UserId, *, at: datetime) -> int:
    """Let what passes have held back be filed, what was answered before as history; how many.

    Args:
        tx: The transaction all of it happens in.
        account_id: Whose.
        at: When it counts as received.
    """
    answered = await _answered(tx, account_id)
    if answered:
        await tx.restoring.note_history(account_id, answered)
        _log.warning(
            "answered by a database that is no more", account=account_id, messages=len(answered)
        )
    return await tx.gaps.release(account_id, at=at)


async def _answered(tx: Tx, account_id: UserId) -> list[str]:
    """Give the held messages after which our app has sent what the outbox does not know."""
    held = await tx.restoring.held(account_id)
    received: dict[ConversationId, list[MessageReceived]] = {}
    for one in held:
        if isinstance(one, MessageReceived):
            received.setdefault(one.conversation_id, []).append(one)
    app_id = await tx.restoring.app_of(account_id) if received else ""
    if not app_id:
        return []
    found: list[str] = []
    for conversation_id, theirs in received.items():
        ours = [
            SentMessage(one.position, one.message)
            for one in held
            if isinstance(one, MessageSent) and one.conversation_id == conversation_id
        ]
        after = min(one.position for one in theirs)
        ours += await tx.restoring.unlinked(account_id, conversation_id, after=after)
        by_app = [one for one in ours if one.message.source_app_id == app_id]
        unknown = await _unknown(tx, account_id, conversation_id, by_app) if by_app else []
        last = max((one.position for one in unknown), default=0)
        found += [one.event_key for one in theirs if one.position < last]
    return found


async def _unknown(
    tx: Tx, account_id: UserId, conversation_id: ConversationId, ours: Sequence[SentMessage]
) -> list[SentMessage]:
    """Leave out what the outbox has sent, and what it may have sent and does not know of yet."""
    ids = {one.message.message_id for one in ours}
    sends = await tx.restoring.sends(account_id, conversation_id, ids)
    unknown = [one for one in ours if one.message.message_id not in sends.known]
    for entry in sends.attempted:
        later = [one for one in unknown if one.position > entry.baseline]
        match = matching.match(entry, later)
        if match is not None:
            unknown.remove(match)
    return unknown
