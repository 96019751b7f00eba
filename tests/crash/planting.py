"""Faults planted on purpose: each is a patch to the application that the ledger must find.

`python -m tests.crash.planting` plants them all, one after the other, each in a copy of the source;
with names, only those. A patch begins with what it does, which run is to find it, and which
invariants it breaks.

There is none that refreshes tokens in the wrong order: tokens of OAuth 1.0a, the only ones we hold,
do not expire and are not refreshed.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.crash.places import ROOT, in_memory
from tests.crash.seeds import FAULTY

PATCHES = Path(__file__).with_name("planted")
FOUND_WITHIN = 900.0

IN_MOST_CUTS = "in-most-cuts"
"""Stands beside an invariant that more than half of all power cuts must break."""

_FLAGGED = re.compile(r"(\d+) cuts flagged")
_CUTS = re.compile(r"cut the power (\d+) times")


@dataclass(frozen=True, slots=True)
class Planted:
    """One patch.

    Attributes:
        name: Its file's, without the suffix.
        what: What is wrong with it, in one sentence.
        found_by: The run that finds it: a module of `tests.crash` and its arguments.
        breaks: Numbers of invariants, one of which must be found broken.
        patch: Its file.
    """

    name: str
    what: str
    found_by: str
    breaks: Sequence[str]
    patch: Path


class NotPlanted(Exception):
    """A patch does not fit the source any more: it is to be cut anew."""


def every() -> Sequence[Planted]:
    """Read all patches, by name."""
    return [_read(path) for path in sorted(PATCHES.glob("*.patch"))]


def _read(path: Path) -> Planted:
    head = path.read_text(encoding="utf-8").partition("--- a/")[0].strip().splitlines()
    facts = dict(line.split(": ", 1) for line in head if ": " in line)
    return Planted(path.stem, head[0], facts["Found-by"], facts["Breaks"].split(), path)


def plant(planted: Planted, folder: Path) -> Path:
    """Copy the source, plant a fault in it, and give where the copy is to be imported from.

    Raises:
        NotPlanted: The patch does not fit.
    """
    folder.mkdir(exist_ok=True)
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    applied = subprocess.run(
        ["git", "apply", "-C1", planted.patch],
        cwd=folder,
        env={**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    if applied.returncode:
        raise NotPlanted(f"{planted.name}: {applied.stderr.strip()}")
    return folder / "src"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a run said of a planted fault.

    Attributes:
        is_found: Whether it broke what it was expected to break, and nothing but the ledger
            noticed: no import failed, and the run came to its end.
        found: Numbers of the invariants that were broken.
        said: The end of what the run printed.
    """

    is_found: bool
    found: Sequence[str]
    said: str


def verdict(planted: Planted) -> Verdict:
    """Plant a fault and run what is to find it."""
    with in_memory() as folder:
        module, *arguments = shlex.split(planted.found_by)
        ended = subprocess.run(
            [sys.executable, "-m", f"tests.crash.{module}", *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(plant(planted, folder))},
            capture_output=True,
            text=True,
            timeout=FOUND_WITHIN,
            check=False,
        )
    return judged(planted, ended.returncode, ended.stdout, ended.stderr)


def judged(planted: Planted, status: int, printed: str, complained: str) -> Verdict:
    """Judge a run by its exit status and by what it printed."""
    found = sorted(set(re.findall(r"^(L\d+):", printed, re.MULTILINE)))
    is_found = status == FAULTY and bool(set(found) & set(planted.breaks))
    if IN_MOST_CUTS in planted.breaks:
        flagged, cuts = (
            int(match[1]) if (match := pattern.search(printed)) else 0
            for pattern in (_FLAGGED, _CUTS)
        )
        is_found = is_found and flagged > cuts / 2
    return Verdict(is_found, found, (printed + complained)[-3_000:])


def main() -> int:
    """Run from the command line; 1 where a planted fault was not found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    names = parser.parse_args().names
    chosen = [one for one in every() if not names or one.name in names]
    missed = 0
    for planted in chosen:
        found = verdict(planted)
        missed += not found.is_found
        how = f"found: {' '.join(found.found)}" if found.is_found else "NOT FOUND"
        print(f"{planted.name:36} {how:24} {planted.what}", flush=True)
        if not found.is_found:
            print(found.said)
    print(f"{len(chosen) - missed} of {len(chosen)} planted faults found")
    return int(bool(missed) or not chosen)


if __name__ == "__main__":
    sys.exit(main())
