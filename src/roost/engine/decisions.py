"""Decisions become rows: the one place where what a bot or an agent wants takes effect."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from roost.model.decisions import Decision, HandOff, Reply
from roost.model.timers import CancelTimer, SetTimer
from roost.model.turns import Claim
from roost.ports import Tx
from roost.ports.remarks import Remark, RemarkKind


async def apply(tx: Tx, decisions: Sequence[Decision], claim: Claim, *, at: datetime) -> None:
    """Apply decisions, in order, in one transaction.

    Args:
        tx: The transaction; it holds the claim's conversation.
        decisions: What was decided under the claim.
        claim: Whose conversation it is, and under which ownership it was decided.
        at: When.
    """
    for decision in decisions:
        match decision:
            case Reply(message=message):
                await tx.outbox.put(claim, message, trace_id=claim.trace_id, at=at)
                kind = "outbox_queued"
            case HandOff(reason=reason):
                await tx.conversations.hand_off(claim, reason=reason)
                turn = claim.turn
                await tx.remarks.put(
                    Remark(
                        turn.account_id,
                        turn.conversation_id,
                        RemarkKind.HANDED_OFF,
                        None,
                        reason,
                        at,
                    )
                )
                kind = "handed_off"
            case SetTimer(name=name, data=data):
                await tx.timers.set(claim, name, due_at=decision.due(now=at), data=data)
                kind = "timer_set"
            case CancelTimer(name=name):
                await tx.timers.cancel(claim, name)
                kind = "timer_cancelled"
            case _ as unreachable:
                assert_never(unreachable)
        await tx.changes.append(
            claim.turn.account_id,
            kind,
            conversation_id=claim.turn.conversation_id,
            ref=claim.turn.events[-1].event_key,
            at=at,
        )
