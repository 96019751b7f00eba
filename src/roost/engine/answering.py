"""What agents do to a conversation: take it over, answer, put aside, resolve, hand it back.

Agents do not take a turn's lease. Taking over raises the epoch, so whatever a bot decides about the
conversation from then on is dropped. What it has decided before, and X does not have, is withheld.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from roost.engine import decisions, withholding
from roost.engine.decisions import AgentRequest, AgentTurn
from roost.errors import NewerMessages, NoBot, NoConversation, NotSetAside
from roost.model.decisions import Reply
from roost.model.ids import ConversationId, UserId
from roost.model.messages import OutboundMessage
from roost.model.outbound import Addressee
from roost.model.people import PersonId
from roost.model.timers import HANDED_BACK
from roost.ports import ControlRow, Tx
from roost.ports.remarks import Remark, RemarkKind


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody does something in a conversation.

    Attributes:
        account_id: Our account.
        conversation_id: Where.
        person_id: Who.
        trace_id: Follows what comes of it through the system; 32 hexadecimal digits.
        at: When.
    """

    account_id: UserId
    conversation_id: ConversationId
    person_id: PersonId
    trace_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Command:
    """Somebody does something in a conversation from the command line, which knows no names.

    Attributes:
        account_id: Our account.
        conversation_id: Where.
        at: When.
    """

    account_id: UserId
    conversation_id: ConversationId
    at: datetime

    @property
    def person_id(self) -> PersonId | None:
        """Nobody who is known."""
        return None

    @property
    def trace_id(self) -> str:
        """Nothing led here that could be followed."""
        return ""


async def take_over(tx: Tx, act: Act) -> None:
    """Give a conversation to the person; nothing changes where they have it already.

    Raises:
        NoConversation: There is no such conversation.
    """
    await _take(tx, act, await _held(tx, act))


async def reply(
    tx: Tx,
    act: Act,
    message: OutboundMessage,
    *,
    after: int | None = None,
    hold: timedelta = timedelta(0),
) -> None:
    """Queue a message of the person's. Whoever answers a conversation no agent has, has it then.

    Args:
        tx: The transaction.
        act: Who, where and when.
        message: Already checked against the account's capabilities.
        after: Position of the last message the person has seen; `None` where they do not mind
            what has been written since.
        hold: For how long the message is kept from X, so that it can be taken back.

    Raises:
        NoConversation: There is no such conversation.
        NewerMessages: The customer, or somebody else of us, has written since.
    """
    row = await _held(tx, act)
    if after is not None and await tx.messages.is_newer(
        act.account_id, act.conversation_id, after=after, than_by=act.person_id
    ):
        raise NewerMessages(act.conversation_id)
    if row.control != "agent":
        await _take(tx, act, row)
        row = await _held(tx, act)
    request = AgentRequest(act.person_id, act.trace_id)
    where = Addressee(act.account_id, act.conversation_id, row.customer_id)
    await decisions.apply(tx, [Reply(message)], AgentTurn(request, where, row.epoch), at=act.at)
    if hold > timedelta(0):
        await tx.held.hold_last(where, act.at + hold)


async def take_back(tx: Tx, act: Act, outbox_id: int) -> OutboundMessage:
    """Take back a message of the person's that X does not have; give what was to be sent.

    A conversation that has been resolved is open again, and theirs: its customer has no answer.

    Raises:
        NoConversation: There is no such conversation.
        NotSetAside: X may have it, or it is none of theirs here.
    """
    place = act.account_id, act.conversation_id
    message = await tx.held.take_back(*place, outbox_id, act.person_id)
    if message is None:
        raise NotSetAside(
            act.account_id, outbox_id, "it is no message of yours that still waits, or was refused"
        )
    if (await _held(tx, act)).control == "nobody":
        await tx.conversations.take_over(*place, act.person_id, is_unanswered=True)
        await _remark(tx, act, RemarkKind.REOPENED)
        await _announce(tx, act, "reopened")
    await _announce(tx, act, "outbox_dropped")
    return message


