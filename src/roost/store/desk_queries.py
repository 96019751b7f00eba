"""What the desk reads, on any database."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice

import msgspec

from roost.model.ids import ConversationId, UserId
from roost.model.messages import OutboundMessage, Profile
from roost.model.people import PersonId
from roost.model.posts import PublicReply
from roost.ports.desk import (
    COUNTED_TO,
    Line,
    LineKey,
    Outgoing,
    Page,
    PageKey,
    Speaker,
    Summary,
    Transcript,
    View,
)
from roost.ports.remarks import Remark, RemarkKind
from roost.store import desk_statements as sql
from roost.store import encoding, merging
from roost.store.conversation_rows import UNTIL_A_MESSAGE, WAITS_BELOW
from roost.store.desk_statements import LineRow, OutgoingRow, SummaryRow
from roost.store.mark_statements import TAGS_IN_USE
from roost.store.merging import Bound
from roost.store.statements import Parameters, Reading

REMARKS_AT_ONCE = 500
OUTGOING_AT_ONCE = 100
"""Most of them with one page of messages."""

_HIGHEST = 2**63 - 1
_NOTHING = OutboundMessage("")
_LISTS = {
    View.MINE: sql.MINE,
    View.UNASSIGNED: sql.UNASSIGNED,
    View.BOT: sql.BOT,
    View.SNOOZED: sql.SNOOZED,
    View.RESOLVED: sql.RESOLVED,
    View.TAGGED: sql.TAGGED,
    View.ALL: sql.LATEST,
}

_COUNTED = (
    View.MINE,
    View.UNASSIGNED,
    View.BOT,
    View.SNOOZED,
    View.RESOLVED,
    View.ALL,
)
"""In the order of the columns of `COUNTS`."""


class StoredDesk:
    """`roost.ports.desk.DeskLookup` on any database."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def page(
        self,
        accounts: Sequence[UserId],
        view: View,
        person_id: PersonId,
        *,
        tag: str = "",
        after: PageKey | None,
        limit: int,
    ) -> Page:
        """Give up to `limit` conversations of some accounts."""
        listed = _LISTS[view]
        parts = await merging.parts(
            self._reading,
            listed,
            [_bound(account, after, is_latest=listed.is_descending) for account in accounts],
            rows=limit + 1,
            person=person_id,
            tag=tag,
        )
        rows = list(
            islice(heapq.merge(*parts, key=_place, reverse=listed.is_descending), limit + 1)
        )
        page = rows[:limit]
        if len(rows) == len(page):
            return Page([_summary(row) for row in page], None)
        number, account, conversation = _place(page[-1])
        after = PageKey(number, UserId(account), ConversationId(conversation))
        return Page([_summary(row) for row in page], after)

    async def counts(self, accounts: Sequence[UserId], person_id: PersonId) -> Mapping[View, int]:
        """Count each view's conversations, up to `COUNTED_TO`."""
        totals = dict.fromkeys(View, 0)
        for account in accounts:
            left = {view: COUNTED_TO - totals[view] for view in _COUNTED}
            if not any(left.values()):
                break
            asked: Parameters = {"account": account, "person": person_id, **left}
            (counted,) = await self._reading.rows(sql.COUNTS, asked)
            for view, n in zip(_COUNTED, counted, strict=True):
                totals[view] += n
        return totals

    async def tags(self, accounts: Sequence[UserId]) -> Sequence[str]:
        """Give every tag that some accounts have given, in their order."""
        found: set[str] = set()
        for account in accounts:
            found.update(
                tag for (tag,) in await self._reading.rows(TAGS_IN_USE, {"account": account})
            )
        return sorted(found)

    async def summary(self, account_id: UserId, conversation_id: ConversationId) -> Summary | None:
        """Give one conversation; `None` where there is none."""
        rows = await self._reading.rows(
            sql.SUMMARY, {"account": account_id, "conversation": conversation_id}
        )
        return _summary(rows[0]) if rows else None

    async def delivered(
        self, account_id: UserId, conversation_id: ConversationId, message_id: str
    ) -> bytes | None:
        """Give the body in which X told of a message of a conversation; `None` for no such."""
        rows = await self._reading.rows(
            sql.DELIVERED,
            {"account": account_id, "conversation": conversation_id, "message": message_id},
        )
        return rows[0][0] if rows else None

    async def transcript(
        self,
        account_id: UserId,
        conversation_id: ConversationId,
        *,
        before: LineKey | None,
        limit: int,
    ) -> Transcript:
        """Give the newest `limit` messages, or the newest before a key, oldest first."""
        here: Parameters = {"account": account_id, "conversation": conversation_id}
        # Before the messages: what is sent meanwhile is then seen twice, not missed.
        outgoing = [] if before else await self._outgoing(here)
        number, last = (before.position, before.message_id) if before else (_HIGHEST, "")
        rows = await self._reading.rows(
            sql.LINES, {**here, "number": number, "last": last, "limit": limit + 1}
        )
        lines = [_line(row) for row in reversed(rows[:limit])]
        older = None
        if len(rows) > limit:
            older = LineKey(lines[0].position, lines[0].message.message_id, lines[0].at)
        remarks = await self._remarks(account_id, conversation_id, older, before)
        arrived = {line.outbox_id for line in lines}
        return Transcript(
            lines, remarks, [one for one in outgoing if one.outbox_id not in arrived], older
        )

    async def _outgoing(self, here: Parameters) -> list[Outgoing]:
        limited: Parameters = {**here, "limit": OUTGOING_AT_ONCE}
        failed = await self._reading.rows(sql.FAILED, limited)
        parked = await self._reading.rows(sql.PARKED, limited)
        waiting = await self._reading.rows(sql.OPEN, limited)
        unsettled = sorted((*failed, *parked))
        return [_outgoing(row) for row in (*unsettled, *waiting)]

    async def _remarks(
        self,
        account_id: UserId,
        conversation_id: ConversationId,
        older: LineKey | None,
        before: LineKey | None,
    ) -> list[Remark]:
        rows = await self._reading.rows(
            sql.REMARKS,
            {
                "account": account_id,
                "conversation": conversation_id,
                "since": _or(older, 0),
                "until": _or(before, _HIGHEST),
                "limit": REMARKS_AT_ONCE,
            },
        )
        return [
            Remark(
                account_id,
                conversation_id,
                RemarkKind(kind),
                PersonId(person) if person else None,
                text,
                encoding.moment(at),
            )
            for kind, person, text, at in reversed(rows)
        ]


