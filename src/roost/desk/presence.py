"""Who of us looks at a conversation, or writes there: told to live pages, and soon forgotten.

Pages say it again and again for as long as it is so; a page that hears of another one at its
conversation answers at once. So nobody has to keep a list, and a page that is gone, however it
went, is forgotten by all who have not heard of it for a while.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from litestar import Controller, post
from litestar.params import FromPath, JSONBody

from roost.desk import conversations, wire_presence
from roost.desk.access import Policy
from roost.desk.parts import Parts, Somebody
from roost.model.ids import ConversationId, UserId
from roost.ports import Tx
from roost.ports.changes import Change

KIND = "presence"
"""The change's kind; its `ref` is the person's id, what they do, and the page's, with blanks."""

FRESH_FOR = timedelta(seconds=60)
"""Whoever comes back to the feed is not told of what was longer ago."""


class PresenceController(Controller):
    """What colleagues know of each other."""

    path = "/api/conversations/{account_id:str}/{conversation_id:str}/presence"
    tags: Sequence[str] | None = ("conversations",)

    @post("", policy=Policy.PERSON, status_code=204)
    async def tell(
        self,
        *,
        data: JSONBody[wire_presence.Presence],
        parts: Parts,
        person: Somebody,
        account_id: FromPath[str],
        conversation_id: FromPath[str],
    ) -> None:
        """Tell colleagues that a page of the person shows the conversation, or no longer does.

        They hear of it by `/api/changes`, as a change of the kind `presence`. Say it again every 20
        seconds: what was not for 50 is taken to be over, and typing that was not for 8.
        """
        await conversations.find(parts, account_id, conversation_id)
        ref, now = f"{person.person_id} {data.doing} {data.page}", parts.clock.now()

        async def unit(tx: Tx) -> None:
            await tx.changes.append(
                UserId(account_id),
                KIND,
                conversation_id=ConversationId(conversation_id),
                ref=ref,
                at=now,
            )

        await parts.store.transact(unit, is_durable=False)


def is_over(change: Change, *, now: datetime) -> bool:
    """Tell whether a change says who was there a while ago, which nobody needs to know."""
    return change.kind == KIND and now - change.at > FRESH_FOR
