"""From what is stored to what the API says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, cast

from roost.desk import cursors, wire
from roost.model.messages import Button, Message, OutboundMessage, QuickReply
from roost.ports.composing import Voice
from roost.ports.desk import Line, Outgoing, Summary, Transcript


def conversation(summary: Summary) -> wire.Conversation:
    """Say what lists show."""
    customer = summary.customer
    return wire.Conversation(
        account_id=summary.account_id,
        conversation_id=summary.conversation_id,
        customer=wire.Customer(
            user_id=customer.user_id, screen_name=customer.screen_name, name=customer.name
        ),
        control=cast("wire.Control", summary.control),
        controller_id=summary.controller_id,
        control_reason=summary.control_reason,
        last_at=summary.last_at,
        last_direction=cast("wire.Direction", summary.last_direction),
        preview=summary.preview,
        unread=summary.unread,
        waiting_since=summary.waiting_since,
        is_snoozed=summary.is_snoozed,
        snoozed_until=summary.snoozed_until,
        tags=summary.tags,
        seen_position=None if summary.seen_position is None else str(summary.seen_position),
        dialog=summary.dialog,
        dialog_step=summary.dialog_step,
        last_speaker=cast("wire.LastSpeaker", summary.last_speaker or ""),
        last_person_id=summary.last_person_id,
        is_marked_unread=summary.is_marked_unread,
    )


def transcript(found: Transcript, voices: Iterable[Voice] = ()) -> wire.Transcript:
    """Say what a thread shows, and under which names people speak there."""
    names = {one.profile_id: one.name for one in voices}
    return wire.Transcript(
        lines=[_line(one) for one in found.lines],
        remarks=[
            wire.Remark(kind=one.kind, person_id=one.person_id, text=one.text, at=one.at)
            for one in found.remarks
        ],
        outgoing=[_outgoing(one) for one in found.outgoing],
        profiles=[
            wire.ProfileName(profile_id=profile_id, name=name) for profile_id, name in names.items()
        ],
        before=cursors.write(found.before),
    )


def _line(line: Line) -> wire.Line:
    message = line.message
    return wire.Line(
        text=message.text,
        quick_replies=options(message),
        buttons=links(message),
        attachment=cast("wire.Attachment", line.attachment),
        message_id=message.message_id,
        position=str(line.position),
        at=line.at,
        speaker=line.speaker,
        person_id=line.person_id,
        is_quick_reply=message.is_quick_reply,
        chosen=message.chosen,
        profile_id=line.profile_id,
    )


def _outgoing(entry: Outgoing) -> wire.Outgoing:
    return wire.Outgoing(
        text=entry.message.text,
        attachment=cast("wire.Attachment", entry.attachment),
        media_id=entry.message.media_id,
        profile_id=entry.message.custom_profile_id,
        quick_replies=options(entry.message),
        buttons=links(entry.message),
        outbox_id=str(entry.outbox_id),
        state=cast("wire.OutgoingState", entry.state),
        reason=entry.reason,
        attempts=entry.attempts,
        due_at=entry.due_at,
        created_at=entry.created_at,
        person_id=entry.person_id,
    )


def options(message: Message | OutboundMessage) -> list[wire.Option]:
    """Say what a message offers to tap."""
    return [
        wire.Option(label=one.label, metadata=one.metadata, description=one.description)
        for one in message.quick_replies
    ]


def links(message: Message | OutboundMessage) -> list[wire.Link]:
    """Say which buttons a message has."""
    return [wire.Link(label=one.label, url=one.url) for one in message.buttons]


class Written(Protocol):
    """What people write: a reply, or a welcome message."""

    @property
    def text(self) -> str:
        """Its text."""
        ...

    @property
    def quick_replies(self) -> Sequence[wire.Option]:
        """Answers to tap."""
        ...

    @property
    def buttons(self) -> Sequence[wire.Link]:
        """Links under it."""
        ...

    @property
    def media_id(self) -> str:
        """What hangs on it; `""` for nothing."""
        ...


def outbound(data: Written, profile_id: str = "") -> OutboundMessage:
    """Give what somebody has written as X is sent it.

    Args:
        data: As it was written; nothing of it is checked.
        profile_id: The custom profile it goes under; `""` for none.
    """
    return OutboundMessage(
        data.text,
        tuple(QuickReply(one.label, one.metadata, one.description) for one in data.quick_replies),
        tuple(Button(one.label, one.url) for one in data.buttons),
        media_id=data.media_id,
        custom_profile_id=profile_id,
    )
