"""API keys: programs use the API with them, in the name of whoever owns the key."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from litestar import Controller, delete, get, post
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct

from roost.desk import once, tokens
from roost.desk.access import KEY_PREFIX, Policy
from roost.desk.login import NOBODYS
from roost.desk.once import AnyRequest, Key
from roost.desk.parts import Parts, Somebody
from roost.desk.problems import not_found
from roost.model.people import PersonId
from roost.ports import Clock, Store, Tx
from roost.ports.api_keys import ApiKey, Scope

LONGEST_NAME = 80
_ID_BYTES = 8

KeyId = Annotated[str, PathParameter(pattern="^[0-9a-f]{16}$")]


class NewKey(Struct, frozen=True, forbid_unknown_fields=True):
    """A key to be made.

    Attributes:
        name: What it is for; 1 to 80 characters.
        scope: What it may do, of what you may do.
    """

    name: Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME, pattern=r"\S")]
    scope: Scope = Scope.READ


class KeyInfo(Struct, frozen=True, kw_only=True):
    """A key, without what opens; the fields are those of `roost.ports.api_keys.ApiKey`."""

    key_id: str
    person_id: str
    name: str
    scope: Scope
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class MadeKey(Struct, frozen=True, kw_only=True):
    """A key that was made.

    Attributes:
        key: What is known of it from now on.
        secret: What the program sends as `Authorization: Bearer …`; it is not told again.
    """

    key: KeyInfo
    secret: str


class Keys(Struct, frozen=True):
    """Every key, revoked ones too, the newest first."""

    keys: Sequence[KeyInfo]


class _Kept(Struct, frozen=True):
    """What is kept of a key that was asked for under a name."""

    key_id: str


class KeyController(Controller):
    """Who uses the API. No key reaches these: they are for admins who have logged in."""

    path = "/api/keys"
    tags: Sequence[str] | None = ("keys",)

    @get("", policy=Policy.ADMIN_IN_PERSON)
    async def every(self, parts: Parts) -> Keys:
        """List every key."""
        return Keys([_shown(one) for one in await parts.store.api_keys.every()])

    @post("", policy=Policy.ADMIN_IN_PERSON, status_code=201)
    async def new(
        self,
        *,
        data: JSONBody[NewKey],
        parts: Parts,
        person: Somebody,
        request: AnyRequest,
        key: Key,
    ) -> MadeKey:
        """Make a key in your own name; its secret is told this once.

        Asked again under the same `Idempotency-Key`, another one is made, and the one before
        revoked.
        """
        made, secret = _drawn(parts.wall, person.person_id, data.name, scope=data.scope)

        async def work(tx: Tx, before: _Kept | None) -> _Kept:
            if before is not None:
                await _end(tx, before.key_id, at=made.created_at)
            await tx.api_keys.put(made, tokens.digest(secret))
            return _Kept(made.key_id)

        await once.anew(parts, await once.named(request, NOBODYS, key), _Kept, work)
        return MadeKey(key=_shown(made), secret=secret)

    @delete("/{key_id:str}", policy=Policy.ADMIN_IN_PERSON)
    async def revoke(self, parts: Parts, key_id: KeyId) -> None:
        """End a key for good, and what is being read with it."""
        if not await revoke(parts.store, parts.wall, key_id):
            raise not_found("such key that works")


async def make(
    store: Store, clock: Clock, person_id: PersonId, name: str, *, scope: Scope
) -> tuple[ApiKey, str]:
    """Make a key; give it and what opens, of which only a digest is kept."""
    key, secret = _drawn(clock, person_id, name, scope=scope)
    await store.transact(lambda tx: tx.api_keys.put(key, tokens.digest(secret)))
    return key, secret


def _drawn(clock: Clock, person_id: PersonId, name: str, *, scope: Scope) -> tuple[ApiKey, str]:
    key = ApiKey(secrets.token_hex(_ID_BYTES), person_id, name.strip(), scope, clock.now())
    return key, KEY_PREFIX + tokens.new()


async def revoke(store: Store, clock: Clock, key_id: str) -> bool:
    """End a key; false where there is none that works. Live streams look again at once."""
    now = clock.now()
    return await store.transact(lambda tx: _end(tx, key_id, at=now))


async def _end(tx: Tx, key_id: str, *, at: datetime) -> bool:
    is_ended = await tx.api_keys.revoke(key_id, at=at)
    if is_ended:
        await tx.changes.append(NOBODYS, "person", conversation_id="", ref=key_id, at=at)
    return is_ended


def _shown(key: ApiKey) -> KeyInfo:
    return KeyInfo(
        key_id=key.key_id,
        person_id=key.person_id,
        name=key.name,
        scope=key.scope,
        created_at=key.created_at,
        used_at=key.used_at,
        revoked_at=key.revoked_at,
    )