def _or(key: LineKey | None, otherwise: int) -> int:
    return otherwise if key is None else encoding.milliseconds(key.at)


def _bound(account: UserId, after: PageKey | None, *, is_latest: bool) -> Bound:
    """Say where an account's part of the page begins.

    Conversations with equal numbers are in the order of their accounts, so the page's last
    one lies before, inside or behind those of this account, in either direction.
    """
    if after is None:
        return Bound(account, _HIGHEST if is_latest else -1, "")
    if account == after.account_id:
        return Bound(account, after.number, after.conversation_id)
    return Bound(account, after.number + (account < after.account_id), "")


def _place(row: SummaryRow) -> tuple[int, str, str]:
    return row[-1], row[0], row[1]


def _comes_back_at(snoozed_until: int | None) -> datetime | None:
    if snoozed_until is None or snoozed_until == UNTIL_A_MESSAGE:
        return None
    return encoding.moment(snoozed_until)


def _summary(row: SummaryRow) -> Summary:
    queue_key, snoozed_until, whose = row[12], row[13], row[18] or ""
    by_person = whose.startswith(Speaker.PERSON)
    return Summary(
        account_id=UserId(row[0]),
        conversation_id=ConversationId(row[1]),
        customer=Profile(row[2], row[3], row[4]),
        control=row[5],
        controller_id=PersonId(row[6]) if row[6] else None,
        control_reason=row[7],
        last_at=encoding.moment(row[8]),
        last_direction=row[9],
        preview=row[10],
        unread=row[11],
        waiting_since=encoding.moment(queue_key) if 0 < queue_key < WAITS_BELOW else None,
        is_snoozed=snoozed_until is not None,
        snoozed_until=_comes_back_at(snoozed_until),
        tags=msgspec.json.decode(row[14], type=list[str]) if row[14] else [],
        seen_position=row[15],
        dialog=row[16] or "",
        dialog_step=row[17] or "",
        last_speaker=_last_speaker(row[9], whose),
        last_person_id=PersonId(whose.removeprefix(Speaker.PERSON)) if by_person else None,
        is_marked_unread=bool(row[19]),
    )


def _last_speaker(direction: str, whose: str) -> Speaker | None:
    if direction == "in":
        return Speaker.CUSTOMER
    if whose.startswith(Speaker.PERSON):
        return Speaker.PERSON
    return Speaker(whose) if whose else None


def _line(row: LineRow) -> Line:
    payload, direction, position, at, _, outbox_id, person, is_ours, queued = row
    message = encoding.decode_message(payload)
    sent = _NOTHING if queued is None else _shown(encoding.decode_outbound(queued))
    speaker = Speaker.CUSTOMER
    if direction == "out" and outbox_id is not None:
        speaker = Speaker.PERSON if person else Speaker.BOT
    elif direction == "out":
        speaker = Speaker.OURS if is_ours else Speaker.ELSEWHERE
    return Line(
        message=message,
        position=position,
        at=encoding.moment(at),
        speaker=speaker,
        person_id=PersonId(person) if person else None,
        outbox_id=outbox_id,
        attachment=message.attachment or sent.attached,
        profile_id=sent.custom_profile_id,
    )


def _outgoing(row: OutgoingRow) -> Outgoing:
    outbox_id, body, state, reason, attempts, due_at, created_at, person = row
    return Outgoing(
        outbox_id=outbox_id,
        message=_shown(encoding.decode_outbound(body)),
        state=state,
        reason=reason,
        attempts=attempts,
        due_at=None if due_at is None else encoding.moment(due_at),
        created_at=encoding.moment(created_at),
        person_id=PersonId(person) if person else None,
    )


def _shown(sent: OutboundMessage | PublicReply) -> OutboundMessage:
    """Give what a thread shows of what goes out: of a public reply its text and its link."""
    if isinstance(sent, PublicReply):
        return OutboundMessage(f"{sent.text}\n{sent.link}".rstrip())
    return sent
