"""What all tests share: a real Chromium for those marked `browser`, and a real PostgreSQL."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Generator

import pytest
from hypothesis import settings
from tests import foreign, postgres
from tests.postgres import Databases

from roost.service import logs
from roost.store.postgresql import migrating
from roost.store.postgresql.server import Server
from roost.testing import browser

# How fast the machine is says nothing of what is tested: no example has to end in a given time.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

SKIPPED = pytest.StashKey[int]()


@pytest.fixture(scope="session", autouse=True)
def _own_logs() -> Generator[None]:
    """Keep verbs that run in the tests' own process from setting up logging for all that follows.

    What they write to is closed with their test.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logs, "configure", lambda *_args, **_options: None)
        yield


@pytest.fixture(scope="session")
def databases() -> Generator[Databases]:
    """A PostgreSQL server, started once, on which databases can be made."""
    with postgres.server(os.environ) as dsn:
        made = Databases(dsn)
        yield made
        if postgres.VARIABLE in os.environ:
            made.drop_all()


@pytest.fixture(scope="session")
def migrated_template(databases: Databases) -> str:
    """DSN of a migrated database to copy, because migrating takes longer than most tests."""
    dsn = databases.made()
    asyncio.run(migrating.upgrade(Server(dsn)))
    return dsn


@pytest.fixture
def dsn(databases: Databases, migrated_template: str) -> str:
    """DSN of a fresh, migrated PostgreSQL database."""
    return databases.made(template=migrated_template, options="")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip browser tests where no Chromium is there; refuse to where one is required."""
    wanting = [item for item in items if item.get_closest_marker("browser")]
    seen = browser.look(os.environ)
    if not wanting or isinstance(seen, browser.Browser):
        return
    reason = f"no Chromium: {'; '.join(seen.reasons)}"
    if os.environ.get("ROOST_REQUIRE_BROWSER") == "1":
        raise pytest.UsageError(f"{len(wanting)} browser tests cannot run and must: {reason}")
    config.stash[SKIPPED] = len(wanting)
    for item in wanting:
        item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say at the very end what was not tested, and what client libraries came to."""
    for line in config.stash.get(foreign.REPORT, []):
        terminalreporter.write_line(f"foreign client {line}")
    skipped = config.stash.get(SKIPPED, 0)
    if skipped:
        terminalreporter.write_line(
            f"WARNING: {skipped} browser tests did not run: no Chromium (python -m "
            "roost.testing.browser tells why; ROOST_BROWSER names one)",
            red=True,
            bold=True,
        )
