"""Menus: the quick replies offered last, so that a typed answer can stand for a tap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
from typing_extensions import TypeIs

from roost.bot.questions import OWN_METADATA
from roost.model import answers
from roost.model.decisions import Decision, Remember
from roost.model.events import MessageReceived
from roost.model.memories import Scope
from roost.model.messages import Message, QuickReply

OFFERED = (Scope.CONVERSATION, "~menu")
"""Under which the quick replies offered last are remembered, of a conversation."""

MEANT_FOR = timedelta(days=30)
"""How long a typed answer can mean what was offered last: X gives no older messages to anybody.

A tap on it counts for ever.

Source: https://docs.x.com/x-api/direct-messages/lookup/introduction (docs of 2026-08-22)
"""

_Rows = list[tuple[str, str | None]]


class _Menu(msgspec.Struct, array_like=True):
    """What is remembered: the options' labels and metadata, and when they were offered."""

    rows: _Rows
    at: datetime | None = None


def news(offered: Sequence[QuickReply], before: bytes) -> Sequence[Remember]:
    """Give what is to be remembered of an offer; nothing where it was offered last time too.

    What a question offers is left out: it understands answers by itself, as long as it waits.

    Args:
        offered: With a message.
        before: What is remembered, `b""` for nothing.
    """
    rows: _Rows = [
        (one.label, one.metadata)
        for one in offered
        if not (one.metadata or "").startswith(OWN_METADATA)
    ]
    if rows == (_unpacked(before).rows if before else []):
        return []
    return [Remember(*OFFERED, msgspec.msgpack.encode(_Menu(rows)) if rows else b"")]


def of(offered: Sequence[QuickReply]) -> bytes:
    """Give what is known of an offer that was not made with a message of the bot's."""
    return msgspec.msgpack.encode(_Menu([(one.label, one.metadata) for one in offered]))


def offered_at(decision: Remember, at: datetime) -> Remember:
    """Say in a decision that remembers an offer when it was made."""
    if not decision.value:
        return decision
    menu = msgspec.structs.replace(_unpacked(decision.value), at=at)
    return replace(decision, value=msgspec.msgpack.encode(menu))


def is_offer(decision: Decision) -> TypeIs[Remember]:
    """Tell whether a decision only remembers what is offered."""
    return isinstance(decision, Remember) and (decision.scope, decision.name) == OFFERED


def as_tap(event: MessageReceived, known: bytes) -> Message | None:
    """Give the tap that a typed message stands for; `None` where it stands for none.

    It has the label as its text, as a tap has.

    Args:
        event: What the customer wrote. What was written before the offer cannot mean it.
        known: What was offered last.
    """
    rows = _rows_for(event, known)
    place = answers.chosen(event.message.text, [label for label, _ in rows])
    if place is None:
        return None
    label, metadata = rows[place]
    return replace(event.message, text=label, chosen=metadata, is_quick_reply=True)


def is_label(event: MessageReceived, known: bytes) -> bool:
    """Tell whether a typed message is one of the labels, as a whole; arguments as in `as_tap`."""
    return (
        answers.named(event.message.text, [label for label, _ in _rows_for(event, known)])
        is not None
    )


def labels(known: bytes) -> Sequence[str]:
    """Give the labels of what was offered last."""
    return [label for label, _ in _unpacked(known).rows] if known else []


def _rows_for(event: MessageReceived, known: bytes) -> _Rows:
    if event.message.is_quick_reply or not known:
        return []
    menu = _unpacked(known)
    if menu.at is not None and not menu.at <= event.at <= menu.at + MEANT_FOR:
        return []
    return menu.rows


def _unpacked(known: bytes) -> _Menu:
    return msgspec.msgpack.decode(known, type=_Menu)
