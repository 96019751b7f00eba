"""What a bot has said, and what X does not have when a person takes over, stays unsaid.

Whatever X surely does not have is taken out of the outbox with the take-over. What is in flight is
looked for as ever; where X does not have it, it is not sent again.
"""

from __future__ import annotations

from datetime import datetime

from roost.model import rendering
from roost.model.ids import ConversationId, UserId
from roost.model.messages import OutboundMessage
from roost.model.posts import PublicReply
from roost.model.rendering import X_V2_PLAIN
from roost.ports import Tx
from roost.ports.remarks import Remark, RemarkKind


async def stop(
    tx: Tx, account_id: UserId, conversation_id: ConversationId, *, at: datetime
) -> None:
    """Withhold what a bot has said in a conversation that somebody takes from it.

    What it says as it hands over goes on its way all the same: it tells of the people.
    """
    await tx.held.stop(account_id, conversation_id)
    await settle(tx, account_id, conversation_id, at=at)


async def settle(
    tx: Tx, account_id: UserId, conversation_id: ConversationId, *, at: datetime
) -> bool:
    """Withhold what is not to be sent any more, and X does not have; whether there was anything."""
    withdrawn = await tx.held.withdraw(account_id, conversation_id)
    for message in withdrawn:
        await keep(tx, account_id, conversation_id, message, ref="", at=at)
    return bool(withdrawn)


async def keep(
    tx: Tx,
    account_id: UserId,
    conversation_id: ConversationId,
    message: OutboundMessage | PublicReply,
    *,
    ref: str,
    at: datetime,
) -> None:
    """Keep what a bot wanted to say, for people to read where it would have stood.

    Args:
        tx: The transaction; it holds the conversation.
        account_id: Our account.
        conversation_id: Where.
        message: What it wanted to say.
        ref: What the change refers to; `""` for nothing in particular.
        at: When it was withheld.
    """
    if isinstance(message, PublicReply):
        text = f"{message.text}\n{message.link}".rstrip()
    else:
        text = rendering.render(message, X_V2_PLAIN).message.text
    await tx.remarks.put(Remark(account_id, conversation_id, RemarkKind.WITHHELD, None, text, at))
    await tx.changes.append(account_id, "withheld", conversation_id=conversation_id, ref=ref, at=at)
