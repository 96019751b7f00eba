"""A migrated file, and deliveries to put into it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.unit.store.neighbours import process

from roost.model.events import Unrecognised
from roost.model.ids import UserId
from roost.ports import Delivery
from roost.store import schema
from roost.store.postgresql.store import PostgresStore

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "roost.db"
    schema.upgrade(path)
    return path


@pytest.fixture
def path(tmp_path: Path, empty_database: Path) -> Path:
    shutil.copy(empty_database, tmp_path / "roost.db")
    return tmp_path / "roost.db"


@pytest.fixture
async def one(dsn: str) -> AsyncGenerator[PostgresStore]:
    """The store of one process."""
    async with process(dsn) as store:
        yield store


@pytest.fixture
async def other(one: PostgresStore, dsn: str) -> AsyncGenerator[PostgresStore]:
    """The store of another process on the same database."""
    async with process(dsn) as store:
        yield store


@pytest.fixture
def delivery() -> Callable[..., Delivery]:
    """Make the n-th delivery, with an event of its own."""

    def make(n: int, *, position: int = 1, body: bytes = b"{}") -> Delivery:
        event = Unrecognised(UserId("11"), f"key-{n}", position, "name", NOON)
        return Delivery(f"d{n:08}", "main", UserId("11"), "0" * 32, NOON, body, (event,))

    return make
