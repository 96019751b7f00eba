"""The command line: which verb, and what its end means to the shell."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from roost.cli import verbs

INTERRUPTED = 130
"""128 + SIGINT, as shells report it."""


def main(arguments: Sequence[str]) -> int:
    """Run one command line.

    Args:
        arguments: Without the program's name.

    Returns:
        The exit code: 0 done, 2 wrong usage or a `RoostError`, 130 interrupted; else the verb's.
    """
    verb = arguments[0] if arguments else "--help"
    if verb in {"--help", "-h", "help"}:
        print(verbs.overview())
        return 0
    if verb not in verbs.VERBS:
        return _refuse([verbs.unknown(verb)])
    try:
        from roost.cli import running  # noqa: PLC0415 - --help must not load the parser

        outcome = running.run(verb, verbs.function_of(verb), arguments[1:])
    except KeyboardInterrupt:
        return INTERRUPTED
    return outcome if isinstance(outcome, int) else _refuse(outcome)


def _refuse(reasons: Sequence[str]) -> int:
    for reason in reasons:
        print("error:", " ".join(reason.split()), file=sys.stderr)
    return verbs.WRONG_USAGE
