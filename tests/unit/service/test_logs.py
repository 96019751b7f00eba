"""Logs: a line that cannot be written ends nothing, and is counted; a traceback shows no value."""

from __future__ import annotations

import errno
import io
import json
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


OF_LIBRARIES = """
import logging
import sys
import structlog
from roost.service import logs

logs.configure(sys.argv[1])
structlog.stdlib.get_logger("roost.store").warning("hint not given", reason="closed")
logger = logging.getLogger("some.library")
logger.warning("%s is slow", "it", extra={"seconds": 2})
try:
    1 / 0
except ZeroDivisionError:
    logger.exception("it broke")
"""


def test_what_libraries_log_is_a_line_of_json_too() -> None:
    """Whoever reads the log with a program meets no line that it cannot read."""
    ours, slow, broke = map(json.loads, _lines_of_libraries("json"))

    assert ours == {
        "event": "hint not given",
        "level": "warning",
        "reason": "closed",
        "timestamp": ours["timestamp"],
    }
    assert slow == {
        "event": "it is slow",
        "level": "warning",
        "logger": "some.library",
        "seconds": 2,
        "timestamp": slow["timestamp"],
    }
    assert broke["level"] == "error"
    assert "ZeroDivisionError" in broke["exception"]


def test_what_libraries_log_has_its_fields_on_the_console_too() -> None:
    lines = _lines_of_libraries("console")

    assert "[warning  ] it is slow" in lines[1]
    assert "seconds=2" in lines[1]
    assert lines[-1] == "ZeroDivisionError: division by zero"


def _lines_of_libraries(log_format: str) -> list[str]:
    ran = subprocess.run(
        [sys.executable, "-c", OF_LIBRARIES, log_format],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return ran.stderr.splitlines()
