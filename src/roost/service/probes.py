"""Probes: the line's named steps, and a crash at one of them for those who test it."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping

from roost.errors import SettingsError
from roost.ports import PROBES, Probe

VARIABLE = "ROOST_CRASH_AT"
"""`name` or `name:n`: the process kills itself when it reaches that step for the n-th time."""


class NoProbe:
    """Production's probe."""

    def at(self, name: str) -> None:
        """Do nothing."""


class CrashProbe:
    """Ends the process with SIGKILL at the n-th arrival at one step.

    Args:
        name: One of `roost.ports.PROBES`.
        arrivals: Which arrival; 1 is the first.
    """

    def __init__(self, name: str, arrivals: int) -> None:
        self._name = name
        self._left = arrivals

    def at(self, name: str) -> None:
        """Count, and end the process when it is time."""
        if name == self._name:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def probe_from(environment: Mapping[str, str]) -> Probe:
    """Give the probe the environment asks for.

    Raises:
        SettingsError: It asks for a step that does not exist.
    """
    wanted = environment.get(VARIABLE, "")
    if not wanted:
        return NoProbe()
    name, _, arrivals = wanted.partition(":")
    if name not in PROBES or not (arrivals or "1").isdigit() or arrivals == "0":
        raise SettingsError(
            VARIABLE,
            f"{wanted!r} is not a step",
            f"Use `name` or `name:n`, where name is one of {', '.join(PROBES)}",
        )
    return CrashProbe(name, int(arrivals or "1"))
