"""What is known of a customer, on any database."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

from roost.model import activities
from roost.model.activities import Activity
from roost.model.ids import ConversationId, UserId, position_at
from roost.model.messages import Entry
from roost.model.people import PersonId
from roost.ports.customers import (
    EPISODES_AT_ONCE,
    MESSAGES_COUNTED,
    NOTES_AT_ONCE,
    Beginning,
    Contact,
    Episode,
    PastActivity,
    PastKey,
    PastPage,
    Record,
    Told,
)
from roost.ports.remarks import Remark, RemarkKind
from roost.store import customer_statements as sql
from roost.store import customer_tables, encoding
from roost.store.customer_statements import ActivityRow
from roost.store.customer_tables import Row
from roost.store.statements import Parameter, Parameters, Query, Reading

LOOKED_THROUGH = 20
"""Of so many of the last messages, and activities, the deliveries are looked for."""

_HIGHEST = 2**63 - 1


class StoredCustomers:
    """`roost.ports.customers.CustomerLookup` on any database."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def told(self, account_id: UserId, conversation_id: ConversationId) -> Sequence[Told]:
        """Give the last deliveries that tell of a conversation's customer, newest first."""
        last: Parameters = {**_here(account_id, conversation_id), "limit": LOOKED_THROUGH}
        rows = await self._reading.rows(sql.TOLD_WITH_MESSAGES, last)
        rows += await self._reading.rows(sql.TOLD_WITH_ACTIVITIES, last)
        told = [(at, body) for body, at in rows if body and at is not None]
        return [Told(body, encoding.moment(at)) for at, body in sorted(told, reverse=True)]

    async def contact(self, account_id: UserId, conversation_id: ConversationId) -> Contact:
        """Say since when there is contact, how many messages, and what it began with."""
        here = _here(account_id, conversation_id)
        counting: Parameters = {**here, "limit": MESSAGES_COUNTED}
        ((received, sent),) = await self._reading.rows(sql.COUNTS, counting)
        activity = await self._activity(sql.FIRST_ACTIVITY, here)
        message = await self._reading.rows(sql.FIRST_MESSAGE, here)
        begun = [encoding.moment(message[0][2])] if message else []
        begun += [] if activity is None else [activity.event.at]
        return Contact(
            first_at=min(begun, default=None),
            received=received,
            sent=sent,
            beginning=await self._beginning(here, message[0]) if message else None,
        )

    async def _beginning(
        self, here: Parameters, first: tuple[bytes, str, int, str | None]
    ) -> Beginning | None:
        payload, direction, at, trace_id = first
        entry = encoding.decode_message(payload).entry
        if direction == "in":
            return None if entry is None else await self._entered(here, entry, at)
        if not trace_id:
            return None
        found = await self._activity(sql.ACTIVITY_TRACED, {**here, "trace": trace_id})
        return None if found is None else _begun_by(found)

    async def _entered(self, here: Parameters, entry: Entry, at: int) -> Beginning:
        account, when = here["account"], encoding.moment(at)
        if entry.welcome_message_id:
            welcome: Parameters = {"account": account, "welcome": entry.welcome_message_id}
            named = await self._reading.rows(sql.WELCOME_NAMED, welcome)
            name = entry.welcome or (named[0][0] if named else "")
            return Beginning("welcome_message", when, entry.welcome_message_id, name)
        rows = await self._reading.rows(sql.POST, {"account": account, "post": entry.post_id})
        event = encoding.decode_event(*rows[0]) if rows else None
        post = activities.post_of(event)
        text = "" if post is None else post.text
        return Beginning("post", when, entry.post_id, text=text)

    async def _activity(self, query: Query[ActivityRow], wanted: Parameters) -> _Found:
        rows = await self._reading.rows(query, wanted)
        return _past(rows[0]) if rows else None

    async def history(
        self,
        account_id: UserId,
        conversation_id: ConversationId,
        *,
        before: PastKey | None,
        limit: int,
    ) -> PastPage:
        """Give the newest `limit` activities around a customer, or the newest before a key."""
        end = before or PastKey(_HIGHEST, "", "")
        rows = await self._reading.rows(
            sql.HISTORY,
            {
                **_here(account_id, conversation_id),
                "number": end.position,
                "last_kind": end.kind,
                "last": end.event_key,
                "limit": limit + 1,
            },
        )
        page = rows[:limit]
        older = None
        if len(rows) > limit:
            kind, key, position, _ = page[-1]
            older = PastKey(position, kind, key)
        return PastPage([one for row in page if (one := _past(row)) is not None], older)

    async def episodes(
        self, account_id: UserId, conversation_id: ConversationId
    ) -> Sequence[Episode]:
        """Give what of a conversation was resolved, up to `EPISODES_AT_ONCE`, newest first."""
        here = _here(account_id, conversation_id)
        ends = await self._reading.rows(sql.RESOLVED, {**here, "limit": EPISODES_AT_ONCE + 1})
        begins = [position_at(encoding.moment(at)) for _, at in ends[1:]]
        if len(ends) <= EPISODES_AT_ONCE:
            begins.append(0)
        found: list[Episode] = []
        for (person, at), since in zip(ends, begins, strict=False):
            rows = await self._reading.rows(sql.FIRST_SINCE, {**here, "since": since})
            # Resolved twice, with nothing said between: there was no episode.
            if rows and rows[0][2] <= at:
                found.append(_episode(rows[0], person, at))
        return found

    async def notes(self, account_id: UserId, conversation_id: ConversationId) -> Sequence[Remark]:
        """Give a conversation's notes, up to `NOTES_AT_ONCE`, newest first."""
        here = _here(account_id, conversation_id)
        rows = await self._reading.rows(sql.NOTES, {**here, "limit": NOTES_AT_ONCE})
        return [
            Remark(
                account_id,
                conversation_id,
                RemarkKind.NOTE,
                PersonId(person) if person else None,
                text,
                encoding.moment(at),
            )
            for person, text, at in rows
        ]

    async def records(
        self, account_id: UserId, customer_id: UserId, conversations: Sequence[ConversationId]
    ) -> Mapping[str, Sequence[Record]]:
        """Give every row that erasing a customer would take out or empty, by its table."""
        found: dict[str, dict[Row, Record]] = {}
        asked = [(customer_tables.IN_CONVERSATION, _here(account_id, one)) for one in conversations]
        of: Parameters = {"customer": customer_id, "needle": f'"{customer_id}"'.encode()}
        asked.append((customer_tables.BESIDE, {"account": account_id, **of}))
        for queries, parameters in asked:
            for table, query in queries.items():
                # What is found in two ways is told once.
                rows = await self._reading.rows(query, parameters)
                names = [one.name for one in table.columns]
                keys = [n for n, one in enumerate(table.columns) if one.primary_key]
                found.setdefault(table.name, {}).update(
                    (tuple(row[n] for n in keys), dict(zip(names, map(_text, row), strict=True)))
                    for row in rows
                )
        return {name: list(rows.values()) for name, rows in found.items() if rows}


_Found = PastActivity | None


def _text(value: Parameter) -> str | None:
    if not isinstance(value, bytes):
        return None if value is None else str(value)
    try:
        return value.decode()
    except UnicodeDecodeError:
        return base64.b64encode(value).decode()


def _here(account_id: UserId, conversation_id: ConversationId) -> Parameters:
    return {"account": account_id, "conversation": conversation_id}


def _past(row: ActivityRow) -> PastActivity | None:
    event = encoding.decode_event(row[0], row[3])
    return PastActivity(row[0], event) if isinstance(event, Activity) else None


def _begun_by(past: PastActivity) -> Beginning:
    event = past.event
    post = activities.post_of(event)
    return Beginning(
        kind=past.kind,
        at=event.at,
        x_id="" if post is None else post.post_id,
        text="" if post is None else post.text,
        event_key=event.event_key,
        is_ours=activities.is_ours(event),
    )


def _episode(first: tuple[str, str, int], person: str, at: int) -> Episode:
    message_id, text, began_at = first
    return Episode(
        message_id,
        text,
        encoding.moment(began_at),
        encoding.moment(at),
        PersonId(person) if person else None,
    )
