"""Probes: the line's named steps, and a crash at one of them for those who test it."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from types import MappingProxyType

from roost.errors import SettingsError
from roost.ports import PROBES, PROBES_OF_MEDIA, RECOVERY_PROBES, Probe

SIGNALS: Mapping[str, signal.Signals] = MappingProxyType(
    {"ROOST_CRASH_AT": signal.SIGKILL, "ROOST_STOP_AT": signal.SIGTERM}
)
"""Variables, each `name` or `name:n`: the process sends itself the signal when it reaches that step
for the n-th time."""

_EVERY = (*PROBES, *RECOVERY_PROBES, *PROBES_OF_MEDIA)


class NoProbe:
    """Production's probe."""

    def at(self, name: str) -> None:
        """Do nothing."""


class SignalProbe:
    """Sends the process a signal at the n-th arrival at one step.

    Args:
        name: One of `roost.ports.PROBES`, or of those of recovery or media.
        arrivals: Which arrival; 1 is the first.
        number: The signal.
    """

    def __init__(self, name: str, arrivals: int, number: signal.Signals) -> None:
        self._name = name
        self._left = arrivals
        self._number = number

    def at(self, name: str) -> None:
        """Count, and send the signal when it is time."""
        if name == self._name:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), self._number)


def probe_from(environment: Mapping[str, str]) -> Probe:
    """Give the probe the environment asks for.

    Raises:
        SettingsError: It asks for a step that does not exist.
    """
    for variable, number in SIGNALS.items():
        wanted = environment.get(variable, "")
        if wanted:
            return _signal_probe(variable, wanted, number)
    return NoProbe()


def _signal_probe(variable: str, wanted: str, number: signal.Signals) -> SignalProbe:
    name, _, arrivals = wanted.partition(":")
    if name not in _EVERY or not (arrivals or "1").isdigit() or arrivals == "0":
        raise SettingsError(
            variable,
            f"{wanted!r} is not a step",
            f"Use `name` or `name:n`, where name is one of {', '.join(_EVERY)}",
        )
    return SignalProbe(name, int(arrivals or "1"), number)
