"""How values cross the edge of the database: times, payloads and odd text.

PostgreSQL refuses the character NUL, no database takes half a surrogate pair, and X's JSON may hold
both. Neither may make a delivery impossible to store, so both are replaced on the way in: NUL by
its visible sign U+2400, half a pair by U+FFFD. Replacing twice changes nothing, so an id read back
finds its row again, in every database.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar, cast

import msgspec

from roost.model import texts
from roost.model.events import EVENT_TYPES, TURN_EVENT_TYPES, Event, TurnEvent
from roost.model.messages import Message, OutboundMessage
from roost.model.posts import PublicReply
from roost.store.statements import Parameter, Parameters

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)
_LAST = (_LATEST - _EPOCH) // _MILLISECOND
_NUL = "\0"
_NUL_IN_JSON = b"\\u0000"

_MARK_OF_POSTS = b'"post_id"'


class _Destination(msgspec.Struct):
    """What tells a public reply from a message."""

    post_id: str = ""


_encode = msgspec.json.Encoder().encode
_event_decoders: Mapping[str, msgspec.json.Decoder[Event]] = {
    kind: msgspec.json.Decoder(cls) for kind, cls in EVENT_TYPES.items()
}
_turn_event_decoders: Mapping[str, msgspec.json.Decoder[TurnEvent]] = {
    kind: msgspec.json.Decoder(cls) for kind, cls in TURN_EVENT_TYPES.items()
}
_message_decoder = msgspec.json.Decoder(Message)
_outbound_decoder = msgspec.json.Decoder(OutboundMessage)
_public_decoder = msgspec.json.Decoder(PublicReply)
_destination_decoder = msgspec.json.Decoder(_Destination)

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What reading a payload back raises that `encode` of this version has not written."""

V = TypeVar("V", bound=Event | Message | OutboundMessage | PublicReply)


def milliseconds(at: datetime) -> int:
    """Give a time as whole milliseconds since 1970 UTC, rounded down. `at` must be aware."""
    return (at - _EPOCH) // _MILLISECOND


def milliseconds_not_before(at: datetime) -> int:
    """Give a time as whole milliseconds since 1970 UTC, rounded up: for "not before" times.

    The last millisecond there is is rounded down: the next one is no time any more.
    """
    return min(-((_EPOCH - at) // _MILLISECOND), _LAST)


def moment(at: int) -> datetime:
    """Give the time that so many milliseconds since 1970 stand for, aware and in UTC.

    What no time stands for, as an earlier version may have stored it, is the first or the last.
    """
    try:
        return _EPOCH + at * _MILLISECOND
    except OverflowError:
        return _EARLIEST if at < 0 else _LATEST


def storable_text(text: str) -> str:
    """Replace what a database would refuse in text; anything else stays as it is."""
    if _NUL in text:
        text = text.replace(_NUL, "\u2400")
    return texts.whole(text)


def storable_parameters(parameters: Parameters) -> Parameters:
    """Make every text among a statement's parameters storable."""
    for value in parameters.values():
        if isinstance(value, str) and (_NUL in value or not value.isascii()):
            return {name: _storable(value) for name, value in parameters.items()}
    return parameters


def _storable(value: Parameter) -> Parameter:
    return storable_text(value) if isinstance(value, str) else value


def encode(value: V) -> tuple[V, bytes]:
    """Give a value with all its texts storable, and the payload that stands for it.

    Columns are to be filled from the value returned, so that they agree with the payload.
    """
    try:
        payload = _encode(value)
    except UnicodeEncodeError:
        return _encode_storable(value)
    return _encode_storable(value) if _NUL_IN_JSON in payload else (value, payload)


def _encode_storable(value: V) -> tuple[V, bytes]:
    fields: object = msgspec.to_builtins(value)
    clean = msgspec.convert(_storable_fields(fields), type(value))
    return clean, _encode(clean)


def _storable_fields(fields: object) -> object:
    match fields:
        case str():
            return storable_text(fields)
        case dict():
            return {
                name: _storable_fields(value)
                for name, value in cast("dict[str, object]", fields).items()
            }
        case list() | tuple():
            return [_storable_fields(value) for value in cast("list[object]", fields)]
        case _:
            return fields


def decode_event(kind: str, payload: bytes) -> Event:
    """Read an event back.

    Raises:
        KeyError: This version has no such kind; a newer one wrote it.
        msgspec.DecodeError: The payload was not written by `encode`.
    """
    return _event_decoders[kind].decode(payload)


def decode_turn_event(kind: str, payload: bytes) -> TurnEvent:
    """Read back an event that a turn can hold; errors as in `decode_event`."""
    return _turn_event_decoders[kind].decode(payload)


def decode_outbound(payload: bytes) -> OutboundMessage | PublicReply:
    """Read a message or public reply of the outbox back; errors as in `decode_event`."""
    if _MARK_OF_POSTS in payload and _destination_decoder.decode(payload).post_id:
        return _public_decoder.decode(payload)
    return _outbound_decoder.decode(payload)


def decode_message(payload: bytes) -> Message:
    """Read a message of the transcript back; errors as in `decode_event`."""
    return _message_decoder.decode(payload)
