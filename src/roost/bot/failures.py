"""What a step or a verb raised, as bytes and back, so that it is caught as it was at first.

Kept are its class, by the name under which it can be imported, its arguments and its attributes,
as far as they are plain values. The trace is not, nor what caused it.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import cast

import msgspec

LARGEST_BYTES = 64 * 1024
"""Of one exception; it is read again each time its dialog goes on."""

LEFT_OUT = "_not_kept_by_roost"
"""Attribute of an exception that is made again: names of those attributes that it lacks."""

_ATOMS = (type(None), bool, int, float, bytes, datetime)

_Args = tuple[object, ...]
_Make = Callable[[type[Exception], _Args], Exception]


class NotKeepable(Exception):
    """An exception cannot be made again from what could be kept of it; the text says why."""


class _Raised(msgspec.Struct, array_like=True):
    module: str
    name: str
    how: int
    args: object
    state: object


def _bare(kind: type[Exception], args: _Args) -> Exception:
    return kind.__new__(kind, *args)


def _bare_with_args(kind: type[Exception], args: _Args) -> Exception:
    made = kind.__new__(kind, *args)
    made.args = args
    return made


def _called(kind: type[Exception], args: _Args) -> Exception:
    return kind(*args)


_WAYS: Sequence[_Make] = (_bare, _bare_with_args, _called)
"""How an exception may be made; not by its class's own `__init__` where another way will do, as
that may take other arguments than those it hands on. Their places are in journals."""


def keep(error: Exception) -> tuple[bytes, Exception]:
    """Give what is kept of an exception, and the exception as it will be made again.

    The latter is the exception itself where nothing of it is left out.

    Raises:
        NotKeepable: It could not be made again, or not so that it says the same.
    """
    kind = type(error)
    module, name = kind.__module__, kind.__qualname__
    if _class(module, name) is not kind:
        raise NotKeepable(f"its class {name} cannot be imported from {module}")
    args, state = _reduced(error)
    packed_args = _packed(args)
    plain = {key: value for key, value in state.items() if _is_plain(value)}
    left_out = tuple(key for key in state if key not in plain)
    if left_out:
        plain[LEFT_OUT] = left_out
    for how in range(len(_WAYS)):
        record = _Raised(module, name, how, packed_args, _packed(plain))
        made = _made(kind, record)
        if made is not None and _says_the_same(made, error):
            is_whole = not left_out and str(made) == str(error)
            return _encoded(record), error if is_whole else made
    raise NotKeepable("made again from its arguments, it would not say the same")


def again(packed: bytes) -> Exception | None:
    """Make an exception again; `None` where its class is there no more, or takes other values."""
    record = msgspec.msgpack.decode(packed, type=_Raised)
    kind = _class(record.module, record.name)
    return None if kind is None else _made(kind, record)


def name_of(packed: bytes) -> str:
    """Give the name of an exception's class, for people."""
    return msgspec.msgpack.decode(packed, type=_Raised).name


def left_out_of(error: object) -> Sequence[str]:
    """Give the attributes that an exception lacks since they could not be kept."""
    return getattr(error, LEFT_OUT, ()) if isinstance(error, Exception) else ()


def _class(module: str, name: str) -> type[Exception] | None:
    with suppress(Exception):  # importing runs what is not ours
        found: object = sys.modules.get(module) or importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
        if isinstance(found, type) and issubclass(found, Exception):
            return found
    return None


def _reduced(error: Exception) -> tuple[_Args, Mapping[str, object]]:
    """Take an exception apart as `pickle` would; it knows what is in no `args`."""
    try:
        reduced = cast("tuple[object, ...]", error.__reduce__())
    except Exception as failed:
        raise NotKeepable(f"it cannot be taken apart: {type(failed).__name__}") from failed
    kind, args, state = (*reduced, None)[:3]
    if kind is type(error) and isinstance(args, tuple) and isinstance(state, dict | None):
        return cast("_Args", args), cast("Mapping[str, object]", state or {})
    raise NotKeepable("it is taken apart in a way of its own")


def _made(kind: type[Exception], record: _Raised) -> Exception | None:
    with suppress(Exception):  # a class may do anything where it is called
        made = _WAYS[record.how](kind, cast("_Args", _plain(record.args)))
        state = cast("dict[str, object]", _plain(record.state))
        if state:
            made.__setstate__(state)
        return made
    return None


def _says_the_same(made: Exception, error: Exception) -> bool:
    with suppress(Exception):
        return (repr(made.args), str(made)) == (repr(_plain(_packed(error.args))), _sayable(error))
    return False


def _sayable(error: object) -> str:
    """Give a text that can be encoded: half an emoji, as of a text cut short, cannot."""
    return str(error).encode(errors="replace").decode()


def _encoded(record: _Raised) -> bytes:
    try:
        packed = msgspec.msgpack.encode(record)
    except (ValueError, OverflowError) as error:
        raise NotKeepable(f"what it carries cannot be kept: {error}") from error
    if len(packed) > LARGEST_BYTES:
        raise NotKeepable(f"it carries {len(packed):,} bytes (limit {LARGEST_BYTES:,})")
    return packed


def _is_plain(value: object) -> bool:
    with suppress(NotKeepable, RecursionError, OverflowError):
        return bool(msgspec.msgpack.encode(_packed(value)))
    return False


def _packed(value: object) -> object:
    """Give a plain value so that it comes back as it is: a tuple as a tuple."""
    if type(value) is str:
        return _sayable(value)
    if type(value) in _ATOMS:
        return value
    if type(value) in {list, tuple}:
        items = cast("Sequence[object]", value)
        return [type(value).__name__, [_packed(one) for one in items]]
    if type(value) is dict:
        pairs = cast("Mapping[object, object]", value).items()
        return ["dict", [[_packed(key), _packed(one)] for key, one in pairs]]
    if isinstance(value, Exception):
        return ["error", keep(value)[0]]
    raise NotKeepable(f"it carries a {type(value).__name__}, which is no plain value")


def _plain(packed: object) -> object:
    if not isinstance(packed, list):
        return packed
    kind, items = cast("tuple[str, list[object]]", packed)
    if kind == "error":
        return again(cast("bytes", items))
    if kind == "dict":
        pairs = cast("list[tuple[object, object]]", items)
        return {_plain(key): _plain(one) for key, one in pairs}
    made = [_plain(one) for one in items]
    return tuple(made) if kind == "tuple" else made
