"""What a decision writes down about a conversation, in one transaction with everything else."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from roost.model.decisions import Marking, Note, Remember, Tag, Untag
from roost.model.memories import Memory
from roost.model.outbound import Addressee
from roost.model.people import PersonId
from roost.ports import Tx
from roost.ports.remarks import Remark, RemarkKind


async def apply(
    tx: Tx, decision: Marking, where: Addressee, person_id: PersonId | None, *, at: datetime
) -> str:
    """Write something down; give the kind of the change that live pages are told of.

    Args:
        tx: The transaction; it holds the conversation.
        decision: What to write.
        where: About which conversation.
        person_id: Who decided; `None` for the bot.
        at: When.
    """
    match decision:
        case Note(text=text):
            account, conversation = where.account_id, where.conversation_id
            kind = RemarkKind.NOTE
            await tx.remarks.put(Remark(account, conversation, kind, person_id, text, at))
            return "noted"
        case Tag(name=name):
            await tx.tags.put(where, name, at=at)
            return "tagged"
        case Untag(name=name):
            await tx.tags.remove(where, name)
            return "untagged"
        case Remember(scope=scope, name=name, value=value):
            await tx.memories.put(where, Memory(scope, name, value), at=at)
            return "remembered"
        case _ as unreachable:
            assert_never(unreachable)
