"""Conversations that begin with something else than a message."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BigInteger, ColumnElement, and_, bindparam, case, func, select, update
from sqlalchemy.dialects.postgresql import insert

from roost.model.activities import Activity, MessagesRead, TypingStarted
from roost.model.events import MessageReceived
from roost.model.ids import UserId, position_of
from roost.model.messages import Message
from roost.store import encoding
from roost.store.conversation_rows import NOBODY_WAITS
from roost.store.statements import Command, Query, Session, fixed
from roost.store.tables import accounts, conversations, messages
from roost.store.touch_statements import first_control

_ASKED = (
    "account_id",
    "conversation_id",
    "customer_id",
    "customer_screen_name",
    "customer_name",
)
_NUMBERS = ("last_at", "last_position", "unread", "epoch", "fence")
_TEXTS = ("preview", "last_direction", "control_reason")

_FIRST_CONTROL = first_control(bindparam("account_id"))
_new = insert(conversations).values(
    {
        **{name: bindparam(name) for name in _ASKED},
        **{name: fixed(0) for name in _NUMBERS},
        **{name: fixed("") for name in _TEXTS},
        "channel": fixed("dm"),
        "control": _FIRST_CONTROL,
        "queue_key": fixed(NOBODY_WAITS),
    }
)
_reopens = and_(
    conversations.c.control == fixed("nobody"),
    bindparam("reopens", type_=BigInteger) > fixed(0),
)


def _if_missing(column: str) -> ColumnElement[str]:
    mine = conversations.c[column]
    return case((mine == fixed(""), _new.excluded[column]), else_=mine)


MEET = Query[tuple[str]](
    _new.on_conflict_do_update(
        index_elements=[conversations.c.account_id, conversations.c.conversation_id],
        set_={
            "control": case((_reopens, _FIRST_CONTROL), else_=conversations.c.control),
            "epoch": case(
                (_reopens, conversations.c.epoch + fixed(1)), else_=conversations.c.epoch
            ),
            "customer_screen_name": _if_missing("customer_screen_name"),
            "customer_name": _if_missing("customer_name"),
        },
    ).returning(conversations.c.control)
)
"""A conversation without messages has `last_at` 0 and is in no list."""

SEE = Command(
    update(conversations)
    .where(
        conversations.c.account_id == bindparam("account"),
        conversations.c.conversation_id == bindparam("conversation"),
        func.coalesce(conversations.c.seen_position, fixed(-1))
        < bindparam("seen", type_=BigInteger),
    )
    .values(seen_position=bindparam("seen", type_=BigInteger))
)

SAID_AFTER = Query[tuple[bytes]](
    select(messages.c.payload)
    .where(
        messages.c.account_id == bindparam("account"),
        messages.c.conversation_id == bindparam("conversation"),
        messages.c.position > bindparam("after", type_=BigInteger),
        messages.c.direction == fixed("in"),
    )
    .order_by(messages.c.position, messages.c.message_id)
)

BOT_OF = Query[tuple[str]](
    select(accounts.c.bot).where(accounts.c.account_id == bindparam("account"))
)


class StoredAcquaintances:
    """`roost.ports.AcquaintanceRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def meet(self, event: Activity) -> str:
        """Hold the event's conversation, which may begin with this; return who controls it.

        One without messages is in no list. One that was resolved is the bot's again, unless all
        that happened is that the customer types or reads.
        """
        rows = await self._session.rows(
            MEET,
            {
                "account_id": event.account_id,
                "conversation_id": event.conversation_id,
                "customer_id": event.customer.user_id,
                "customer_screen_name": event.customer.screen_name,
                "customer_name": event.customer.name,
                "reopens": int(not isinstance(event, (TypingStarted, MessagesRead))),
            },
        )
        self._session.now_holds(event.account_id, event.conversation_id)
        return rows[0][0]

    async def see(self, event: MessagesRead) -> None:
        """Keep how far a customer has read; what was read before is not unread again."""
        await self._session.run(
            SEE,
            {
                "account": event.account_id,
                "conversation": event.conversation_id,
                "seen": position_of(event.message_id, at=event.at),
            },
        )

    async def said_after(self, event: MessageReceived) -> Sequence[Message]:
        """Give what the transcript has of a customer after a message of theirs, by position."""
        rows = await self._session.rows(
            SAID_AFTER,
            {
                "account": event.account_id,
                "conversation": event.conversation_id,
                "after": event.position,
            },
        )
        return [encoding.decode_message(payload) for (payload,) in rows]

    async def bot_of(self, account_id: UserId) -> str:
        """Name the bot that serves an account; `""` where only people answer, or none is known."""
        rows = await self._session.rows(BOT_OF, {"account": account_id})
        return rows[0][0] if rows else ""
