"""Stored events find their place: the transcript, the ready queue, an uncertain send's proof."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from roost.engine import opting, reconcile
from roost.engine.opting import OptOuts
from roost.model.activities import MessagesRead, PostDeleted, Posted, TypingStarted
from roost.model.events import (
    KINDS,
    Activity,
    MessageReceived,
    MessageSent,
    TimerFired,
    TurnEvent,
    Unrecognised,
)
from roost.model.ids import ConversationId, UserId, conversation_between
from roost.ports import Arrival, EventRow, Filed, NewChange, Tx

Wanted = Mapping[str, Container[str]]
"""Which kinds of activities bots have handlers for, by the bot's name."""

NOTHING: Wanted = MappingProxyType({})
"""No bot has handlers for any."""


NO_WORDS: OptOuts = MappingProxyType({})
"""No bot has said which words it heeds."""


async def file_new(
    tx: Tx, *, limit: int, wanted: Wanted = NOTHING, opt_outs: OptOuts = NO_WORDS
) -> int:
    """File what intake has stored, oldest receipt first; how many events there were.

    Args:
        tx: The transaction all of it happens in.
        limit: Most events filed at once.
        wanted: Which activities are to be given to bots; the others are only kept.
        opt_outs: What bots heed even while people have the conversation.
    """
    rows = await tx.events.unfiled(limit)
    if rows:
        outcome = _Outcome(wanted)
        arrived: list[tuple[Arrival, EventRow]] = []
        for row in rows:
            match row.event:
                case MessageReceived() | MessageSent() as event:
                    arrived.append((Arrival(event, row.is_history), row))
                case _ as event:
                    await _judge_messages(tx, arrived, outcome)
                    arrived.clear()
                    await _judge(tx, event, row, outcome)
        await _judge_messages(tx, arrived, outcome)
        await _heed(tx, outcome, opt_outs)
        await _write(tx, outcome)
    return len(rows)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What follows from the events of one round, written together: a statement for each list."""

    wanted: Wanted
    messages: list[MessageReceived | MessageSent] = field(
        default_factory=list[MessageReceived | MessageSent]
    )
    echoes: list[MessageSent] = field(default_factory=list[MessageSent])
    posts: list[Posted] = field(default_factory=list[Posted])
    filed: list[Filed] = field(default_factory=list[Filed])
    ready: dict[tuple[UserId, ConversationId], datetime] = field(
        default_factory=dict[tuple[UserId, ConversationId], datetime]
    )
    changes: list[NewChange] = field(default_factory=list[NewChange])
    unasked: list[tuple[MessageReceived, EventRow]] = field(
        default_factory=list[tuple[MessageReceived, EventRow]]
    )

    def make_ready(self, event: TurnEvent, row: EventRow) -> None:
        """Note that a conversation waits for a turn, since the first of its events came."""
        self.ready.setdefault((event.account_id, event.conversation_id), row.received_at)

    def announce(self, event: TurnEvent | MessageSent, row: EventRow, kind: str) -> None:
        """Note what live pages are to be told."""
        self.changes.append(
            NewChange(
                event.account_id, kind, event.conversation_id, event.event_key, row.received_at
            )
        )


async def _judge_messages(
    tx: Tx, arrived: Sequence[tuple[Arrival, EventRow]], outcome: _Outcome
) -> None:
    """Judge messages between which nothing else has happened."""
    controls = await tx.conversations.touch_all([arrival for arrival, _ in arrived])
    for (arrival, row), control in zip(arrived, controls, strict=True):
        event = arrival.event
        outcome.messages.append(event)
        if isinstance(event, MessageReceived):
            _judge_received(event, row, control, outcome)
        else:
            outcome.echoes.append(event)
            outcome.filed.append(Filed(event, "done", "echo"))
            outcome.announce(event, row, "message_sent")


async def _judge(
    tx: Tx, event: TimerFired | Activity | Unrecognised, row: EventRow, outcome: _Outcome
) -> None:
    match event:
        case TimerFired():
            await _judge_timer(tx, event, row, outcome)
        case Posted():
            outcome.posts.append(event)
            await _judge_activity(tx, event, row, outcome)
        case Unrecognised():
            outcome.filed.append(Filed(event, "ignored", "unrecognised"))
        case _:
            await _judge_activity(tx, event, row, outcome)


async def _judge_activity(tx: Tx, event: Activity, row: EventRow, outcome: _Outcome) -> None:
    await _erase_deleted(tx, event)
    kind = KINDS[type(event)]
    if await _is_wanted(tx, event, kind, outcome.wanted):
        control = await tx.acquaintances.meet(event)
        if control == "bot":
            outcome.filed.append(Filed(event, "pending"))
            outcome.make_ready(event, row)
        else:
            outcome.filed.append(Filed(event, "done", f"controlled by {control}"))
    else:
        outcome.filed.append(Filed(event, "done", "no handler"))
    if isinstance(event, (TypingStarted, MessagesRead)) and await tx.conversations.control_of(
        event.account_id, event.conversation_id
    ):
        if isinstance(event, MessagesRead):
            await tx.acquaintances.see(event)
        outcome.announce(event, row, kind)


async def _erase_deleted(tx: Tx, event: Activity) -> None:
    """Erase a Post that its author has deleted, whichever of the two X told first."""
    if isinstance(event, PostDeleted):
        await tx.erasure.erase_post(event.account_id, event.event_key)
    for post_id in await tx.erasure.note_copies(event):
        if await tx.erasure.is_deleted(event.account_id, post_id):
            await tx.erasure.erase_post(event.account_id, post_id)


async def _is_wanted(tx: Tx, event: Activity, kind: str, wanted: Wanted) -> bool:
    """Tell whether the account's bot handles such activities; most bots handle none."""
    if not any(kind in kinds for kinds in wanted.values()):
        return False
    bot = await tx.acquaintances.bot_of(event.account_id)
    return kind in wanted.get(bot, ())


