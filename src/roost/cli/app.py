"""The command line: which verb, and what its end means to the shell."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

from roost.cli import verbs
from roost.cli.verbs import Refusal

INTERRUPTED = 130
"""128 + SIGINT, as shells report it."""

UNREAD = 141
"""128 + SIGPIPE, as shells report it: whoever read the output has gone."""


def main(arguments: Sequence[str]) -> int:
    """Run one command line.

    Args:
        arguments: Without the program's name.

    Returns:
        The exit code: 0 done, 2 wrong usage or a `RoostError`, 130 interrupted, 141 where nobody
        reads the output any more; else the verb's.
    """
    try:
        code = _main(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # What is left in the buffer would fail once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    return code


def _main(arguments: Sequence[str]) -> int:
    verb = arguments[0] if arguments else "--help"
    if verb in {"--help", "-h", "help"}:
        print(verbs.overview())
        return 0
    if verb not in verbs.VERBS:
        return _refuse([{"field": "", "message": verbs.unknown(verb)}], arguments)
    try:
        from roost.cli import running  # noqa: PLC0415 - --help must not load the parser

        outcome = running.run(verb, verbs.function_of(verb), arguments[1:])
    except KeyboardInterrupt:
        return INTERRUPTED
    return outcome if isinstance(outcome, int) else _refuse(outcome, arguments)


def _refuse(reasons: Sequence[Refusal], arguments: Sequence[str]) -> int:
    """Say why not: as JSON on standard output where that was asked for, so that scripts find it."""
    if "--json" in arguments:
        print(json.dumps({"errors": reasons}))
        return verbs.WRONG_USAGE
    for reason in reasons:
        field = f"{reason['field']}: " if reason["field"] else ""
        print(f"error: {field}{reason['message']}", file=sys.stderr)
    return verbs.WRONG_USAGE
