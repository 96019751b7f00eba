"""What a page of a list says about a gap: how far a pass has come, when it ends, when all is found.

Pure. A pass lists from the newest message back to one that is older than the gap and was known
before; X's list may lag behind, so an outage is over only when a later pass finds nothing new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from roost.model.events import MessageReceived, MessageSent
from roost.ports import Gap, GapKind, KnownMessages
from roost.xapi.envelope import Page

LISTED_FOR = timedelta(days=30)
"""How far back X lists messages.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/sending-and-receiving/
api-reference/list-events (archived).
"""

CONFIRM_AFTER = timedelta(seconds=60)
"""From a gap's end, or from a pass that found something, to the pass that may close it."""

Listed = MessageReceived | MessageSent


@dataclass(frozen=True, slots=True)
class Findings:
    """What a page held.

    Attributes:
        messages: Every message on it.
        new: Those that were not stored.
        settled: Ids of those known for certain before the pass.
        next_cursor: Of the next page; `""` where this was the last.
    """

    messages: Sequence[Listed]
    new: Sequence[Listed]
    settled: frozenset[str]
    next_cursor: str


def messages_of(page: Page) -> list[Listed]:
    """Give the messages of a page, without what is none."""
    return [event for event in page.events if isinstance(event, MessageReceived | MessageSent)]


def findings(page: Page, known: KnownMessages) -> Findings:
    """Tell what is new on a page from what was there."""
    messages = messages_of(page)
    new = [one for one in messages if one.event_key not in known.stored]
    return Findings(messages, new, known.settled, page.next_cursor)


def advanced(gap: Gap, found: Findings, *, now: datetime) -> Gap:
    """Give the gap with a page counted, due at once for the next."""
    times = [one.at for one in found.messages]
    reached = [*times, *([gap.reached_at] if gap.reached_at else [])]
    return replace(
        gap,
        cursor=found.next_cursor,
        due_at=now,
        reached_at=min(reached) if reached else None,
        n_pages=gap.n_pages + 1,
        n_listed=gap.n_listed + len(found.messages),
        n_new=gap.n_new + len(found.new),
        n_new_in_pass=gap.n_new_in_pass + sum(one.at <= gap.ended_at for one in found.new),
        trouble="",
    )


def is_through(gap: Gap, found: Findings) -> bool:
    """Tell whether a pass has seen everything the gap may have hidden.

    A page's oldest message being older than the gap is not enough: what is known of the gap's
    beginning may be wrong, so the pass goes on until it meets a message older than that which was
    known before. History, and what a person asked for, has no such message.
    """
    if not found.next_cursor:
        return True
    older = [one for one in found.messages if one.at < gap.begun_at]
    if gap.kind in {GapKind.HISTORY, GapKind.ASKED}:
        return bool(older)
    return any(one.event_key in found.settled for one in older)


def may_close(gap: Gap, *, confirm_after: timedelta) -> bool:
    """Tell whether a pass that is through was the last one needed."""
    if gap.kind is not GapKind.OUTAGE:
        return True
    is_late = gap.pass_begun_at is not None and gap.pass_begun_at >= gap.ended_at + confirm_after
    return is_late and not gap.n_new_in_pass


def beyond_lists(gap: Gap, *, now: datetime) -> datetime | None:
    """Give the time before which the gap's messages cannot be listed any more, if it is in it."""
    horizon = now - LISTED_FOR
    is_lost = gap.kind is GapKind.OUTAGE and gap.begun_at < horizon
    return horizon if is_lost else None
