"""What agents decide; it goes the same way as what bots decide."""

from __future__ import annotations

from datetime import datetime

from roost.engine import decisions
from roost.engine.decisions import AgentRequest, AgentTurn
from roost.errors import NoSuchConversation
from roost.model import capabilities
from roost.model.decisions import Reply
from roost.model.ids import ConversationId, UserId
from roost.model.messages import OutboundMessage
from roost.model.outbound import Addressee
from roost.ports import Tx


async def take_over(
    tx: Tx,
    account_id: UserId,
    conversation_id: ConversationId,
    *,
    by: AgentRequest,
    at: datetime,
) -> AgentTurn:
    """Give an agent a conversation; what its bot was still deciding comes to nothing.

    Args:
        tx: The transaction.
        account_id: Whose conversation.
        conversation_id: Which.
        by: Who takes it. Whoever has it already keeps it, and the epoch.
        at: When.

    Raises:
        NoSuchConversation: The account has no such conversation.
    """
    taken = await tx.conversations.take_over(account_id, conversation_id, by.agent_id)
    if taken is None:
        raise NoSuchConversation(account_id, conversation_id)
    await tx.changes.append(
        account_id, "taken_over", conversation_id=conversation_id, ref=by.agent_id, at=at
    )
    return AgentTurn(by, Addressee(account_id, conversation_id, taken.customer_id), taken.epoch)


async def reply(
    tx: Tx,
    account_id: UserId,
    conversation_id: ConversationId,
    message: OutboundMessage,
    *,
    by: AgentRequest,
    at: datetime,
) -> AgentTurn:
    """Let an agent answer, and with that take the conversation over.

    Args: as in `take_over`; `message` is what to send.

    Raises:
        InvalidMessage: X would not carry the message; nothing is changed.
        NoSuchConversation: The account has no such conversation.
    """
    capabilities.check(message, capabilities.X_V1)
    turn = await take_over(tx, account_id, conversation_id, by=by, at=at)
    await decisions.apply(tx, [Reply(message)], turn, at=at)
    return turn
