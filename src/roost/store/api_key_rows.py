"""The table `api_keys`: written in transactions, looked up beside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, Table, bindparam, insert, select, update

from roost.model.people import PersonId
from roost.ports.api_keys import ApiKey, KeyHolder, Scope
from roost.store import encoding, people_rows
from roost.store.columns import metadata, text_column, whole
from roost.store.people_tables import people
from roost.store.statements import Command, Query, Reading, Session, fixed

api_keys = Table(
    "api_keys",
    metadata,
    text_column("key_id", primary_key=True),
    text_column("person_id"),
    text_column("name"),
    text_column("scope"),
    text_column("token_hash"),
    whole("created_at"),
    Column("used_at", BigInteger),
    Column("revoked_at", BigInteger),
    Index("api_keys_token", "token_hash", unique=True),
)
"""Keys of programs, by SHA-256, each in the name of a person. A revoked one keeps its row."""

_Row = tuple[str, str, str, str, int, int | None, int | None]
_KEY = (
    api_keys.c.key_id,
    api_keys.c.person_id,
    api_keys.c.name,
    api_keys.c.scope,
    api_keys.c.created_at,
    api_keys.c.used_at,
    api_keys.c.revoked_at,
)
_PERSON = (people.c.person_id, people.c.login, people.c.name, people.c.role, people.c.accounts)
_THIS = api_keys.c.key_id == bindparam("key")

PUT = Command(insert(api_keys))
REVOKE = Command(
    update(api_keys)
    .where(_THIS, api_keys.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now", type_=BigInteger))
)
SEE = Command(update(api_keys).where(_THIS).values(used_at=bindparam("now", type_=BigInteger)))
EVERY = Query[_Row](select(*_KEY).order_by(api_keys.c.created_at.desc(), api_keys.c.key_id))
HOLDER = Query[tuple[str, str, str, str, int, int | None, int | None, str, str, str, str, str]](
    select(*_KEY, *_PERSON)
    .join_from(api_keys, people, people.c.person_id == api_keys.c.person_id)
    .where(
        api_keys.c.token_hash == bindparam("token"),
        api_keys.c.revoked_at.is_(None),
        people.c.state == fixed("active"),
    )
)


class StoredApiKeys:
    """`roost.ports.api_keys.ApiKeyRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(self, key: ApiKey, token_hash: str) -> None:
        """Store a new key by the hash of its secret."""
        await self._session.run(
            PUT,
            {
                "key_id": key.key_id,
                "person_id": key.person_id,
                "name": key.name,
                "scope": key.scope.value,
                "token_hash": token_hash,
                "created_at": encoding.milliseconds(key.created_at),
                "used_at": None,
                "revoked_at": None,
            },
        )

    async def revoke(self, key_id: str, *, at: datetime) -> bool:
        """End a key for good; false where there is none that works."""
        parameters = {"key": key_id, "now": encoding.milliseconds(at)}
        return bool(await self._session.run(REVOKE, parameters))

    async def see(self, key_id: str, *, at: datetime) -> None:
        """Note that a key is in use."""
        await self._session.run(SEE, {"key": key_id, "now": encoding.milliseconds(at)})


class StoredApiKeyLookup:
    """`roost.ports.api_keys.ApiKeyLookup` on any database."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def holder(self, token_hash: str) -> KeyHolder | None:
        """Find who asks; `None` where the key is revoked, or its owner disabled."""
        rows = await self._reading.rows(HOLDER, {"token": token_hash})
        if not rows:
            return None
        return KeyHolder(people_rows.person_of(rows[0][7:]), _key(rows[0][:7]))

    async def every(self) -> Sequence[ApiKey]:
        """Give every key, revoked ones too, the newest first."""
        return [_key(row) for row in await self._reading.rows(EVERY, {})]


def _key(row: _Row) -> ApiKey:
    key_id, person_id, name, scope, created_at, used_at, revoked_at = row
    return ApiKey(
        key_id,
        PersonId(person_id),
        name,
        Scope(scope),
        encoding.moment(created_at),
        None if used_at is None else encoding.moment(used_at),
        None if revoked_at is None else encoding.moment(revoked_at),
    )