async def note(tx: Tx, act: Act, text: str) -> None:
    """Leave a note for colleagues.

    Raises:
        NoConversation: There is no such conversation.
    """
    await _held(tx, act)
    await _remark(tx, act, RemarkKind.NOTE, text)
    await _announce(tx, act, "noted")


async def assign(tx: Tx, act: Act, person_id: PersonId) -> None:
    """Give a conversation to somebody who serves the account; nothing where they have it.

    Raises:
        NoConversation: There is no such conversation.
    """
    row = await _held(tx, act)
    if row.control == "agent" and row.controller_id == person_id:
        return
    await tx.conversations.take_over(act.account_id, act.conversation_id, person_id)
    await _remark(tx, act, RemarkKind.ASSIGNED, person_id)
    await _silence(tx, act)
    await _announce(tx, act, "assigned")


async def unassign(tx: Tx, act: Act) -> None:
    """Let a conversation wait for anybody; nothing changes where it does.

    Raises:
        NoConversation: There is no such conversation.
    """
    row = await _held(tx, act)
    if row.control != "queue":
        await tx.conversations.give_to_queue(
            act.account_id, act.conversation_id, epoch=row.epoch, reason=""
        )
        await _remark(tx, act, RemarkKind.UNASSIGNED)
        await _silence(tx, act)
        await _announce(tx, act, "unassigned")


async def give_up(tx: Tx, person_id: PersonId, *, by: PersonId, at: datetime) -> None:
    """Let a person's conversations wait for anybody where the person may not answer them any more.

    Args:
        tx: The transaction that has changed what they may.
        person_id: Whose.
        by: Who has changed it.
        at: When.
    """
    for account_id, conversation_id in await tx.people.give_up(person_id):
        act = Act(account_id, conversation_id, by, "", at)
        await _remark(tx, act, RemarkKind.UNASSIGNED)
        await _announce(tx, act, "unassigned")


async def snooze(tx: Tx, act: Act, until: datetime | None) -> None:
    """Put a conversation aside; whoever does has it. A message of the customer brings it back.

    Args:
        tx: The transaction.
        act: Who, where and when.
        until: When it comes back in any case; `None` for never.

    Raises:
        NoConversation: There is no such conversation.
    """
    await _take(tx, act, await _held(tx, act))
    await tx.conversations.snooze(act.account_id, act.conversation_id, until)
    await _remark(tx, act, RemarkKind.SNOOZED, "" if until is None else until.isoformat())
    await _announce(tx, act, "snoozed")


async def wake(
    tx: Tx, account_id: UserId, conversation_id: ConversationId, *, at: datetime
) -> bool:
    """Bring back a conversation whose time has come; false where it has not, or is back."""
    if not await tx.conversations.wake(account_id, conversation_id, at):
        return False
    act = Command(account_id, conversation_id, at)
    await _remark(tx, act, RemarkKind.WOKEN)
    await _announce(tx, act, "woken")
    return True


async def unsnooze(tx: Tx, act: Act) -> None:
    """Bring a conversation back before its time; nothing changes where it is not snoozed.

    Raises:
        NoConversation: There is no such conversation.
    """
    await _held(tx, act)
    if await tx.conversations.wake(act.account_id, act.conversation_id, None):
        await _remark(tx, act, RemarkKind.WOKEN)
        await _announce(tx, act, "woken")


async def mark_unread(tx: Tx, act: Act) -> None:
    """Have a conversation looked at again; nothing changes where it is marked already.

    Raises:
        NoConversation: There is no such conversation.
    """
    await _held(tx, act)
    if await tx.conversations.mark(act.account_id, act.conversation_id, is_read=False):
        await _announce(tx, act, "unread")


