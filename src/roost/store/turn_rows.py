"""Conversations of several turns at once, inside a transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select

from roost.model.turns import Claim
from roost.ports.turns import TurnEnd
from roost.store import encoding
from roost.store.conversation_statements import RELEASE
from roost.store.statements import Parameters, Query, Session
from roost.store.tables import conversations

OWNERSHIP_UNLESS_HELD = Query[tuple[str, str, int, int]](
    select(
        conversations.c.account_id,
        conversations.c.conversation_id,
        conversations.c.fence,
        conversations.c.epoch,
    )
    .where(
        conversations.c.account_id == bindparam("account"),
        conversations.c.conversation_id == bindparam("conversation"),
    )
    .with_for_update(skip_locked=True)
)
"""Waits for nobody: whoever holds several conversations may wait for none."""


class StoredTurns:
    """`roost.ports.turns.TurnRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def hold(self, claims: Sequence[Claim]) -> Mapping[int, bool]:
        """Hold what can be held without waiting; tell whose ownership has not changed."""
        rows = await self._session.rows_each(OWNERSHIP_UNLESS_HELD, [_here(one) for one in claims])
        now = {(account_id, conversation_id): row for account_id, conversation_id, *row in rows}
        held: dict[int, bool] = {}
        for place, claim in enumerate(claims):
            account_id, conversation_id = claim.turn.account_id, claim.turn.conversation_id
            fence, epoch = now.get((account_id, conversation_id), (None, None))
            if fence is not None:
                self._session.now_holds(account_id, conversation_id)
            if fence == claim.fence:
                held[place] = epoch == claim.epoch
        return held

    async def end(self, ends: Sequence[TurnEnd]) -> Sequence[bool]:
        """End leases that are still the claims', as `roost.ports.ConversationRows.release` does."""
        rows = await self._session.rows_each(RELEASE, [_release(one) for one in ends])
        ready = {(account_id, place) for account_id, place, since in rows if since is not None}
        turns = [one.claim.turn for one in ends]
        return [(turn.account_id, turn.conversation_id) in ready for turn in turns]


def _here(claim: Claim) -> Parameters:
    return {"account": claim.turn.account_id, "conversation": claim.turn.conversation_id}


def _release(end: TurnEnd) -> Parameters:
    since = end.waiting_since
    return {
        **_here(end.claim),
        "held_fence": end.claim.fence,
        "since": None if since is None else encoding.milliseconds(since),
        "handled": end.handled_to,
    }
