"""One verb: parse its options and run it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cyclopts import App, Argument, CycloptsError, MissingArgumentError, UnusedCliTokensError

from roost.cli.verbs import Refusal
from roost.errors import InvalidCall, InvalidMessage, RoostError, SettingsError

Refusals = tuple[Refusal, ...]
"""Why a verb could not be done, one after the other."""


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
    try:
        return int(app((verb, *arguments)))
    except (CycloptsError, RoostError) as error:
        return (_refusal(error),)
    except BaseExceptionGroup as group:
        ours, others = group.split(RoostError)
        if ours is None or others is not None:
            raise
        return tuple(map(_refusal, _leaves(ours)))


def _refusal(error: CycloptsError | RoostError) -> Refusal:
    message = " ".join(str(error).split())
    match error:
        case MissingArgumentError(argument=wanted, command_chain=verb) if wanted is not None:
            what = f"is needed; see `{' '.join(('roost', *(verb or ())))} --help`"
            return {"field": _typed(wanted), "message": what}
        case UnusedCliTokensError(unused_tokens=tokens) if tokens:
            words = ", ".join(map(repr, tokens))
            return {"field": "", "message": f"nothing is expected after the options, found {words}"}
        case SettingsError(name=field):
            sizes = {}
        case InvalidCall(argument=field) | InvalidMessage(field=field):
            sizes = {"limit": error.limit, "value": error.value}
        case _:
            return {"field": "", "message": message}
    told = {"field": field, "message": message.removeprefix(f"{field}: ")}
    return {**told, **{name: size for name, size in sizes.items() if size is not None}}


def _typed(argument: Argument) -> str:
    """Name an argument as errors of its value do: `--picture`, `welcome_id`."""
    is_positional = argument.index is not None
    return argument.name.lstrip("-").replace("-", "_").lower() if is_positional else argument.name


def _leaves(group: BaseExceptionGroup[RoostError]) -> Iterator[RoostError]:
    for inner in group.exceptions:
        if isinstance(inner, BaseExceptionGroup):
            yield from _leaves(inner)
        else:
            yield inner
