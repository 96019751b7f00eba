"""Decisions become rows: the one place where what a bot or an agent wants takes effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from roost.engine import marking, withholding
from roost.model.decisions import (
    Decision,
    HandOff,
    Marking,
    Reply,
    ReplyPublicly,
    Resolve,
    Signal,
)
from roost.model.ids import UserId
from roost.model.outbound import Addressee, Lane
from roost.model.people import PersonId
from roost.model.timers import CancelTimer, SetTimer
from roost.model.turns import Claim
from roost.ports import Tx
from roost.ports.remarks import Remark, RemarkKind


@dataclass(frozen=True, slots=True)
class AgentRequest:
    """What an agent has asked for.

    Attributes:
        agent_id: Who.
        trace_id: Follows the request through the system; 32 hexadecimal digits.
    """

    agent_id: PersonId
    trace_id: str


@dataclass(frozen=True, slots=True)
class AgentTurn:
    """An agent's right to decide in a conversation.

    Attributes:
        request: What it comes from.
        where: The conversation.
        epoch: Its ownership since the agent took over.
    """

    request: AgentRequest
    where: Addressee
    epoch: int

    @property
    def trace_id(self) -> str:
        """Of the request."""
        return self.request.trace_id


async def apply(
    tx: Tx, decisions: Sequence[Decision], by: Claim | AgentTurn, *, at: datetime
) -> None:
    """Apply decisions, in order, in one transaction.

    Args:
        tx: The transaction; it holds the conversation under the ownership of `by`.
        decisions: What was decided.
        by: Who decided, and under which ownership: a bot's turn or an agent. Agents' messages go
            before those of bots.
        at: When.
    """
    where, lane = _address(by), _lane(by, decisions)
    for decision in decisions:
        if isinstance(decision, Signal):
            continue  # shown once this is committed, see `roost.engine.signals`
        if isinstance(decision, Marking):
            kind = await marking.apply(tx, decision, where, _person(by), at=at)
        else:
            kind = await _apply(tx, decision, by, lane, at=at)
        await tx.changes.append(
            where.account_id, kind, conversation_id=where.conversation_id, ref=_ref(by), at=at
        )


async def withhold(tx: Tx, decisions: Sequence[Decision], by: Claim, *, at: datetime) -> None:
    """Keep what a bot wanted to say, for people to read; nothing of what it decided takes effect.

    Args:
        tx: The transaction; it holds the conversation, which somebody took over meanwhile.
        decisions: What was decided.
        by: Under which ownership.
        at: When it was decided.
    """
    where = _address(by)
    for decision in decisions:
        match decision:
            case Reply(message=message) | ReplyPublicly(reply=message):
                await withholding.keep(
                    tx, where.account_id, where.conversation_id, message, ref=_ref(by), at=at
                )
            case _:
                continue


async def _apply(
    tx: Tx,
    decision: Reply | ReplyPublicly | HandOff | Resolve | SetTimer | CancelTimer,
    by: Claim | AgentTurn,
    lane: Lane,
    *,
    at: datetime,
) -> str:
    """Apply what changes more than a mark; give the kind of the change."""
    where = _address(by)
    match decision:
        case Reply(message=message) | ReplyPublicly(reply=message):
            await tx.outbox.put(
                where, message, lane=lane, trace_id=by.trace_id, at=at, by=_person(by)
            )
            return "outbox_queued"
        case HandOff(reason=reason, team=team):
            if team:
                await tx.tags.put(where, team, at=at)
            await _hand_off(tx, by, reason, at=at)
            return "handed_off"
        case Resolve():
            return await _resolve(tx, by, at=at)
        case SetTimer(name=name, data=data):
            due_at = decision.due(now=at)
            await tx.timers.set(where, name, due_at=due_at, data=data, trace_id=by.trace_id)
            await tx.timers.overtake(where, name, reason="set again", sparing=_under_way(by))
            return "timer_set"
        case CancelTimer(name=name):
            if not await tx.timers.cancel(where, name):
                await tx.timers.overtake(where, name, reason="cancelled", sparing=_under_way(by))
            return "timer_cancelled"
        case _ as unreachable:
            assert_never(unreachable)


def _under_way(by: Claim | AgentTurn) -> Sequence[str]:
    """Give the keys of the events whose handling decides this: they are settled with it."""
    return () if isinstance(by, AgentTurn) else [one.event_key for one in by.turn.events]


def _address(by: Claim | AgentTurn) -> Addressee:
    if isinstance(by, AgentTurn):
        return by.where
    turn = by.turn
    return Addressee(turn.account_id, turn.conversation_id, UserId(turn.customer.user_id))


def _lane(by: Claim | AgentTurn, decisions: Sequence[Decision]) -> Lane:
    """Tell how urgent messages are: with a hand-off, that people will answer is news itself."""
    if isinstance(by, AgentTurn):
        return Lane.AGENT
    return Lane.NOTICE if any(isinstance(one, HandOff) for one in decisions) else Lane.BOT


async def _hand_off(tx: Tx, by: Claim | AgentTurn, reason: str, *, at: datetime) -> None:
    where = _address(by)
    if isinstance(by, AgentTurn):
        await tx.conversations.give_to_queue(
            where.account_id, where.conversation_id, epoch=by.epoch, reason=reason
        )
    else:
        await tx.conversations.hand_off(by, reason=reason, at=at)
    await tx.remarks.put(
        Remark(
            where.account_id,
            where.conversation_id,
            RemarkKind.HANDED_OFF,
            _person(by),
            reason,
            at,
        )
    )


async def _resolve(tx: Tx, by: Claim | AgentTurn, *, at: datetime) -> str:
    where = _address(by)
    if isinstance(by, AgentTurn):
        await tx.conversations.resolve(where.account_id, where.conversation_id)
    elif by.has_more:
        return "went_on"
    else:
        await tx.conversations.resolve_turn(by)
    await tx.memories.forget(where.account_id, where.conversation_id)
    kind = RemarkKind.RESOLVED
    await tx.remarks.put(Remark(where.account_id, where.conversation_id, kind, _person(by), "", at))
    return "resolved"


def _person(by: Claim | AgentTurn) -> PersonId | None:
    return by.request.agent_id if isinstance(by, AgentTurn) else None


def _ref(by: Claim | AgentTurn) -> str:
    return by.request.agent_id if isinstance(by, AgentTurn) else by.turn.events[-1].event_key
