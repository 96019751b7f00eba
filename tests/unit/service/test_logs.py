"""Logs: a line that cannot be written ends nothing, and is counted."""

from __future__ import annotations

import errno
import io

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
