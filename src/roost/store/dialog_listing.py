"""Open dialogs as people look at them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, func, select

from roost.model.ids import ConversationId, UserId
from roost.ports.dialogs import OpenDialog
from roost.store import encoding
from roost.store.dialog_tables import dialogs, points
from roost.store.statements import Query, Reading
from roost.store.tables import conversations

OpenRow = tuple[str, str, str, str, str, str, int, int, str]

_n_points = (
    select(func.count())
    .select_from(points)
    .where(
        points.c.account_id == dialogs.c.account_id,
        points.c.conversation_id == dialogs.c.conversation_id,
        points.c.dialog_id == dialogs.c.dialog_id,
        points.c.epoch == dialogs.c.epoch,
    )
    .scalar_subquery()
)

OPEN = Query[OpenRow](
    select(
        dialogs.c.account_id,
        dialogs.c.conversation_id,
        dialogs.c.dialog_id,
        dialogs.c.name,
        dialogs.c.phase,
        dialogs.c.step,
        dialogs.c.since,
        _n_points,
        conversations.c.customer_id,
    )
    .join_from(
        dialogs,
        conversations,
        and_(
            conversations.c.account_id == dialogs.c.account_id,
            conversations.c.conversation_id == dialogs.c.conversation_id,
            # Dialogs of an older ownership have ended.
            conversations.c.epoch == dialogs.c.epoch,
        ),
    )
    .order_by(dialogs.c.since, dialogs.c.dialog_id)
    .limit(bindparam("limit"))
)

POINTS = Query[tuple[str, str, int]](
    select(points.c.kind, points.c.fingerprint, func.length(points.c.result))
    .where(
        points.c.account_id == bindparam("account"),
        points.c.conversation_id == bindparam("conversation"),
        points.c.dialog_id == bindparam("dialog"),
    )
    .order_by(points.c.n)
)


class StoredDialogLookup:
    """Reads open dialogs on any database."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def open(self, limit: int) -> Sequence[OpenDialog]:
        """Give dialogs that have not ended, those that have waited longest first."""
        return [_open_of(row) for row in await self._reading.rows(OPEN, {"limit": limit})]

    async def points(self, dialog: OpenDialog) -> Sequence[tuple[str, str, int]]:
        """Give a dialog's journal: each point's kind, fingerprint, and its result's bytes."""
        return await self._reading.rows(
            POINTS,
            {
                "account": dialog.account_id,
                "conversation": dialog.conversation_id,
                "dialog": dialog.dialog_id,
            },
        )


def _open_of(row: OpenRow) -> OpenDialog:
    """Read a row."""
    account, conversation, dialog_id, name, phase, step, since, n, customer = row
    return OpenDialog(
        account_id=UserId(account),
        conversation_id=ConversationId(conversation),
        customer_id=UserId(customer),
        dialog_id=dialog_id,
        name=name,
        phase=phase,
        step=step,
        since=encoding.moment(since),
        n_points=n,
    )
