"""The command line, within the test's own process."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass

import anyio.to_thread
import pytest

from roost.cli import app as line


@dataclass(frozen=True)
class CommandLine:
    """Runs what is typed, and says its exit code, output and complaints."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    async def __call__(self, *arguments: str, typed: str = "") -> tuple[int, str, str]:
        """Run a command line; `typed` is its standard input."""
        self.monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        code = await anyio.to_thread.run_sync(line.main, arguments)
        shown = self.capsys.readouterr()
        return code, shown.out, shown.err

    def environ(self, name: str, value: str) -> None:
        """Set an environment variable until the test ends."""
        self.monkeypatch.setenv(name, value)


@pytest.fixture
def command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    """The command line."""
    return CommandLine(monkeypatch, capsys)