async def reopen(tx: Tx, act: Act) -> None:
    """Have a conversation again that was resolved; nothing changes where it was not.

    Raises:
        NoConversation: There is no such conversation.
    """
    row = await _held(tx, act)
    if row.control == "nobody":
        await tx.conversations.take_over(act.account_id, act.conversation_id, act.person_id)
        await _remark(tx, act, RemarkKind.REOPENED)
        await _silence(tx, act)
        await _announce(tx, act, "reopened")


async def tag(
    tx: Tx, act: Act, tags: Sequence[str], *, before: Sequence[str] | None = None
) -> None:
    """Have a conversation carry these tags.

    Args:
        tx: The transaction.
        act: Who, where and when.
        tags: As they are to be.
        before: As the person saw them: what others have changed since stays as they made it. `None`
            where exactly `tags` are wanted, whatever there is.

    Raises:
        NoConversation: There is no such conversation.
    """
    row = await _held(tx, act)
    where = Addressee(act.account_id, act.conversation_id, row.customer_id)
    found, wanted = set(await tx.tags.of(where)), set(tags)
    seen = found if before is None else set(before)
    for name in sorted((seen - wanted) & found):
        await tx.tags.remove(where, name)
    for name in sorted(wanted - seen - found):
        await tx.tags.put(where, name, at=act.at)
    await _announce(tx, act, "tagged")


async def resolve(tx: Tx, act: Act) -> None:
    """Be done with a conversation until the customer writes again.

    Raises:
        NoConversation: There is no such conversation.
    """
    row = await _held(tx, act)
    if row.control != "nobody":
        await tx.conversations.resolve(act.account_id, act.conversation_id)
        await tx.memories.forget(act.account_id, act.conversation_id)
        await _remark(tx, act, RemarkKind.RESOLVED)
        await _silence(tx, act)
        await _announce(tx, act, "resolved")


async def hand_back(tx: Tx, act: Act | Command) -> None:
    """Give a conversation back to the account's bot; nothing changes where it has it already.

    The bot is told, by the timer `HANDED_BACK`.

    Raises:
        NoConversation: There is no such conversation.
        NoBot: Only people answer for this account.
    """
    row = await _held(tx, act)
    if not row.bot:
        raise NoBot(act.account_id)
    if row.control != "bot":
        await tx.conversations.hand_back(act.account_id, act.conversation_id)
        where = Addressee(act.account_id, act.conversation_id, row.customer_id)
        await tx.timers.set(where, HANDED_BACK, due_at=act.at, data="", trace_id=act.trace_id)
        await _remark(tx, act, RemarkKind.HANDED_BACK)
        await _announce(tx, act, "handed_back")


async def _held(tx: Tx, act: Act | Command) -> ControlRow:
    row = await tx.conversations.whose(act.account_id, act.conversation_id)
    if row is None:
        raise NoConversation(act.account_id, act.conversation_id)
    return row


async def _take(tx: Tx, act: Act, row: ControlRow) -> None:
    if row.control == "agent" and row.controller_id == act.person_id:
        return
    await tx.conversations.take_over(act.account_id, act.conversation_id, act.person_id)
    await _remark(tx, act, RemarkKind.TAKEN_OVER)
    await _silence(tx, act)
    await _announce(tx, act, "taken_over")


async def _silence(tx: Tx, act: Act) -> None:
    """Withhold what a bot has said here that X does not have: a person decides from now on."""
    await withholding.stop(tx, act.account_id, act.conversation_id, at=act.at)


async def _remark(tx: Tx, act: Act | Command, kind: RemarkKind, text: str = "") -> None:
    await tx.remarks.put(
        Remark(act.account_id, act.conversation_id, kind, act.person_id, text, act.at)
    )


async def _announce(tx: Tx, act: Act | Command, kind: str) -> None:
    await tx.changes.append(
        act.account_id,
        kind,
        conversation_id=act.conversation_id,
        ref=act.person_id or "",
        at=act.at,
    )
