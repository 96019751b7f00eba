"""What a check has found: a sentence, its cause, and what to do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    WARNING = "warning"
    """Works, but not well, or not for long."""
    PROBLEM = "problem"
    """Does not work."""
    SKIPPED = "skipped"
    """Cannot be told before something else is put right."""
    FIXED = "fixed"
    """Was a problem, and is put right."""
    UNFIXED = "unfixed"
    """Is a problem, and could not be put right."""


Fix = Callable[[], Awaitable[str]]
"""Puts something right; says what it did."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check has found.

    Attributes:
        check: Its name, for example `webhook.tls`; one of `CHECKS`, or `OPENNESS`.
        about: What was looked at: an account's or app's name, an address, a file.
        level: How much it matters.
        says: What was seen, a sentence.
        cause: Why that is, as far as can be told; `""` where all is well.
        remedy: What to do; likewise.
        fix: What `--fix` does; `None` where it had better be a person.
    """

    check: str
    about: str
    level: Level
    says: str
    cause: str = ""
    remedy: str = ""
    fix: Fix | None = field(default=None, repr=False)


CHECKS = (
    "data.folder",
    "data.key_file",
    "data.database",
    "data.application",
    "app.credentials",
    "clock",
    "account.credentials",
    "account.permission",
    "account.access",
    "account.standing",
    "account.limits",
    "webhook.address",
    "webhook.tls",
    "webhook.reachable",
    "webhook.redirect",
    "webhook.compression",
    "webhook.challenge",
    "webhook.answer_time",
    "webhook.signature",
    "environment",
    "webhook.registered",
    "webhook.valid",
    "subscription",
    "last_event",
)
"""Every check of the doctor, in the order they are made."""

OPENNESS = "account.openness"
"""The check that `roost setup` alone makes, since it has to write."""


def fine(check: str, about: str, says: str) -> Finding:
    """Say that all is well."""
    return Finding(check, about, Level.OK, says)


def skipped(check: str, about: str, why: str) -> Finding:
    """Say that something cannot be told yet."""
    return Finding(check, about, Level.SKIPPED, why)