def _judge_received(event: MessageReceived, row: EventRow, control: str, outcome: _Outcome) -> None:
    if row.is_history:
        outcome.filed.append(Filed(event, "done", "history"))
        outcome.unasked.append((event, row))
        outcome.announce(event, row, "message_found")
        return
    if control == "bot":
        outcome.filed.append(Filed(event, "pending"))
        outcome.make_ready(event, row)
    else:
        outcome.filed.append(Filed(event, "done", f"controlled by {control}"))
        outcome.unasked.append((event, row))
    outcome.announce(event, row, "message_received")


async def _judge_timer(tx: Tx, event: TimerFired, row: EventRow, outcome: _Outcome) -> None:
    """Queue a timer for the bot; while people control the conversation it is dropped, and said so.

    What a bot wanted to be woken for has been overtaken once a person has answered in its place,
    or once the bot has set the timer again.
    """
    control = await tx.conversations.control_of(event.account_id, event.conversation_id)
    match control:
        case None:
            outcome.filed.append(Filed(event, "ignored", "no such conversation"))
        case "bot" if await tx.timers.is_replaced(event):
            outcome.filed.append(Filed(event, "ignored", "set again"))
        case "bot":
            outcome.filed.append(Filed(event, "pending"))
            outcome.make_ready(event, row)
            outcome.announce(event, row, "timer_fired")
        case _:
            outcome.filed.append(Filed(event, "done", f"controlled by {control}"))
            outcome.announce(event, row, "timer_dropped")


async def _heed(tx: Tx, outcome: _Outcome, opt_outs: OptOuts) -> None:
    """Remember at once who wants no more of the bot, though the bot is not asked.

    People may have the conversation, or the message was answered by a database that is no more. To
    whom a customer wrote before their account was connected is not known, so that is not heeded.
    """
    connected_at: dict[UserId, datetime | None] = {}
    for event, row in sorted(outcome.unasked, key=lambda one: one[0].position):
        if row.is_history and event.account_id not in connected_at:
            seen = await tx.gaps.last_seen(event.account_id)
            connected_at[event.account_id] = seen and seen.connected_at
        since = connected_at.get(event.account_id)
        if row.is_history and since is not None and event.at < since:
            continue
        if await opting.heed(tx, [event], opt_outs, at=row.received_at):
            outcome.announce(event, row, "remembered")


async def _write(tx: Tx, outcome: _Outcome) -> None:
    await tx.messages.put_all(outcome.messages)
    for proof in (*outcome.echoes, *outcome.posts):
        for entry in await tx.outbox.uncertain((proof.account_id, _spoken_in(proof))):
            await reconcile.settle_if_known(tx, entry)
    await tx.events.file_all(outcome.filed)
    await tx.conversations.make_ready(
        [
            (account_id, conversation_id, since)
            for (account_id, conversation_id), since in outcome.ready.items()
        ]
    )
    await tx.changes.append_all(outcome.changes)


def _spoken_in(proof: MessageSent | Posted) -> ConversationId:
    """Give the conversation whose outbox a message of ours, or a Post, may have come from."""
    answered = proof.post.in_reply_to if isinstance(proof, Posted) else None
    if answered is None or not answered.author_id:
        return proof.conversation_id
    return conversation_between(proof.account_id, UserId(answered.author_id))
