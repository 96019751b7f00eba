"""Calls of X that a caller names by a key, so that what is asked for twice is done once.

A call cannot be part of a transaction. So the key is kept first, and the answer when it is there: a
key without one means that the call is still under way, or that nobody knows how it ended.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.params import HeaderParameter

from roost.desk.parts import DeskParts
from roost.desk.problems import CONFLICT, Refused
from roost.errors import RoostError, SendUncertain
from roost.model.ids import UserId
from roost.model.people import Person
from roost.ports import Tx
from roost.ports.remarks import RequestKey

Made = TypeVar("Made", bound=msgspec.Struct)
AnyRequest = Request[Person, object, State]

Key = Annotated[
    str,
    HeaderParameter(
        name="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="The caller's name for this change; made once, however often it is asked for.",
    ),
]


async def named(request: AnyRequest, account_id: UserId, key: str) -> RequestKey:
    """Name what a request asks for."""
    return RequestKey(account_id, request.user.person_id, key, await fingerprint(request))


async def fingerprint(request: Request[object, object, State] | AnyRequest) -> str:
    """Tell requests apart by where they go and what they say."""
    digest = hashlib.sha256(request.url.path.encode())
    digest.update(await request.body())
    return digest.hexdigest()


async def done(
    parts: DeskParts, key: RequestKey, made: type[Made], work: Callable[[], Awaitable[Made]]
) -> Made:
    """Have X do something, or give what came of it when it was asked for before.

    Args:
        parts: To keep the key with.
        key: Names it.
        made: Type of the answer.
        work: Calls X.

    Raises:
        Refused: The key was used for something else, or it is not known what came of it.
    """
    known = await parts.store.transact(lambda tx: tx.requests.begin(key, at=parts.clock.now()))
    if known is not None:
        if known.fingerprint != key.fingerprint:
            raise key_reused()
        if not known.answer:
            message = "It was asked for before, and is not known to have ended: look before again."
            raise Refused(CONFLICT, "not_known", message)
        return msgspec.json.decode(known.answer, type=made)
    try:
        answer = await work()
    except SendUncertain:
        raise
    except RoostError:
        await parts.store.transact(lambda tx: tx.requests.forget(key))
        raise
    await parts.store.transact(lambda tx: tx.requests.finish(key, msgspec.json.encode(answer)))
    return answer


async def anew(
    parts: DeskParts,
    key: RequestKey,
    made: type[Made],
    work: Callable[[Tx, Made | None], Awaitable[Made]],
) -> Made:
    """Make something that opens, of which nothing is kept that could be told a second time.

    Where it was asked for before, the answer was lost: `work` puts something new in the place of
    what was made then, so that one opens, however often it is asked for.

    Args:
        parts: To do it in one transaction with keeping the key.
        key: Names it.
        made: Type of what is kept of it, and given to `work` the next time.
        work: Makes it; `None` stands for nothing made before.

    Raises:
        Refused: The key was used for something else.
    """

    async def unit(tx: Tx) -> Made | None:
        known = await tx.requests.begin(key, at=parts.clock.now())
        if known is not None and known.fingerprint != key.fingerprint:
            return None
        before = None if known is None else msgspec.json.decode(known.answer, type=made)
        kept = await work(tx, before)
        await tx.requests.finish(key, msgspec.json.encode(kept))
        return kept

    kept = await parts.store.transact(unit)
    if kept is None:
        raise key_reused()
    return kept


def key_reused() -> Refused:
    """Say that a key stands for something else."""
    return Refused(CONFLICT, "key_reused", "Idempotency-Key was used for another request.")
