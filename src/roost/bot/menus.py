"""Menus: the quick replies offered last, so that a typed answer can stand for a tap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from roost.bot.questions import OWN_METADATA
from roost.model import answers
from roost.model.decisions import Decision, Remember
from roost.model.memories import Scope
from roost.model.messages import Message, QuickReply

OFFERED = (Scope.CONVERSATION, "~menu")
"""Under which the quick replies offered last are remembered, of a conversation."""

_Offered = list[tuple[str, str | None]]


def packed(offered: Sequence[QuickReply]) -> bytes:
    """Pack what is offered, to be remembered; `b""` where nothing is.

    What a question offers is left out: it understands answers by itself, as long as it waits.
    """
    rows: _Offered = [
        (one.label, one.metadata)
        for one in offered
        if not (one.metadata or "").startswith(OWN_METADATA)
    ]
    return msgspec.msgpack.encode(rows) if rows else b""


def is_offer(decision: Decision) -> bool:
    """Tell whether a decision only remembers what is offered."""
    return isinstance(decision, Remember) and (decision.scope, decision.name) == OFFERED


def as_tap(message: Message, known: bytes) -> Message | None:
    """Give the tap that a typed message stands for; `None` where it stands for none.

    Args:
        message: What the customer wrote.
        known: What was offered last, packed.
    """
    if message.is_quick_reply or not known:
        return None
    rows = msgspec.msgpack.decode(known, type=_Offered)
    place = answers.chosen(message.text, [label for label, _ in rows])
    if place is None:
        return None
    return replace(message, chosen=rows[place][1], is_quick_reply=True)
