"""What PostgreSQL's and its driver's errors mean for who called."""

from __future__ import annotations

import asyncpg

from roost.errors import DiskTrouble, StoreUnavailable

FAILURES = (
    OSError,  # no connection, and a statement that took too long: its TimeoutError is one
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""Everything the driver raises."""

_AGAIN = frozenset(
    {
        "40001",  # serialization failure
        "40P01",  # deadlock detected
        "0A000",  # a cached plan no longer fits: somebody has just migrated
    }
)
_GONE = frozenset(
    {
        "25006",  # the server has become read-only: it is no longer the primary
        "25P03",  # idle in transaction: this process was stopped for a while
    }
)
_GONE_CLASSES = frozenset(
    {
        "08",  # connection exception
        "53",  # disk full, out of memory, too many connections
        "57",  # shutting down, starting up, cancelled
        "58",  # input or output error
        "XX",  # internal error, damaged data
    }
)


_OF_THE_DISK = {"53100": "the disk is full", "58030": "the disk fails"}


def refusal(error: BaseException) -> StoreUnavailable:
    """Give what a caller is told whose transaction was not committed, for which reason ever."""
    trouble = _OF_THE_DISK.get(getattr(error, "sqlstate", None) or "")
    if trouble is not None:
        return DiskTrouble(trouble, str(error))
    return StoreUnavailable(f"the database took nothing: {error}")


def is_to_be_run_again(error: BaseException) -> bool:
    """Tell whether the database undid the transaction only because of others beside it."""
    return isinstance(error, asyncpg.PostgresError) and error.sqlstate in _AGAIN


def is_twice(error: BaseException) -> bool:
    """Tell whether a unique index was in the way."""
    return isinstance(error, asyncpg.PostgresError) and error.sqlstate == "23505"


def is_unavailable(error: BaseException) -> bool:
    """Tell "try again" from "your mistake": what no change of the statement would help."""
    if isinstance(error, asyncpg.PostgresError):
        state = error.sqlstate or ""
        return state in _GONE or state[:2] in _GONE_CLASSES
    # A ValueError is the driver's word for arguments that cannot be sent.
    return isinstance(error, FAILURES) and not isinstance(error, ValueError)
