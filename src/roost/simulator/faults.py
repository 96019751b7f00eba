"""Which fault strikes which call or delivery: the rules that stand, and seeded chance."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields

import msgspec

from roost.simulator.fault_rules import (
    ApiRule,
    ChallengeRule,
    CrcNowRule,
    CrcWrongTokenRule,
    DeliveryRule,
    FaultRule,
    InvalidCrcRule,
    Match,
    OneShot,
    RevokeTokenRule,
    SuspendAppRule,
)

Standing = ApiRule | DeliveryRule | ChallengeRule
"""A rule that stays until it is taken away."""

_TWO_TO_64 = 1 << 64


@dataclass(frozen=True, slots=True)
class Subject:
    """What might be struck; in the words of `Match`."""

    route: str = ""
    user: str = ""
    app: str = ""
    event: str = ""
    webhook: str = ""


@dataclass(slots=True)
class Tally:
    """A rule and what became of it.

    Attributes:
        seen: How many calls or deliveries it matched.
        struck: How many of them it struck.
    """

    rule: Standing
    seen: int = 0
    struck: int = 0

    def strikes(self) -> bool:
        """Decide about the next match. The n-th decision of a seed is always the same."""
        self.seen += 1
        is_used_up = self.rule.count is not None and self.struck >= self.rule.count
        if is_used_up or _chance(self.rule.seed, self.seen) >= self.rule.probability:
            return False
        self.struck += 1
        return True


class Faults:
    """The rules that stand. Of those that match, the first that strikes is the one."""

    def __init__(self) -> None:
        self._tallies: Sequence[Tally] = ()

    @property
    def tallies(self) -> Sequence[Tally]:
        """The rules that stand, in order, with what became of them."""
        return self._tallies

    def put(self, rules: Sequence[FaultRule]) -> Sequence[OneShot]:
        """Let these rules stand instead of those before.

        Returns:
            Those that do not stand, because they are to happen at once.
        """
        self._tallies = [Tally(rule) for rule in rules if not isinstance(rule, OneShot)]
        return [rule for rule in rules if isinstance(rule, OneShot)]

    def clear(self) -> None:
        """Take every rule away."""
        self._tallies = ()

    def for_call(self, subject: Subject) -> ApiRule | None:
        """Decide what happens to a call."""
        for tally in self._tallies:
            rule = tally.rule
            if isinstance(rule, ApiRule) and is_meant(rule.match, subject) and tally.strikes():
                return rule
        return None

    def for_delivery(self, subject: Subject) -> DeliveryRule | None:
        """Decide what happens to an attempt to deliver."""
        for tally in self._tallies:
            rule = tally.rule
            if isinstance(rule, DeliveryRule) and is_meant(rule.match, subject) and tally.strikes():
                return rule
        return None

    def for_challenge(self, subject: Subject) -> ChallengeRule | None:
        """Decide what happens to a challenge."""
        for tally in self._tallies:
            rule = tally.rule
            is_one = isinstance(rule, InvalidCrcRule)
            if is_one and is_meant(rule.match, subject) and tally.strikes():
                return rule
        return None


def is_meant(match: Match, subject: Subject) -> bool:
    """Say whether a rule is for something."""
    return all(
        not getattr(match, field.name) or getattr(match, field.name) == getattr(subject, field.name)
        for field in fields(subject)
    )


def misdirected(rule: FaultRule) -> str:
    """Name a field of a rule's match that could never fit what the rule is for; `""` for none."""
    match rule:
        case SuspendAppRule():
            useless: Sequence[str] = ()
        case RevokeTokenRule():
            useless = ("route", "event", "webhook")
        case CrcNowRule() | CrcWrongTokenRule() | InvalidCrcRule():
            useless = ("route", "user", "event")
        case _:
            useless = ("event", "webhook") if isinstance(rule, ApiRule) else ("route",)
    return next((name for name in useless if getattr(rule.match, name)), "")


def event_kind(body: bytes) -> str:
    """Give the key that says what a delivery tells, for example `direct_message_events`."""
    keys = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    return next((key for key in keys if key.endswith(("_events", "_event", "_status"))), "")


def _chance(seed: int, n: int) -> float:
    digest = hashlib.sha256(f"{seed}:{n}".encode()).digest()
    return int.from_bytes(digest[:8]) / _TWO_TO_64
