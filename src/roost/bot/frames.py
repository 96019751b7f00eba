"""What travels between the worker and a bot's process: length-prefixed msgspec frames."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Sequence
from datetime import datetime
from typing import cast

import msgspec

from roost.bot.welcoming import Declared
from roost.errors import FrameTooLarge
from roost.model import texts
from roost.model.decisions import DECISION_TYPES, Decision
from roost.model.dialogs import Dialog, DialogPhase, DialogState, Point
from roost.model.events import KINDS, TURN_EVENT_TYPES, TurnEvent
from roost.model.ids import ConversationId, UserId
from roost.model.memories import Memory
from roost.model.messages import Profile
from roost.model.opting import BUILT_IN, OptOut
from roost.model.turns import Progress, Turn
from roost.model.x_objects import XObject

MAX_FRAME_BYTES = 64 * 1024 * 1024
"""A turn of 32 messages of 10,000 characters is far below it, and so is a full journal."""

PackedEvent = tuple[str, msgspec.Raw]
"""An event's kind and its fields."""

_LENGTH = struct.Struct(">I")
_VERBS = {cls: verb for verb, cls in DECISION_TYPES.items()}


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """From the bot: loaded, under this name; it wants these activities, and declares these."""

    name: str
    kinds: frozenset[str] = frozenset()
    welcomes: tuple[Declared, ...] = ()
    opt_out: OptOut = BUILT_IN


class Unloadable(msgspec.Struct, frozen=True, tag="unloadable"):
    """From the bot: it could not be loaded."""

    problem: str
    place: str
    remedy: str


class StoredDialog(msgspec.Struct, frozen=True):
    """To the bot: a dialog to go on with; as `Dialog`, its first event as `(kind, fields)`."""

    dialog_id: str
    name: str
    begun_by: PackedEvent
    points: tuple[Point, ...]
    phase: DialogPhase
    taking: str


class StateOfDialog(msgspec.Struct, frozen=True):
    """From the bot: as `DialogState`, its first event as `(kind, fields)`."""

    dialog_id: str
    name: str
    begun_by: PackedEvent
    first: int
    points: tuple[Point, ...]
    phase: DialogPhase
    taking: str
    step: str
    is_rewound: bool = False


class Begin(msgspec.Struct, frozen=True, tag="begin"):
    """To the bot: decide this turn; `events` are `(kind, fields)` each, the rest as in `Turn`."""

    number: int
    bot: str
    account_id: UserId
    conversation_id: ConversationId
    customer: Profile
    events: list[PackedEvent]
    attempt: int
    now: datetime
    dialogs: list[StoredDialog]
    late: tuple[str, ...]
    memories: tuple[Memory, ...]
    has_written: bool
    at_x: tuple[XObject, ...]


class Decided(msgspec.Struct, frozen=True, tag="decided"):
    """From the bot: commit these decisions, `(verb, fields)` each."""

    number: int
    decisions: list[tuple[str, msgspec.Raw]]
    final: bool
    n_handled: int
    dialogs: list[StateOfDialog]


class Committed(msgspec.Struct, frozen=True, tag="committed"):
    """To the bot: what it handed over is committed; go on."""

    number: int


class Abandon(msgspec.Struct, frozen=True, tag="abandon"):
    """To the bot: this turn has taken too long; nobody waits for it any more."""

    number: int


class Stands(msgspec.Struct, frozen=True, tag="stands"):
    """From the bot: where the turn stood that is abandoned, as in `Stand`."""

    number: int
    handler: str
    place: str


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """From the bot: the handler raised."""

    number: int
    problem: str
    place: str
    remedy: str = ""


class Strayed(msgspec.Struct, frozen=True, tag="strayed"):
    """From the bot: a task that a handler has left behind does what belongs to no turn."""

    problem: str
    place: str
    remedy: str


class Ping(msgspec.Struct, frozen=True, tag="ping"):
    """To the bot: are you there?"""


class Pong(msgspec.Struct, frozen=True, tag="pong"):
    """From the bot: no handler keeps me from answering."""


class Burdened(msgspec.Struct, frozen=True, tag="burdened"):
    """From the bot: a call in a thread goes on for which nobody waits any more; replace me."""


Frame = (
    Ready
    | Unloadable
    | Begin
    | Decided
    | Committed
    | Abandon
    | Stands
    | Failed
    | Strayed
    | Ping
    | Pong
    | Burdened
)
"""Whatever travels."""

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Frame)
_AS_THEY_ARE = (bytes, datetime, msgspec.Raw)


