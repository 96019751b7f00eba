"""What a step gave, as bytes and back: the same value whether it was just made or remembered."""

from __future__ import annotations

import typing
from collections.abc import Callable

import msgspec

from roost.errors import BotError

LARGEST_RESULT_BYTES = 256 * 1024
"""A result is read again each time its dialog goes on."""

_encoder = msgspec.msgpack.Encoder()


def type_of(function: Callable[..., object]) -> object:
    """Give the type a function says it returns; `object` where it says nothing."""
    try:
        hints = typing.get_type_hints(inspected(function))
    except (NameError, TypeError):
        return object
    return hints.get("return", object)


def inspected(function: Callable[..., object]) -> Callable[..., object]:
    """Give the function behind a bound method or a `functools.partial`."""
    inner = getattr(function, "func", function)
    return inner if callable(inner) else function


def encode(value: object, *, of: str, place: str) -> bytes:
    """Encode a result.

    Args:
        value: Plain values, dataclasses, msgspec structs, dates, and lists, tuples and mappings
            of them.
        of: Whose result it is, for the error.
        place: `file:line` to look at.

    Raises:
        BotError: It cannot be kept, or is too large.
    """
    try:
        packed = _encoder.encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise BotError(
            f"the result of {of} cannot be kept: {error}",
            place=place,
            remedy="Return plain values, a dataclass, or a list or mapping of them",
        ) from error
    if len(packed) > LARGEST_RESULT_BYTES:
        raise BotError(
            f"the result of {of} has {len(packed):,} bytes (limit {LARGEST_RESULT_BYTES:,})",
            place=place,
            remedy="Return what the dialog needs of it, or a key to look it up by",
        )
    return packed


def recalled(packed: bytes, kind: object, *, name: str, place: str) -> object:
    """Decode what was remembered into the type it is asked for as.

    Raises:
        BotError: It is of another type.
    """
    try:
        return msgspec.msgpack.decode(packed, type=kind)
    except (msgspec.ValidationError, TypeError) as error:
        raise BotError(
            f"what is remembered as {name!r} is not what it is recalled as: {error}",
            place=place,
            remedy="Recall it as the type it was remembered as, or remember it anew",
        ) from error


def decode(packed: bytes, kind: object, *, of: str, place: str) -> object:
    """Decode a result into the type its function says it returns.

    Raises:
        BotError: It was of another type.
    """
    try:
        return msgspec.msgpack.decode(packed, type=kind)
    except (msgspec.ValidationError, TypeError) as error:
        raise BotError(
            f"the result of {of} is not what it says it returns: {error}",
            place=place,
            remedy="Return the annotated type; of types that cannot be kept, return a dataclass",
        ) from error
