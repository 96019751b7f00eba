"""Logs: a line that cannot be written ends nothing, and is counted; a traceback shows no value."""

from __future__ import annotations

import errno
import io
import subprocess
import sys

import pytest

from roost.service.logs import Unfailing


class Disk(io.StringIO):
    """A stream whose disk can be full."""

    is_full = False

    def write(self, text: str) -> int:
        if self.is_full:
            raise OSError(errno.ENOSPC, "no space left on device")
        return super().write(text)


def test_lines_that_could_not_be_written_are_counted_where_the_next_one_is() -> None:
    disk = Disk()
    log = Unfailing(disk)
    log.write("one\n")
    disk.is_full = True
    assert log.write("two\n") == len("two\n")
    log.write("three\n")
    disk.is_full = False
    log.write("four\n")
    log.write("five\n")
    assert disk.getvalue() == ("one\n2 pieces of the log could not be written\nfour\nfive\n")


RAISING = """
import sys
import structlog
from roost.service import logs

def log_in(password):
    return {"stored": "x"}[password[:0]]

logs.configure(sys.argv[1])
try:
    log_in(sys.stdin.read())
except KeyError:
    structlog.stdlib.get_logger().exception("request failed")
raise RuntimeError("and what nobody has caught")
"""


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_traceback_names_its_lines_and_shows_nothing_of_what_they_held(log_format: str) -> None:
    """In a process of its own, since logging is set up once for each."""
    password = "quail under 7 larches"
    ran = subprocess.run(
        [sys.executable, "-c", RAISING, log_format],
        input=password,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    said = ran.stdout + ran.stderr
    assert "request failed" in said
    assert said.count("Traceback (most recent call last)") == 2, said
    assert "in log_in" in said
    assert password not in said
