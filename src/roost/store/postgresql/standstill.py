"""Processes that are connected and stand still: paused, frozen, stopped by a signal.

Their kernel still answers for them, so that PostgreSQL takes them for alive, and what they hold
would be theirs for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

import structlog
from asyncpg import Connection, PostgresError

from roost.store import locks

LOOKS = 10
"""How many looks in a row find a process where it was before it is cut off."""

# A role sees of its own connections, and of those of roles it belongs to, when they did something
# last; and may end just those. Others are left to live for as long as they are connected.
_PRESENT = """
SELECT held.objid::bigint, process.pid, process.state_change
FROM pg_locks AS held JOIN pg_stat_activity AS process ON process.pid = held.pid
WHERE held.locktype = 'advisory' AND held.classid = $1::int::oid AND held.objsubid = 2
  AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND process.pid <> pg_backend_pid()
  AND process.state_change IS NOT NULL AND pg_has_role(process.usesysid, 'USAGE')
"""
_CUT_OFF = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid = $1::int AND state_change = $2::timestamptz
"""

_NOT_PERMITTED = "42501"

_Moment = tuple[int, int, datetime]
"""The number of a process, the server's process that serves it, and when it last said something."""

logger = structlog.stdlib.get_logger("roost.store")


class Standstill:
    """Watches the other processes' connections, and ends those of processes that stand still.

    A living process says something every two seconds. It is watched by whether it did between two
    looks, and not by how long ago: so neither a clock that jumps nor a server, or a process of
    ours, that itself was stopped for a while lets anybody be taken for gone.
    """

    def __init__(self) -> None:
        self._seen: Mapping[_Moment, int] = {}

    async def look(self, connection: Connection, *, within: float) -> None:
        """Look once, and cut off whoever has not moved for `LOOKS` looks.

        It has no number then, so that whatever it holds is anybody's, and takes another one when it
        goes on. Where the server does not let us see or end connections, they stay.

        Args:
            connection: In no transaction.
            within: Seconds that a statement may take.
        """
        try:
            rows = await connection.fetch(_PRESENT, locks.PROCESSES, timeout=within)
            now = cast("list[_Moment]", list(map(tuple, rows)))
            # One that is new has been seen once.
            self._seen = {one: self._seen.get(one, 0) + 1 for one in now}
            for number, pid, at in [one for one in now if self._seen[one] > LOOKS]:
                if await connection.fetchval(_CUT_OFF, pid, at, timeout=within):
                    logger.warning("cut off a process that stands still", number=number)
        except PostgresError as error:
            if error.sqlstate != _NOT_PERMITTED:
                raise
            logger.warning("not known which processes stand still", reason=str(error))
