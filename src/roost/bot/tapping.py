"""Typed data behind a quick reply: a frozen dataclass in the place of a metadata string."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import msgspec

from roost.errors import BotError, InvalidMessage
from roost.model.capabilities import X_V1
from roost.model.messages import Message

_MARK = "#"


def packed(value: object) -> str:
    """Pack a dataclass into the metadata of a quick reply.

    `@bot.on_quick_reply(ItsClass)` handles the tap, and gets the value by its type.

    Args:
        value: An instance of a dataclass; its fields are plain values, dates, lists,
            or dataclasses.

    Raises:
        InvalidMessage: It takes more than X's 1,000 characters.
        TypeError: It is no dataclass, or has a field that cannot be packed.

    Example:
        >>> @dataclasses.dataclass(frozen=True)
        ... class Track:
        ...     order: str
        >>> packed(Track("A1234"))
        '#Track:{"order":"A1234"}'
    """
    if isinstance(value, type) or not dataclasses.is_dataclass(value):
        raise TypeError(f"{value!r} is no instance of a dataclass")
    text = f"{_head(type(value))}{msgspec.json.encode(value).decode()}"
    if len(text) > X_V1.quick_reply_metadata:
        raise InvalidMessage(
            f"quick reply data {type(value).__name__}",
            "is too long when packed",
            limit=X_V1.quick_reply_metadata,
            value=len(text),
        )
    return text


def unpacker(kind: type[object], *, place: str) -> Callable[[Message], object | None]:
    """Give what reads values of a dataclass from taps; it gives `None` where there is none.

    Raises:
        BotError: It is no frozen dataclass, or has a field that cannot be packed.
    """
    name = kind.__name__
    if not (dataclasses.is_dataclass(kind) and kind.__hash__ is not None):
        raise BotError(
            f"on_quick_reply: {name} is no frozen dataclass",
            place=place,
            remedy=f"Write `@dataclass(frozen=True)` above `class {name}`",
        )
    try:
        msgspec.json.schema(kind)  # refuses what a decoder would only refuse when it meets it
        decoder = msgspec.json.Decoder(kind)
    except TypeError as error:
        raise BotError(
            f"on_quick_reply: {name} cannot be packed: {str(error).splitlines()[-1]}",
            place=place,
            remedy="Use fields of plain values, dates, lists, or other dataclasses",
        ) from error
    head = _head(kind)

    def unpack(message: Message) -> object | None:
        if message.chosen is None or not message.chosen.startswith(head):
            return None
        try:
            return decoder.decode(message.chosen.removeprefix(head))
        except msgspec.DecodeError:
            # Offered by an older version of the bot; whoever answers other messages answers it.
            return None

    return unpack


def _head(kind: type) -> str:
    return f"{_MARK}{kind.__name__}:"
