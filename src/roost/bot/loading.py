"""Finding a bot: `package.module:bot`, or a file such as `my_bot.py` or `my_bot.py:bot`."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

from roost.bot import failures, telling, whereabouts
from roost.bot.router import Bot
from roost.errors import (
    BotError,
    DialogChanged,
    HandlerFailed,
    InvalidMessage,
    InvalidTimer,
    JournalFull,
    JournalTooLarge,
    WrongKind,
)
from roost.model import texts

_DEFAULT_NAME = "bot"
_LINE = re.compile(r":\d+$")
_LONGEST_PROBLEM = 2_000
"""Characters of what was raised that people are told."""


def source_of(reference: str) -> Path | None:
    """Give the file a reference names, if it names one; relative to the working folder."""
    path = reference.rpartition(":")[0] if _names_attribute(reference) else reference
    return Path(path).resolve() if path.endswith(".py") else None


def load(reference: str) -> Bot:
    """Import the bot a reference names.

    Raises:
        BotError: There is no such module, file or bot, or importing it raised; says where.
    """
    attribute = reference.rpartition(":")[2] if _names_attribute(reference) else _DEFAULT_NAME
    path = source_of(reference)
    module = _module_of(reference) if path is None else _file_at(path)
    bot = getattr(module, attribute, None)
    if not isinstance(bot, Bot):
        found = [name for name, value in vars(module).items() if isinstance(value, Bot)]
        raise BotError(
            f"`{attribute}` is {'not there' if bot is None else 'not a Bot'}",
            place=reference,
            remedy=f"Name it `…:{found[0]}`" if found else f'Write `{attribute} = Bot("my-bot")`',
        )
    bot.check()
    return bot


def place_in(error: BaseException, *, default: str) -> str:
    """Give `file:line` of the innermost line of the author's: of none that is installed.

    Where there is none in its trace, the place that a `BotError` names; else the default.
    """
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    known = error.place if isinstance(error, BotError) else default
    return whereabouts.of_error(error).place or known


def failure(error: BaseException, *, default: str) -> HandlerFailed:
    """Say of what a handler has raised which handler it was, in which line, and what to do.

    Args:
        error: As it was raised.
        default: Its place where neither the trace nor the error names one.
    """
    handler, around = whereabouts.of_error(error).handler, place_in(error, default=default)
    error = telling.first_of(error)
    is_told = isinstance(error, BotError)
    problem = texts.whole(error.problem if is_told else _named(error))[:_LONGEST_PROBLEM]
    return HandlerFailed(
        f"handler {handler}: {problem}" if handler else problem,
        place=texts.whole(place_in(error, default=around)),
        remedy=texts.whole(error.remedy) if is_told else _remedy_for(error),
    )


def _named(error: BaseException) -> str:
    """Give type and text of what was raised; the type alone where there is no text to be had."""
    text = ""
    with contextlib.suppress(Exception):
        text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _remedy_for(error: BaseException) -> str:
    match error:
        case asyncio.CancelledError():
            return "What it awaited was cancelled: catch that where it is awaited"
        case SystemExit() | KeyboardInterrupt():
            return "Return instead: the process serves other conversations, too"
        case (
            InvalidMessage()
            | InvalidTimer()
            | WrongKind()
            | DialogChanged()
            | JournalFull()
            | JournalTooLarge()
        ):
            return error.remedy
        case AttributeError(name=name, obj=of) if name in failures.left_out_of(of):
            return (
                f"`{name}` is not kept of what a step raises, as it is no plain value: read it in"
                " the function that the step is given"
            )
        case _:
            return ""


def _with_line(error: BotError) -> BotError:
    """Name the line of a mistake that knows only which bot or router it was made on."""
    place = place_in(error, default=error.place)
    return BotError(error.problem, place=place, remedy=error.remedy)


def _names_attribute(reference: str) -> bool:
    return ":" in reference and reference.rpartition(":")[2].isidentifier()


def _module_of(reference: str) -> ModuleType:
    name = reference.rpartition(":")[0] if _names_attribute(reference) else reference
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise _while_importing(error, reference) from error
        raise BotError(
            f"there is no module `{error.name}`",
            place=reference,
            remedy="Name a module as `package.module:bot`, or a file as `my_bot.py`",
        ) from error
    except (Exception, SystemExit) as error:
        raise _while_importing(error, reference) from error


def _file_at(path: Path) -> ModuleType:
    if not path.is_file():
        raise BotError(
            "there is no such file", place=str(path), remedy="Check the path, or create the file"
        )
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise BotError("not a Python file", place=str(path), remedy="Name a `.py` file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise _while_importing(error, str(path)) from error
    return module


def _while_importing(error: Exception | SystemExit, reference: str) -> BotError:
    if isinstance(error, BotError):
        return error if _LINE.search(error.place) else _with_line(error)
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return BotError(
        f"{type(error).__name__}: {text}",
        place=place_in(error, default=reference),
        remedy="Mend that line and save",
    )
