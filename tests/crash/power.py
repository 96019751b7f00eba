"""Power cuts: from a record of writes and syncs, every disk there may be afterwards is tried.

`python -m tests.crash.power --cuts 10000` runs it by itself, `make crash` as a test. SIGKILL cannot
show what this shows: what a process has written is there after its death, synced or not.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash import disks, powered, preloaded
from tests.crash.disks import Disk, Model, Record, What
from tests.crash.places import ROOT, in_memory, python_path
from tests.crash.seeds import FAULTY, seed

CUTS_PER_RECORDING = 150
DELIVERIES = 400
RECORDED_WITHIN = 300.0

_NOT_ON_DISK = (".lock", "-shm", powered.MARKS)
"""What is made anew by whoever opens the database, or is none of its files."""


def recorded(library: Path, folder: Path, *, seeded: int) -> Sequence[Record]:
    """Run the application's storage for a while, and give the record of it."""
    data, log = folder / "data", folder / "log"
    data.mkdir()
    environment = {
        **os.environ,
        "PYTHONPATH": python_path(),
        "LD_PRELOAD": str(library),
        "ROOST_RECORD_DIR": str(data),
        "ROOST_RECORD_LOG": str(log),
    }
    arguments = ["-m", "tests.crash.powered", str(data), str(DELIVERIES), str(seeded)]
    subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=ROOT, check=True, timeout=RECORDED_WITHIN
    )
    return list(disks.read(log))


@dataclass
class Said:
    """What had been said to the world when the power was cut.

    Attributes:
        acknowledged: Ids of messages whose delivery was answered 200.
        begun: Of each outbox entry the highest attempt that X may have heard of.
    """

    acknowledged: set[str] = field(default_factory=set[str])
    begun: dict[int, int] = field(default_factory=dict[int, int])

    def hear(self, record: Record) -> None:
        """Take a record, if it is a mark."""
        if record.name != powered.MARKS or record.what is not What.WRITTEN:
            return
        match record.data.decode().split():
            case ["ack", message_id]:
                self.acknowledged.add(message_id)
            case ["send", entry, attempt]:
                self.begun[int(entry)] = int(attempt)
            case words:
                raise ValueError(f"no such mark: {words}")


@dataclass
class Tally:
    """What a run has done and found.

    Attributes:
        cuts: How many, by model.
        flagged: After how many of them something was wrong.
        acknowledged: How many acknowledged messages were looked for, over all cuts.
        begun: How many sends that X may have heard of were looked for.
        faults: What was wrong, each beginning with the number of its invariant.
    """

    cuts: Counter[str] = field(default_factory=Counter[str])
    flagged: int = 0
    acknowledged: int = 0
    begun: int = 0
    faults: list[str] = field(default_factory=list[str])

    def lines(self) -> Iterator[str]:
        """Say it."""
        by_model = ", ".join(f"{name} {n}" for name, n in sorted(self.cuts.items()))
        yield f"cut the power {sum(self.cuts.values())} times: {by_model}"
        yield f"looked for {self.acknowledged} acknowledged messages and {self.begun} sends"
        yield from self.faults[:20]
        yield f"{len(self.faults)} faults; {self.flagged} cuts flagged"


def run(n: int, seeded: int, *, is_lying: bool = False) -> Tally:
    """Cut the power so many times.

    Args:
        n: How many cuts.
        seeded: The seed of moments and of what survives.
        is_lying: Whether the disk forgets what it was told to keep.

    Raises:
        NoCompiler: The recorder cannot be built here.
    """
    dice, tally = random.Random(seeded), Tally()
    with in_memory() as folder:
        library = preloaded.built("recorder", folder)
        while (done := sum(tally.cuts.values())) < n:
            with tempfile.TemporaryDirectory(dir=folder) as place:
                records = recorded(library, Path(place), seeded=dice.randrange(10**6))
                recording = _Recording(records, Path(place), Disk(is_lying=is_lying))
                recording.cut(min(CUTS_PER_RECORDING, n - done), dice, tally)
    return tally


@dataclass
class _Recording:
    """One recording, and the cuts of it."""

    records: Sequence[Record]
    place: Path
    disk: Disk
    said: Said = field(default_factory=Said)

    def cut(self, n: int, dice: random.Random, tally: Tally) -> None:
        """Cut at `n` moments, under both models in turn."""
        moments = sorted(dice.randrange(1, len(self.records)) for _ in range(n))
        for number, record in enumerate(self.records):
            for _ in range(bisect_left(moments, number + 1) - bisect_left(moments, number)):
                model = (Model.PREFIX, Model.TORN)[sum(tally.cuts.values()) % 2]
                faults = _after(self.disk.after_cut(model, dice), self.said, self.place)
                tally.cuts[model.name] += 1
                tally.acknowledged += len(self.said.acknowledged)
                tally.begun += len(self.said.begun)
                tally.flagged += bool(faults)
                tally.faults += [f"{fault} (cut before record {number})" for fault in faults]
            if not record.name.endswith(_NOT_ON_DISK):
                self.disk.hear(record)
            self.said.hear(record)


def _after(files: Mapping[str, bytes], said: Said, place: Path) -> list[str]:
    image = place / "image"
    shutil.rmtree(image, ignore_errors=True)
    image.mkdir()
    for name, content in files.items():
        (image / name).write_bytes(content)
    try:
        return list(_wrong(image / powered.DATABASE, said))
    except sqlite3.DatabaseError as error:
        return [f"L14: {error}"]


def _wrong(database: Path, said: Said) -> Iterator[str]:
    with closing(sqlite3.connect(database)) as connection:
        for (found,) in connection.execute("PRAGMA integrity_check"):
            if found != "ok":
                yield f"L14: {found}"
        if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'events'").fetchall():
            if said.acknowledged:
                yield "L1: no table of events is left"
            return
        yield from _forgotten(connection, said)


def _forgotten(connection: sqlite3.Connection, said: Said) -> Iterator[str]:
    keys = Counter(key for (key,) in connection.execute("SELECT event_key FROM events"))
    for message_id in sorted(said.acknowledged):
        if keys[message_id] != 1:
            yield f"L1: message {message_id} was acknowledged, stored {keys[message_id]} times"
    attempts = dict(connection.execute("SELECT outbox_id, attempts FROM outbox"))
    for entry, attempt in said.begun.items():
        if attempts.get(entry, 0) < attempt:
            yield f"L7: entry {entry} was being sent, and will be sent again unasked"


def main() -> int:
    """Run from the command line; `FAULTY` where something was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=300)
    parser.add_argument("--lying", action="store_true", help="the disk forgets what it is to keep")
    given = parser.parse_args()
    tally = run(given.cuts, seed(), is_lying=given.lying)
    print("\n".join(tally.lines()))
    return FAULTY if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
