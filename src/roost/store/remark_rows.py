"""The tables `remarks` and `requests` inside a transaction."""

from __future__ import annotations

import secrets
import time
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or

from roost.ports.remarks import Answered, Remark, RequestKey
from roost.store import encoding
from roost.store.people_tables import remarks, requests
from roost.store.statements import Command, Parameters, Query, Session

_DRAWN_BYTES = 6

_THIS = (
    requests.c.account_id == bindparam("account"),
    requests.c.person_id == bindparam("person"),
    requests.c.request_key == bindparam("key"),
)

PUT = Command(insert(remarks))

BEGIN = Query[tuple[str]](
    insert_or(requests)
    .on_conflict_do_nothing(
        index_elements=[requests.c.account_id, requests.c.person_id, requests.c.request_key]
    )
    .returning(requests.c.request_key)
)

ANSWERED = Query[tuple[str, bytes]](select(requests.c.fingerprint, requests.c.answer).where(*_THIS))

FINISH = Command(update(requests).where(*_THIS).values(answer=bindparam("answered")))

FORGET = Command(delete(requests).where(*_THIS))


class StoredRemarks:
    """`roost.ports.remarks.RemarkRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(self, remark: Remark) -> None:
        """Store a remark."""
        await self._session.hold(remark.account_id, remark.conversation_id)
        await self._session.run(
            PUT,
            {
                "account_id": remark.account_id,
                "remark_id": _next_id(),
                "conversation_id": remark.conversation_id,
                "kind": remark.kind,
                "person_id": remark.person_id or "",
                "text": remark.text,
                "at": encoding.milliseconds(remark.at),
            },
        )


class StoredRequests:
    """`roost.ports.remarks.RequestRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def begin(self, request: RequestKey, *, at: datetime) -> Answered | None:
        """Take a request on; or, where it was made before, give how it was answered."""
        begun = await self._session.rows(
            BEGIN,
            {
                "account_id": request.account_id,
                "person_id": request.person_id,
                "request_key": request.key,
                "fingerprint": request.fingerprint,
                "answer": b"",
                "at": encoding.milliseconds(at),
            },
        )
        if begun:
            return None
        ((fingerprint, answer),) = await self._session.rows(ANSWERED, _key(request))
        return Answered(fingerprint, answer)

    async def finish(self, request: RequestKey, answer: bytes) -> None:
        """Keep the answer to a request begun before."""
        await self._session.run(FINISH, {**_key(request), "answered": answer})

    async def forget(self, request: RequestKey) -> None:
        """Let a request be made again under its key: it has changed nothing."""
        await self._session.run(FORGET, _key(request))


def _next_id() -> str:
    """Give an id that sorts behind those drawn before, so that what one turn does stays in order.

    Remarks are in the order of their times, which two of one turn share.
    """
    return f"{time.monotonic_ns():016x}{secrets.token_hex(_DRAWN_BYTES)}"


def _key(request: RequestKey) -> Parameters:
    return {
        "account": request.account_id,
        "person": request.person_id,
        "key": request.key,
    }
