"""What all tests share: those marked `browser` run in a real Chromium, or say loudly why not."""

from __future__ import annotations

import os

import pytest
from tests import foreign

from roost.testing import browser

SKIPPED = pytest.StashKey[int]()


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
