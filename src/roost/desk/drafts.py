"""What people have begun to write: kept for each of them, and gone once it has been handed over."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec

from roost.desk import wire
from roost.desk.parts import DeskParts
from roost.desk.wire_composing import Draft, Written
from roost.engine.answering import Act
from roost.ports import Tx
from roost.ports.composing import DraftKey

NOTHING = Draft()

Work = Callable[[Tx, Act], Awaitable[None]]


async def kept(parts: DeskParts, key: DraftKey) -> Draft:
    """Give what somebody had written; `NOTHING` where nothing was kept."""
    found = await parts.store.composing.draft(key)
    return NOTHING if found is None else msgspec.json.decode(found, type=Draft)


async def keep(tx: Tx, key: DraftKey, draft: Draft, *, at: datetime) -> None:
    """Keep what is written so far; the name alone under which it would go is not kept."""
    if has_reply(draft) or draft.note != "":
        await tx.composing.put_draft(key, msgspec.json.encode(draft), at=at)
    else:
        await tx.composing.drop_draft(key)


def has_reply(draft: Draft) -> bool:
    """Tell whether a reply was begun, and not just a note."""
    return draft.text != "" or bool(draft.quick_replies) or bool(draft.buttons)


async def sending(parts: DeskParts, act: Act, reply: wire.Reply, work: Work) -> Work:
    """Have a reply's draft go with it, so that no other page of its writer's offers it still."""
    key = DraftKey(act.account_id, act.conversation_id, act.person_id)
    draft = await kept(parts, key)
    as_kept = Written(draft.text, draft.quick_replies, draft.buttons, draft.speak)
    if as_kept != _again(Written(reply.text, reply.quick_replies, reply.buttons, reply.speak)):
        return work
    return _and_keep(work, key, Draft(note=draft.note))


async def noting(parts: DeskParts, act: Act, text: str, work: Work) -> Work:
    """Have a note's draft go with it, and the reply that was begun beside it stay."""
    key = DraftKey(act.account_id, act.conversation_id, act.person_id)
    draft = await kept(parts, key)
    if draft.note != text:
        return work
    return _and_keep(work, key, msgspec.structs.replace(draft, note=""))


def _and_keep(work: Work, key: DraftKey, rest: Draft) -> Work:
    async def unit(tx: Tx, act: Act) -> None:
        await work(tx, act)
        await keep(tx, key, rest, at=act.at)

    return unit


def _again(written: Written) -> Written:
    """Read it as it would be read once it was kept."""
    return msgspec.json.decode(msgspec.json.encode(written), type=Written)
