"""What travels between the worker and a bot's process: length-prefixed msgspec frames."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Sequence

import msgspec

from roost.model.decisions import DECISION_TYPES, Decision
from roost.model.events import KINDS, TURN_EVENT_TYPES
from roost.model.ids import ConversationId, UserId
from roost.model.messages import Profile
from roost.model.turns import Progress, Turn

MAX_FRAME_BYTES = 64 * 1024 * 1024
"""A turn of 32 messages of 10,000 characters is far below it; more is a fault."""

_LENGTH = struct.Struct(">I")
_VERBS = {cls: verb for verb, cls in DECISION_TYPES.items()}


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """From the bot: loaded, under this name."""

    name: str


class Unloadable(msgspec.Struct, frozen=True, tag="unloadable"):
    """From the bot: it could not be loaded."""

    problem: str
    place: str
    remedy: str


class Begin(msgspec.Struct, frozen=True, tag="begin"):
    """To the bot: decide this turn; `events` are `(kind, fields)` each, the rest as in `Turn`."""

    number: int
    bot: str
    account_id: UserId
    conversation_id: ConversationId
    customer: Profile
    events: list[tuple[str, msgspec.Raw]]
    attempt: int


class Decided(msgspec.Struct, frozen=True, tag="decided"):
    """From the bot: commit these decisions, `(verb, fields)` each."""

    number: int
    decisions: list[tuple[str, msgspec.Raw]]
    final: bool


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """From the bot: the handler raised."""

    number: int
    problem: str
    place: str


class Ping(msgspec.Struct, frozen=True, tag="ping"):
    """To the bot: are you there?"""


class Pong(msgspec.Struct, frozen=True, tag="pong"):
    """From the bot: no handler keeps me from answering."""


Frame = Ready | Unloadable | Begin | Decided | Failed | Ping | Pong

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Frame)


def begin(number: int, turn: Turn) -> Begin:
    """Wrap a turn for the way to the bot."""
    return Begin(
        number=number,
        bot=turn.bot,
        account_id=turn.account_id,
        conversation_id=turn.conversation_id,
        customer=turn.customer,
        events=[(KINDS[type(one)], msgspec.Raw(_encoder.encode(one))) for one in turn.events],
        attempt=turn.attempt,
    )


def turn_of(frame: Begin) -> Turn:
    """Unwrap a turn."""
    return Turn(
        bot=frame.bot,
        account_id=frame.account_id,
        conversation_id=frame.conversation_id,
        customer=frame.customer,
        events=tuple(
            msgspec.msgpack.decode(raw, type=TURN_EVENT_TYPES[kind]) for kind, raw in frame.events
        ),
        attempt=frame.attempt,
    )


def decided(number: int, progress: Progress) -> Decided:
    """Wrap a `Progress` for the way to the worker."""
    packed = [(_VERBS[type(one)], msgspec.Raw(_encoder.encode(one))) for one in progress.decisions]
    return Decided(number, packed, progress.final)


def progress_of(frame: Decided) -> Progress:
    """Unwrap a `Progress`."""
    return Progress(_decisions(frame.decisions), final=frame.final)


def write(writer: asyncio.StreamWriter, frame: Frame) -> None:
    """Queue a frame for sending."""
    body = _encoder.encode(frame)
    writer.write(_LENGTH.pack(len(body)) + body)


async def read(reader: asyncio.StreamReader) -> Frame:
    """Read one frame.

    Raises:
        asyncio.IncompleteReadError: The other side is gone.
        ValueError: What came is not a frame.
    """
    (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    if length > MAX_FRAME_BYTES:
        raise ValueError(f"a frame of {length} bytes (limit {MAX_FRAME_BYTES})")
    return _decoder.decode(await reader.readexactly(length))


def _decisions(packed: Sequence[tuple[str, msgspec.Raw]]) -> tuple[Decision, ...]:
    return tuple(msgspec.msgpack.decode(raw, type=DECISION_TYPES[verb]) for verb, raw in packed)
