"""Logs: a constant message and fields, to standard error; never bodies, tokens or texts."""

from __future__ import annotations

import logging
import sys

import structlog


def configure(log_format: str, *, is_quiet: bool = False) -> None:
    """Set up logging for this process.

    Args:
        log_format: `console` for people, `json` for machines.
        is_quiet: Whether to leave out what is merely good to know.
    """
    level = logging.WARNING if is_quiet else logging.INFO
    render: structlog.typing.Processor = structlog.processors.JSONRenderer()
    if log_format == "console":
        render = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    logging.getLogger("watchfiles").setLevel(logging.WARNING)
