"""The `conversations` table inside a transaction."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from roost.errors import StaleClaim
from roost.model.events import MessageReceived, MessageSent
from roost.model.ids import ConversationId, UserId
from roost.model.people import PersonId
from roost.model.turns import Claim
from roost.ports import Arrival, ControlRow, ConversationRow
from roost.store import conversation_statements as sql
from roost.store import encoding, ready_conditions
from roost.store.event_rows import StoredEvents
from roost.store.statements import Parameters, Session
from roost.store.touch_statements import TOUCH

PREVIEW_CHARACTERS = 160
"""How much of a conversation's last message its row keeps for lists."""

NOBODY_WAITS = 1 << 60
"""Less the last message's time: the place of a conversation in which nobody waits, see
`tables.conversations`."""

WAITS_BELOW = 1 << 59
"""Lower places are times, since when somebody waits."""

UNTIL_A_MESSAGE = 1 << 62
"""A snooze that no time ends."""

_LONGEST_STEP = 2**31
"""Of 2**63 fences; so a conversation can be claimed some 2**32 times. A step is drawn, as a claim
can be undone while the process that made it lives on: it does not wait for the disk of a server
that crashes, and goes with the rows of a customer who is erased. What is claimed anew has another
fence then all the same."""

_MILLISECOND = timedelta(milliseconds=1)


