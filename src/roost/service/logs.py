"""Logs: a constant message and fields, to standard error; never bodies, tokens or texts."""

from __future__ import annotations

import logging
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TextIO, cast

import structlog


class Unfailing:
    """A stream of log lines; one that cannot be written, for the disk is full, is counted instead.

    Whoever logs has something else to do, which is not to end for want of room for a line about it.
    """

    def __init__(self, stream: TextIO) -> None:
        """Wrap a stream.

        Args:
            stream: Where lines go.
        """
        self._stream = stream
        self.n_lost = 0

    def write(self, text: str) -> int:
        """Write text, and before it, once that is possible again, how much was lost."""
        try:
            if self.n_lost:
                self._stream.write(f"{self.n_lost} pieces of the log could not be written\n")
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            self.n_lost += 1
        else:
            self.n_lost = 0
        return len(text)

    def flush(self) -> None:
        """Do nothing: every text is flushed as it is written."""

    def isatty(self) -> bool:
        """Tell whether people read along."""
        return self._stream.isatty()


@contextmanager
def silent() -> Generator[None]:
    """Log nothing within the block; for whoever tells people all that happens in other words."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(wrapper_class=before["wrapper_class"])


def configure(log_format: str, *, is_quiet: bool = False) -> None:
    """Set up logging for this process.

    Args:
        log_format: `console` for people, `json` for machines.
        is_quiet: Whether to leave out what is merely good to know.
    """
    stream = Unfailing(sys.stderr)
    level = logging.WARNING if is_quiet else logging.INFO
    render: structlog.typing.Processor = structlog.processors.JSONRenderer()
    if log_format == "console":
        render = structlog.dev.ConsoleRenderer(colors=stream.isatty())
    stamp: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*stamp, structlog.processors.format_exc_info, render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", stream)),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(cast("TextIO", stream))
    handler.setFormatter(_of_libraries(stamp, render))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("watchfiles").setLevel(logging.WARNING)


def _of_libraries(
    stamp: Sequence[structlog.typing.Processor], render: structlog.typing.Processor
) -> logging.Formatter:
    """Make what writes the lines of libraries, which know `logging` alone, as ours are written."""
    formatter = structlog.stdlib.ProcessorFormatter
    return formatter(
        foreign_pre_chain=[
            *stamp,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
        ],
        processors=[
            formatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            render,
        ],
    )
