"""What a point of a dialog has raised, as bytes and back: a dialog that caught it does so again."""

from __future__ import annotations

import sys
from typing import TypeGuard

import msgspec

from roost.errors import BotError

_MARK = b"\xc1"
"""Begins what was raised; the one byte that no encoded value begins with."""

Plain = None | bool | int | float | str


class _Raised(msgspec.Struct, array_like=True):
    module: str
    name: str
    args: list[Plain]
    state: dict[str, Plain]


def raise_again(result: bytes, *, place: str) -> None:
    """Raise what a point has raised; nothing where it has given something.

    Raises:
        Exception: That.
        BotError: Its class is not there any more.
    """
    if result.startswith(_MARK):
        raise unpacked(result, place=place)


def packed(error: Exception, *, of: str, place: str) -> bytes:
    """Encode what was raised: its class, and of its arguments and attributes the plain values.

    Args:
        error: It.
        of: What has raised it, for the error.
        place: `file:line` to look at.

    Raises:
        BotError: Its class cannot be found again by its name.
    """
    kind = type(error)
    if _found(kind.__module__, kind.__qualname__) is not kind:
        raise BotError(
            f"what {of} has raised cannot be remembered: {kind.__qualname__}: {error}",
            place=place,
            remedy="Define that class at the top level of its module, or catch it in the step",
        ) from error
    args = [_stored(one) if _is_plain(one) else _stored(str(one)) for one in error.args]
    state = {name: _stored(one) for name, one in vars(error).items() if _is_plain(one)}
    return _MARK + msgspec.msgpack.encode(_Raised(kind.__module__, kind.__qualname__, args, state))


def unpacked(packed: bytes, *, place: str) -> Exception:
    """Give what was raised once more.

    Raises:
        BotError: Its class is not there any more.
    """
    raised = msgspec.msgpack.decode(packed.removeprefix(_MARK), type=_Raised)
    kind = _found(raised.module, raised.name)
    if not (isinstance(kind, type) and issubclass(kind, Exception)):
        raise BotError(
            f"what was raised, {raised.module}.{raised.name}, is not there any more",
            place=place,
            remedy="Keep the class of an error that dialogs have caught and wait behind",
        )
    error = kind.__new__(kind, *raised.args)
    error.args = tuple(raised.args)
    vars(error).update(raised.state)
    return error


def _found(module: str, name: str) -> object:
    """Give what is called so in a module that is loaded; `None` where there is nothing."""
    found: object = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def _stored(value: Plain) -> Plain:
    """Give a value as it can be encoded: half an emoji, as of a text cut short, cannot."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


def _is_plain(value: object) -> TypeGuard[Plain]:
    is_small = not isinstance(value, int) or -(2**63) <= value < 2**64
    return isinstance(value, Plain) and is_small