class StoredConversations:
    """`roost.ports.ConversationRows` on any database.

    A conversation is ready only while its control is `bot`: whoever takes control away takes it off
    the ready queue, so that claiming never walks over conversations that people answer.
    """

    __slots__ = ("_events", "_session")

    def __init__(self, session: Session, events: StoredEvents) -> None:
        self._session = session
        self._events = events

    async def touch(self, event: MessageReceived | MessageSent, *, is_history: bool = False) -> str:
        """Create or freshen the event's conversation; return who controls it.

        A new conversation is controlled by the account's `bot`, or waits in the `queue` where the
        account has none. A late event changes neither the preview nor a known name. A message is
        unread unless it is history.

        A customer's message makes replies to it free, so what waits for a budget is due again.
        """
        (control,) = await self.touch_all([Arrival(event, is_history)])
        return control

    async def touch_all(self, arrivals: Sequence[Arrival]) -> Sequence[str]:
        """Do what `touch` does, for many messages in their order; say who has it after each."""
        rows = await self._session.rows_each(TOUCH, [_touched(one) for one in arrivals])
        waited_for: dict[tuple[str, str], None] = {}
        for arrival, (*_, has_waiting) in zip(arrivals, rows, strict=True):
            event = arrival.event
            self._session.now_holds(event.account_id, event.conversation_id)
            if has_waiting and isinstance(event, MessageReceived):
                waited_for[event.account_id, event.conversation_id] = None
        await self._session.run_each(
            sql.RELEASE_WAITING,
            [{"account": account, "conversation": place} for account, place in waited_for],
        )
        return [control for _, _, control, _ in rows]

    async def control_of(self, account_id: UserId, conversation_id: ConversationId) -> str | None:
        """Hold a conversation and tell who controls it; `None` where it does not exist."""
        rows = await self._session.rows(
            sql.CONTROL, {"account": account_id, "conversation": conversation_id}
        )
        self._session.now_holds(account_id, conversation_id)
        return rows[0][0] if rows else None

    async def make_ready(self, waiting: Sequence[tuple[UserId, ConversationId, datetime]]) -> None:
        """Queue those conversations that the bot controls for a turn; an older time stays."""
        await self._session.run_each(
            sql.MAKE_READY,
            [
                {
                    "account": account_id,
                    "conversation": conversation_id,
                    "since": encoding.milliseconds(since),
                }
                for account_id, conversation_id, since in waiting
            ],
        )

    async def claim_ready(
        self, limit: int, *, lease: timedelta, bots: frozenset[str] | None = None
    ) -> Sequence[ConversationRow]:
        """Lease the longest-waiting ready conversations that nobody leases.

        Only those of connected accounts with a bot, and of `bots` where these are given; none with
        pending events of a kind that only a newer version knows. A lease that ran out makes its
        conversation ready again first, if anything in it is still pending.
        """
        now = await self._session.lease_now()
        await self._session.run(sql.END_EXPIRED, {"now": now})
        wanted = ready_conditions.among(bots)
        rows = await self._session.rows(sql.READY, {"limit": limit, "bots": wanted})
        until = now + lease // _MILLISECOND
        leased = [_leased(row) for row in rows]
        await self._session.run_each(
            sql.LEASE,
            [
                {
                    "account": row.account_id,
                    "conversation": row.conversation_id,
                    "new_fence": row.fence,
                    "until": until,
                    "holder": self._session.holder,
                }
                for row in leased
            ],
        )
        return leased

    async def guard(self, claim: Claim) -> bool:
        """Hold the claim's conversation; false where its ownership changed since the claim."""
        rows = await self._session.rows(sql.OWNERSHIP, _conversation(claim))
        if not rows or rows[0][0] != claim.fence:
            raise StaleClaim(f"fence {claim.fence} of {claim.turn.conversation_id} is old")
        self._session.now_holds(claim.turn.account_id, claim.turn.conversation_id)
        return rows[0][1] == claim.epoch

    async def renew(self, claim: Claim, *, lease: timedelta) -> bool:
        """Let the claim's lease last for another `lease` from now; whether it was still held.

        A lease that has run out and that nobody has ended yet is still held.
        """
        now = await self._session.lease_now()
        n_rows = await self._session.run(
            sql.RENEW, {**_held(claim), "until": now + lease // _MILLISECOND}
        )
        return bool(n_rows)

    async def release(
        self, claim: Claim, *, waiting_since: datetime | None, handled_to: int | None = None
    ) -> bool:
        """End the claim's lease, if it is still the claim's.

        Ready again since the earliest of `waiting_since` and what came in meanwhile; without
        either, since the oldest event that is still pending.
        """
        since = None if waiting_since is None else encoding.milliseconds(waiting_since)
        rows = await self._session.rows(
            sql.RELEASE, {**_held(claim), "since": since, "handled": handled_to}
        )
        return bool(rows) and rows[0][2] is not None

    async def hand_off(self, claim: Claim, *, reason: str, at: datetime | None = None) -> None:
        """Give control to the agents' queue and raise the epoch.

        Whatever came in behind the claim's turn is the agents' now, and is marked `done`.

        Raises:
            StaleClaim: Somebody else has claimed the conversation since.
        """
        now = 0 if at is None else encoding.milliseconds(at)
        changed = await self._session.run(
            sql.HAND_OFF, {**_held(claim), "reason": reason, "at": now}
        )
        if not changed:
            raise StaleClaim(f"fence {claim.fence} of {claim.turn.conversation_id} is old")
        await self._events.leave_to_agents(claim, reason="handed off")

    async def give_to_queue(
        self, account_id: UserId, conversation_id: ConversationId, *, epoch: int, reason: str
    ) -> None:
        """Give control to the agents' queue and raise the epoch; nothing where it is another."""
        await self._session.run(
            sql.GIVE_TO_QUEUE,
            {
                "account": account_id,
                "conversation": conversation_id,
                "held_epoch": epoch,
                "reason": reason,
            },
        )

    async def hand_back(self, account_id: UserId, conversation_id: ConversationId) -> bool:
        """Give control to the bot and raise the epoch; whether the conversation exists."""
        found = await self._session.run(
            sql.HAND_BACK, {"account": account_id, "conversation": conversation_id}
        )
        return bool(found)

    async def whose(self, account_id: UserId, conversation_id: ConversationId) -> ControlRow | None:
        """Hold a conversation and say who has it; `None` where there is none."""
        rows = await self._session.rows(
            sql.WHOSE, {"account": account_id, "conversation": conversation_id}
        )
        if not rows:
            return None
        self._session.now_holds(account_id, conversation_id)
        control, controller, customer, epoch, fence, bot = rows[0]
        person = PersonId(controller) if controller else None
        return ControlRow(control, person, UserId(customer), epoch, fence, bot)

    async def take_over(
        self,
        account_id: UserId,
        conversation_id: ConversationId,
        person_id: PersonId,
        *,
        is_unanswered: bool = False,
    ) -> None:
        """Give control to a person and raise the epoch; what is pending is theirs now."""
        here: Parameters = {"account": account_id, "conversation": conversation_id}
        command = sql.REOPEN_UNANSWERED if is_unanswered else sql.TAKE_OVER
        await self._session.run(command, {**here, "person": person_id})
        await self._events.leave_all_to_agents(
            account_id, conversation_id, reason="taken over by an agent"
        )

    async def resolve_turn(self, claim: Claim) -> None:
        """Give control to nobody and raise the epoch; to the bot where something has come in.

        Raises:
            StaleClaim: Somebody else has claimed the conversation since.
        """
        if not await self._session.run(sql.RESOLVE_TURN, _held(claim)):
            raise StaleClaim(f"fence {claim.fence} of {claim.turn.conversation_id} is old")

    async def resolve(self, account_id: UserId, conversation_id: ConversationId) -> None:
        """Give control to nobody until the customer writes again, and raise the epoch."""
        here: Parameters = {"account": account_id, "conversation": conversation_id}
        await self._session.run(sql.RESOLVE, here)
        await self._events.leave_all_to_agents(account_id, conversation_id, reason="resolved")

    async def snooze(
        self, account_id: UserId, conversation_id: ConversationId, until: datetime | None
    ) -> None:
        """Put a conversation aside until then, or, with `None`, until the customer writes."""
        here: Parameters = {"account": account_id, "conversation": conversation_id}
        at = UNTIL_A_MESSAGE if until is None else encoding.milliseconds_not_before(until)
        await self._session.run(sql.SNOOZE, {**here, "until": at})

    async def wake(
        self, account_id: UserId, conversation_id: ConversationId, at: datetime | None
    ) -> bool:
        """End a snooze that is over by then, or any with `None`; whether there was one."""
        here: Parameters = {"account": account_id, "conversation": conversation_id}
        now = UNTIL_A_MESSAGE if at is None else encoding.milliseconds(at)
        return bool(await self._session.run(sql.WAKE, {**here, "now": now}))

    async def mark(
        self, account_id: UserId, conversation_id: ConversationId, *, is_read: bool
    ) -> bool:
        """Say that somebody has looked at a conversation, or wants it looked at again."""
        here: Parameters = {"account": account_id, "conversation": conversation_id}
        return bool(await self._session.run(sql.MARK_READ if is_read else sql.MARK_UNREAD, here))

    async def take_over_leases(self) -> int:
        """End every lease of a process that is gone, ready again where something is pending.

        Where several processes share the database, those of living ones stay.
        """
        return await self._session.run(sql.END_ABANDONED, {"holder": self._session.holder})


def _leased(
    row: tuple[str, str, str, str, str, str, int, int, int, int | None, int, int],
) -> ConversationRow:
    account_id, conversation_id, customer_id, screen_name, name, bot, epoch, fence, n, to, m, w = (
        row
    )
    return ConversationRow(
        UserId(account_id),
        ConversationId(conversation_id),
        UserId(customer_id),
        screen_name,
        name,
        bot,
        epoch,
        fence + 1 + secrets.randbelow(_LONGEST_STEP),
        bool(n),
        to or 0,
        bool(m),
        bool(w),
    )


def _touched(arrival: Arrival) -> Parameters:
    event = arrival.event
    is_received = isinstance(event, MessageReceived)
    at = encoding.milliseconds(event.at)
    return {
        "account_id": event.account_id,
        "conversation_id": event.conversation_id,
        "customer_id": event.customer.user_id,
        "customer_screen_name": event.customer.screen_name,
        "customer_name": event.customer.name,
        "last_at": at,
        "last_position": event.position,
        "unread": int(is_received and not arrival.is_history),
        "preview": event.message.text[:PREVIEW_CHARACTERS],
        "received_at": at if is_received else None,
        "received_position": event.position if is_received else None,
        "queue_key": _queue_key(event),
        "last_direction": "in" if is_received else "out",
    }


def _queue_key(event: MessageReceived | MessageSent) -> int:
    at = encoding.milliseconds(event.at)
    return at if isinstance(event, MessageReceived) else NOBODY_WAITS - at


def _conversation(claim: Claim) -> Parameters:
    return {"account": claim.turn.account_id, "conversation": claim.turn.conversation_id}


def _held(claim: Claim) -> Parameters:
    return {**_conversation(claim), "held_fence": claim.fence}
