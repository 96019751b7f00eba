"""What a disk may hold after the power was cut, from a record of writes and syncs."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from pathlib import Path

SECTOR = 512
"""Bytes a disk writes whole or not at all."""

_HEADER = struct.Struct("<IIQQ")


class What(IntEnum):
    """Kinds of records; the numbers are those of `recorder.c`."""

    OPENED = 1
    WRITTEN = 2
    CUT_OFF = 3
    SYNCED = 4
    REMOVED = 5
    FOLDER_SYNCED = 6


class Model(Enum):
    """What becomes of that which was not synced."""

    PREFIX = "none of it survives"
    TORN = "of each write any 512-byte sectors survive, in any order"


@dataclass(frozen=True, slots=True)
class Record:
    """One call, in the order in which the calls were made.

    Attributes:
        what: Which call.
        name: The file's, within the folder.
        offset: Of a write; the new size of a file that was cut off.
        data: Of a write.
    """

    what: What
    name: str
    offset: int = 0
    data: bytes = b""


def read(log: Path) -> Iterator[Record]:
    """Read a recorder's log."""
    raw = log.read_bytes()
    at = 0
    while at < len(raw):
        what, name_length, offset, length = _HEADER.unpack_from(raw, at)
        at += _HEADER.size
        name = raw[at : at + name_length].decode()
        at += name_length
        size = length if what == What.WRITTEN else 0
        yield Record(What(what), name, offset, raw[at : at + size])
        at += size


@dataclass(eq=False)
class File:
    """One file: what the disk has for certain, and what it has been told since."""

    kept: bytearray = field(default_factory=bytearray)
    told: list[Record] = field(default_factory=list[Record])

    def sync(self) -> None:
        """Have the disk keep all it was told."""
        for record in self.told:
            _apply(self.kept, record.offset, record.what, record.data)
        self.told.clear()

    def after_cut(self, model: Model, dice: random.Random) -> bytes:
        """Give what the disk has once the power is back."""
        found = bytearray(self.kept)
        if model is Model.TORN:
            likely = dice.choice((0.1, 0.5, 0.9, 1.0))
            for record in self.told:
                _tear(found, record, likely, dice)
        return bytes(found)


def _apply(content: bytearray, offset: int, what: What, data: bytes) -> None:
    if what is What.CUT_OFF:
        del content[offset:]
        content.extend(bytes(offset - len(content)))
        return
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data


def _tear(content: bytearray, record: Record, likely: float, dice: random.Random) -> None:
    if record.what is What.CUT_OFF:
        if dice.random() < likely:
            _apply(content, record.offset, record.what, b"")
        return
    at, end = record.offset, record.offset + len(record.data)
    while at < end:
        until = min(end, (at // SECTOR + 1) * SECTOR)
        if dice.random() < likely:
            piece = record.data[at - record.offset : until - record.offset]
            _apply(content, at, What.WRITTEN, piece)
        at = until


@dataclass
class Disk:
    """A folder on a disk.

    Attributes:
        names: What the processes see.
        kept: Which names the disk has for certain.
        is_lying: Whether it forgets what it was told to keep, as some disks do.
    """

    names: dict[str, File] = field(default_factory=dict[str, File])
    kept: dict[str, File] = field(default_factory=dict[str, File])
    is_lying: bool = False

    def hear(self, record: Record) -> None:
        """Take one record."""
        match record.what:
            case What.OPENED:
                self.names.setdefault(record.name, File())
            case What.WRITTEN | What.CUT_OFF:
                self.names.setdefault(record.name, File()).told.append(record)
            case What.REMOVED:
                self.names.pop(record.name, None)
            case What.SYNCED if not self.is_lying:
                # A file system that keeps a new file's content keeps its name too.
                self.kept[record.name] = self.names.setdefault(record.name, File())
                self.names[record.name].sync()
            case What.FOLDER_SYNCED if not self.is_lying:
                self.kept = dict(self.names)
            case _:
                pass

    def after_cut(self, model: Model, dice: random.Random) -> Mapping[str, bytes]:
        """Give each file's content once the power is back."""
        found: dict[str, bytes] = {}
        for name in sorted(self.names.keys() | self.kept.keys()):
            torn = model is Model.TORN and dice.random() < 1 / 2
            file = (self.names if torn else self.kept).get(name)
            if file is not None:
                found[name] = file.after_cut(model, dice)
        return found
