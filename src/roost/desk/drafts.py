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
    if is_begun(draft):
        await tx.composing.put_draft(key, msgspec.json.encode(draft), at=at)
    else:
        await tx.composing.drop_draft(key)


def is_begun(draft: Draft) -> bool:
    """Tell whether anything was begun, reply or note."""
    return has_reply(draft) or draft.note != ""


def has_reply(draft: Draft) -> bool:
    """Tell whether a reply was begun, and not just a note."""
    return draft.text != "" or bool(draft.quick_replies) or bool(draft.buttons)


async def sending(parts: DeskParts, act: Act, reply: wire.Reply, work: Work) -> Work:
    """Have a reply's draft go with it, so that no other page of its writer's offers it still."""
    key = DraftKey(act.account_id, act.conversation_id, act.person_id)
    found = await parts.store.composing.draft(key)
    draft = NOTHING if found is None else msgspec.json.decode(found, type=Draft)
    sent = _again(Written(reply.text, reply.quick_replies, reply.buttons, reply.speak))
    if (
        found is None
        or Written(draft.text, draft.quick_replies, draft.buttons, draft.speak) != sent
    ):
        return work
    return _and_leave(work, key, found, Draft(note=draft.note))


async def noting(parts: DeskParts, act: Act, text: str, work: Work) -> Work:
    """Have a note's draft go with it, and the reply that was begun beside it stay."""
    key = DraftKey(act.account_id, act.conversation_id, act.person_id)
    found = await parts.store.composing.draft(key)
    draft = NOTHING if found is None else msgspec.json.decode(found, type=Draft)
    if found is None or draft.note != text:
        return work
    return _and_leave(work, key, found, msgspec.structs.replace(draft, note=""))


def _and_leave(work: Work, key: DraftKey, found: bytes, rest: Draft) -> Work:
    """Keep the rest of a draft only; what has been written since it was read stays."""
    left = msgspec.json.encode(rest) if is_begun(rest) else None

    async def unit(tx: Tx, act: Act) -> None:
        await work(tx, act)
        await tx.composing.replace_draft(key, found, left, at=act.at)

    return unit


def _again(written: Written) -> Written:
    """Read it as it would be read once it was kept."""
    return msgspec.json.decode(msgspec.json.encode(written), type=Written)
