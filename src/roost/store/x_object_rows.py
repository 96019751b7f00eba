"""The `x_objects` table, and what is done with it inside a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, Integer, Table, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from roost.model.ids import UserId
from roost.model.x_objects import XKind, XObject
from roost.store import encoding
from roost.store.columns import metadata, text_column, whole
from roost.store.statements import Command, Query, Session

x_objects = Table(
    "x_objects",
    metadata,
    text_column("account_id", primary_key=True),
    text_column("kind", primary_key=True),
    text_column("name", primary_key=True),
    text_column("x_id"),
    Column("is_default", Integer, nullable=False),
    whole("seen_at"),
)
"""What accounts have at X under a name. X has the truth; this is what was last seen of it."""

OF = Query[tuple[str, str, str, int]](
    select(x_objects.c.kind, x_objects.c.name, x_objects.c.x_id, x_objects.c.is_default)
    .where(x_objects.c.account_id == bindparam("account"))
    .order_by(x_objects.c.kind, x_objects.c.name)
)

FORGET_ONE = Command(
    delete(x_objects).where(
        x_objects.c.account_id == bindparam("account"),
        x_objects.c.kind == bindparam("of_kind"),
        x_objects.c.x_id == bindparam("at_x"),
    )
)

FORGET = Command(delete(x_objects).where(x_objects.c.account_id == bindparam("account")))

_new = insert(x_objects)
PUT = Command(
    # Two processes that look at the same time have both seen the same.
    _new.on_conflict_do_update(
        index_elements=[x_objects.c.account_id, x_objects.c.kind, x_objects.c.name],
        set_={name: _new.excluded[name] for name in ("x_id", "is_default", "seen_at")},
    )
)


class StoredXObjects:
    """`roost.ports.XObjectRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def of(self, account_id: UserId) -> Sequence[XObject]:
        """Give what an account has, by kind and name."""
        rows = await self._session.rows(OF, {"account": account_id})
        return [
            XObject(XKind(kind), name, x_id, is_default=bool(is_default))
            for kind, name, x_id, is_default in rows
        ]

    async def replace(
        self, account_id: UserId, objects: Sequence[XObject], *, at: datetime
    ) -> None:
        """Put what was seen at X in place of all that was known."""
        await self._session.run(FORGET, {"account": account_id})
        await self._session.run_each(
            PUT,
            [
                {
                    "account_id": account_id,
                    "kind": one.kind.value,
                    "name": one.name,
                    "x_id": one.x_id,
                    "is_default": int(one.is_default),
                    "seen_at": encoding.milliseconds(at),
                }
                for one in objects
            ],
        )

    async def forget(self, account_id: UserId, kind: XKind, x_id: str) -> None:
        """Forget something that X no longer has; nothing where it is not known."""
        parameters = {"account": account_id, "of_kind": kind.value, "at_x": x_id}
        await self._session.run(FORGET_ONE, parameters)
