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


def key_reused() -> Refused:
    """Say that a key stands for something else."""
    return Refused(CONFLICT, "key_reused", "Idempotency-Key was used for another request.")
