"""A PostgreSQL server: how to connect to it, and what must hold of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import cast

import asyncpg
from asyncpg import Connection, Pool

from roost.errors import StoreUnavailable
from roost.store.postgresql.failures import FAILURES

OLDEST = 14
"""Oldest major version served."""

_CONNECT_WITHIN = 5.0
_ANSWER_WITHIN = 10.0

_SETTINGS = {
    "application_name": "roost",
    # Short statements gain nothing from it.
    "jit": "off",
    # A process that was stopped must not keep what it has locked.
    "idle_in_transaction_session_timeout": "5s",
    # Nor may a machine that is gone: noticed within some 11 seconds.
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
}

_PLANS_ONCE = {"plan_cache_mode": "force_generic_plan"}

_STATE = """
SELECT current_setting('server_version_num')::int / 10000, current_setting('server_encoding'),
       current_setting('fsync'), current_setting('synchronous_commit')
"""


@dataclass(frozen=True, slots=True)
class Server:
    """One server, or several of which one is the primary.

    Attributes:
        dsn: As in libpq; may name several hosts. Of those the one that takes writes is used.
        synchronous_commit: How far a commit waits; `None` for as far as the server is set to.
    """

    dsn: str = field(repr=False)
    synchronous_commit: str | None = None

    async def connect(self) -> Connection:
        """Open a connection of its own, without a limit on how long statements take.

        Raises:
            StoreUnavailable: None of the hosts answers, takes writes and lets us in.
        """
        try:
            return await asyncpg.connect(
                self.dsn,
                timeout=_CONNECT_WITHIN,
                server_settings=self._settings(),
                target_session_attrs="read-write",
            )
        except (ValueError, IndexError):
            # What the driver raises for an address it cannot read may quote it, password and all.
            raise StoreUnavailable(f"{self} has no such address: it cannot be read") from None
        except FAILURES as error:
            raise StoreUnavailable(f"{self} cannot be reached: {error}") from error

    @asynccontextmanager
    async def pool(
        self, size: int, *, answers_within: float = _ANSWER_WITHIN, plans_once: bool = False
    ) -> AsyncGenerator[Pool]:
        """Keep up to so many connections, made when they are needed.

        Args:
            size: How many.
            answers_within: Seconds that a statement may take; after that its connection is lost.
            plans_once: Whether a statement's plan is made once for a connection and not for each
                call. For statements whose best plan is the same whatever is asked for, and which
                take less time than planning them.
        """
        pool = await asyncpg.create_pool(
            self.dsn,
            min_size=0,
            max_size=size,
            # Nothing that a transaction does outlasts it.
            reset=_nothing_to_reset,
            timeout=_CONNECT_WITHIN,
            command_timeout=answers_within,
            server_settings={**self._settings(), **(_PLANS_ONCE if plans_once else {})},
            target_session_attrs="read-write",
        )
        try:
            yield pool
        finally:
            # Whoever used it has ended. What a connection still does is somebody's who was
            # cancelled, and is undone.
            pool.terminate()

    def _settings(self) -> dict[str, str]:
        if self.synchronous_commit is None:
            return _SETTINGS
        return {**_SETTINGS, "synchronous_commit": self.synchronous_commit}

    def __str__(self) -> str:
        """Name it as people may see it: without the address, which may hold a password."""
        return "PostgreSQL"


async def _nothing_to_reset(_connection: Connection) -> None:
    return


async def checked(server: Server) -> Server:
    """Check what promises rest on, and give the server with commits that wait for the disk.

    They wait whatever the server is set to: for a standby too where it has one, and until that one
    shows them where the server is set to `remote_apply`.

    Raises:
        StoreUnavailable: The server cannot be reached, is too old, cannot hold every character, or
            would lose commits when the power fails.
    """
    version, encoding, fsync, commit = await _state(server)
    if version < OLDEST:
        raise StoreUnavailable(f"{server} {version} is too old; {OLDEST} or newer is needed")
    if encoding != "UTF8":
        raise StoreUnavailable(f"{server} has the encoding {encoding}; UTF8 is needed")
    if fsync != "on":
        raise StoreUnavailable(f"{server} would lose commits when the power fails: fsync is off")
    wanted = commit if commit == "remote_apply" else "on"
    strong = replace(server, synchronous_commit=wanted)
    *_, commit = await _state(strong)
    if commit != wanted:
        raise StoreUnavailable(f"{server} does not take synchronous_commit = {wanted}")
    return strong


async def _state(server: Server) -> tuple[int, str, str, str]:
    connection = await server.connect()
    try:
        (row,) = await connection.fetch(_STATE, timeout=_ANSWER_WITHIN)
    except FAILURES as error:
        raise StoreUnavailable(f"{server} does not answer: {error}") from error
    finally:
        await connection.close(timeout=_CONNECT_WITHIN)
    return cast("tuple[int, str, str, str]", tuple(row))