def begin(number: int, turn: Turn) -> Begin:
    """Wrap a turn for the way to the bot."""
    return Begin(
        number=number,
        bot=turn.bot,
        account_id=turn.account_id,
        conversation_id=turn.conversation_id,
        customer=turn.customer,
        events=[_packed(one) for one in turn.events],
        attempt=turn.attempt,
        now=turn.now,
        dialogs=[
            StoredDialog(
                one.dialog_id, one.name, _packed(one.begun_by), one.points, one.phase, one.taking
            )
            for one in turn.dialogs
        ],
        late=turn.late,
        memories=turn.memories,
        has_written=turn.has_written,
        at_x=turn.at_x,
    )


def turn_of(frame: Begin) -> Turn:
    """Unwrap a turn."""
    return Turn(
        bot=frame.bot,
        account_id=frame.account_id,
        conversation_id=frame.conversation_id,
        customer=frame.customer,
        events=tuple(_event(one) for one in frame.events),
        attempt=frame.attempt,
        now=frame.now,
        dialogs=tuple(
            Dialog(one.dialog_id, one.name, _event(one.begun_by), one.points, one.phase, one.taking)
            for one in frame.dialogs
        ),
        late=frame.late,
        memories=frame.memories,
        has_written=frame.has_written,
        at_x=frame.at_x,
    )


def decided(number: int, progress: Progress) -> Decided:
    """Wrap a `Progress` for the way to the worker."""
    packed = [(_VERBS[type(one)], msgspec.Raw(_encoded(one))) for one in progress.decisions]
    dialogs = [
        StateOfDialog(
            dialog_id=one.dialog_id,
            name=one.name,
            begun_by=_packed(one.begun_by),
            first=one.first,
            points=one.points,
            phase=one.phase,
            taking=one.taking,
            step=one.step,
            is_rewound=one.is_rewound,
        )
        for one in progress.dialogs
    ]
    return Decided(number, packed, progress.final, progress.n_handled, dialogs)


def progress_of(frame: Decided) -> Progress:
    """Unwrap a `Progress`.

    Raises:
        ValueError: A decision holds a value of another kind than it can.
    """
    dialogs = tuple(
        DialogState(
            dialog_id=one.dialog_id,
            name=one.name,
            begun_by=_event(one.begun_by),
            first=one.first,
            points=one.points,
            phase=one.phase,
            taking=one.taking,
            step=one.step,
            is_rewound=one.is_rewound,
        )
        for one in frame.dialogs
    )
    return Progress(_decisions(frame.decisions), frame.final, frame.n_handled, dialogs)


def packed(frame: Frame) -> bytes:
    """Give a frame as it travels.

    Raises:
        FrameTooLarge: The other side would not take it.
    """
    body = _encoded(frame)
    if len(body) > MAX_FRAME_BYTES:
        raise FrameTooLarge(len(body), limit=MAX_FRAME_BYTES)
    return _LENGTH.pack(len(body)) + body


def write(writer: asyncio.StreamWriter, frame: Frame) -> None:
    """Queue a frame for sending; errors as in `packed`."""
    writer.write(packed(frame))


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


def _encoded(value: object) -> bytes:
    """Encode a value; what is half a character in its texts, as the database would store it."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        fields: object = msgspec.to_builtins(value, builtin_types=_AS_THEY_ARE)
        return _encoder.encode(_whole(fields))


def _whole(fields: object) -> object:
    match fields:
        case str():
            return texts.whole(fields)
        case dict():
            named = cast("dict[str, object]", fields)
            return {name: _whole(value) for name, value in named.items()}
        case list() | tuple():
            return [_whole(value) for value in cast("Sequence[object]", fields)]
        case _:
            return fields


def _packed(event: TurnEvent) -> PackedEvent:
    return KINDS[type(event)], msgspec.Raw(_encoded(event))


def _event(packed: PackedEvent) -> TurnEvent:
    kind, raw = packed
    return msgspec.msgpack.decode(raw, type=TURN_EVENT_TYPES[kind])


def _decisions(packed: Sequence[tuple[str, msgspec.Raw]]) -> tuple[Decision, ...]:
    return tuple(msgspec.msgpack.decode(raw, type=DECISION_TYPES[verb]) for verb, raw in packed)
