"""API keys, as a transaction sees them and as they are looked up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from roost.model.people import Person, PersonId


class Scope(StrEnum):
    """What a program may do with a key, of what the key's owner may do.

    `read` only looks, `write` also answers and sorts, `admin` also changes what admins change.
    """

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of somebody's. What the program holds cannot be found from it.

    Attributes:
        key_id: Ours, 16 hexadecimal digits; it opens nothing.
        person_id: In whose name it is used.
        name: What it is for; 1 to 80 characters.
        scope: What it may do.
        created_at: When it was made.
        used_at: When it was used last, to the minute; `None` if never.
        revoked_at: Since when it opens nothing; `None` while it works.
    """

    key_id: str
    person_id: PersonId
    name: str
    scope: Scope
    created_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Who asks with a key that works.

    Attributes:
        person: Its owner, as they are now.
        key: The key.
    """

    person: Person
    key: ApiKey


class ApiKeyRows(Protocol):
    """The table `api_keys` inside a transaction."""

    async def put(self, key: ApiKey, token_hash: str) -> None:
        """Store a new key by the hash of its secret."""
        ...

    async def revoke(self, key_id: str, *, at: datetime) -> bool:
        """End a key for good; false where there is none that works."""
        ...

    async def see(self, key_id: str, *, at: datetime) -> None:
        """Note that a key is in use."""
        ...


class ApiKeyLookup(Protocol):
    """Keys as every request looks them up. Sees what is committed."""

    async def holder(self, token_hash: str) -> KeyHolder | None:
        """Find who asks; `None` where the key is revoked, or its owner disabled."""
        ...

    async def every(self) -> Sequence[ApiKey]:
        """Give every key, revoked ones too, the newest first."""
        ...
