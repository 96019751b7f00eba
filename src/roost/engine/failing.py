"""What becomes of a conversation whose bot has failed, or was not heard."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from roost.model.budgets import SEND
from roost.model.outbound import Lane, OutboxEntry
from roost.ports import Tx
from roost.ports.remarks import Remark, RemarkKind


class OnError(StrEnum):
    """What becomes of a conversation whose bot failed."""

    HAND_OFF = "hand_off"
    KEEP = "keep"


async def leave_to_people(tx: Tx, entry: OutboxEntry, reason: str, *, at: datetime) -> bool:
    """Give the agents' queue a conversation whose bot was not heard; whether it had to.

    The bot waits for an answer to what the customer has not read, and would be silent for ever.
    What people wrote themselves they see, and a public reply is no part of the conversation.

    Args:
        tx: The transaction that sets the message aside.
        entry: The message.
        reason: Why it did not arrive, for people.
        at: When that was found.
    """
    if entry.lane is Lane.AGENT or entry.route != SEND:
        return False
    account_id, conversation_id = entry.account_id, entry.conversation_id
    row = await tx.conversations.whose(account_id, conversation_id)
    if row is None or row.control != "bot":
        return False
    said = f"a message of the bot did not arrive: {reason}"
    await tx.conversations.give_to_queue(account_id, conversation_id, epoch=row.epoch, reason=said)
    kind = RemarkKind.HANDED_OFF
    await tx.remarks.put(Remark(account_id, conversation_id, kind, None, said, at))
    await tx.changes.append(
        account_id,
        "handed_off",
        conversation_id=conversation_id,
        ref=str(entry.outbox_id),
        at=at,
    )
    return True
