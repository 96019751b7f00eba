"""One verb: parse its options and run it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from cyclopts import App, CycloptsError

from roost.cli import verbs
from roost.errors import RoostError, SettingsError

Refusals = tuple[str, ...]
"""Why a verb could not be done, a sentence each."""

ERRORS_AS_JSON = frozenset({"sim"})
"""Verbs that with `--json` print JSON to standard output, whatever comes of them."""


def run(verb: str, function: str, arguments: Sequence[str]) -> int | Refusals:
    """Run a verb to its end.

    Args:
        verb: As typed.
        function: `module:function`; loaded now. It may be async; what it returns is the exit
            code, `None` being 0.
        arguments: What follows the verb.

    Returns:
        The exit code; or, where the options are wrong or a `RoostError` ended the verb, why.
        Errors of a task group count where every one is a `RoostError`.
    """
    app = App(
        name="roost",
        help_formatter="plain",
        version_flags=(),
        result_action="return_int_as_exit_code_else_zero",
        exit_on_error=False,
        print_error=False,
        suppress_keyboard_interrupt=False,
    )
    app.command(function, name=verb)
    is_told_as_json = verb in ERRORS_AS_JSON and "--json" in arguments
    try:
        return int(app((verb, *arguments)))
    except (CycloptsError, RoostError) as error:
        return _told([error], as_json=is_told_as_json)
    except BaseExceptionGroup as group:
        ours, others = group.split(RoostError)
        if ours is None or others is not None:
            raise
        return _told(list(_leaves(ours)), as_json=is_told_as_json)


def _told(errors: Sequence[CycloptsError | RoostError], *, as_json: bool) -> int | Refusals:
    if not as_json:
        return tuple(str(error) for error in errors)
    print(json.dumps({"errors": [_fault(error) for error in errors]}))
    return verbs.WRONG_USAGE


def _fault(error: CycloptsError | RoostError) -> Mapping[str, str]:
    field = error.name if isinstance(error, SettingsError) else ""
    message = " ".join(str(error).split())
    return {"field": field, "message": message.removeprefix(f"{field}: ") if field else message}


def _leaves(group: BaseExceptionGroup[RoostError]) -> Iterator[RoostError]:
    for inner in group.exceptions:
        if isinstance(inner, BaseExceptionGroup):
            yield from _leaves(inner)
        else:
            yield inner
