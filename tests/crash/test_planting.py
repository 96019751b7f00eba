"""The harness can fail: faults are planted in the application, and the ledger finds them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.crash import planting
from tests.crash.planting import Planted
from tests.crash.seeds import FAULTY

from roost.testing import ledger

EVERY = planting.every()
QUICK = (
    "resend-on-timeout",
    "signature-forgiven",
    "no-unique-index",
    "newest-first",
    "posts-are-not-looked-for",
)
"""Those that are found within seconds; `make planted` plants the others too."""


def named(planted: Planted) -> str:
    return planted.name


@pytest.mark.parametrize("planted", EVERY, ids=named)
def test_a_patch_fits_the_source_and_says_what_finds_it(planted: Planted, tmp_path: Path) -> None:
    source = planting.plant(planted, tmp_path)
    changed = re.findall(r"^\+\+\+ b/src/(\S+)", planted.patch.read_text(), re.MULTILINE)
    assert changed
    for name in changed:
        code = (source / name).read_text(encoding="utf-8")
        compile(code, name, "exec")
        assert code != (planting.ROOT / "src" / name).read_text(encoding="utf-8")
    assert set(planted.breaks) - {planting.IN_MOST_CUTS} <= set(ledger.INVARIANTS)
    assert planted.found_by.split()[0] in {"kills", "posts", "power", "restores", "sends"}
    assert planted.what.endswith(".")


def test_there_are_enough() -> None:
    assert len(EVERY) >= 25
    assert set(QUICK) <= {planted.name for planted in EVERY}


@pytest.mark.crash
@pytest.mark.timeout(600)
@pytest.mark.parametrize("planted", [one for one in EVERY if one.name in QUICK], ids=named)
def test_a_planted_fault_is_found_by_the_ledger(planted: Planted) -> None:
    verdict = planting.verdict(planted)
    print(f"{planted.name}: {' '.join(verdict.found)}")
    assert verdict.is_found, verdict.said


def a_fault(*breaks: str) -> Planted:
    return Planted("x", "X.", "power", breaks, Path("x.patch"))


@pytest.mark.parametrize(
    ("breaks", "status", "printed", "is_found"),
    [
        (["L1"], FAULTY, "L1: lost\n", True),
        (["L1"], FAULTY, "L2: lost\n", False),
        (["L1", "L2"], FAULTY, "L2: lost\n", True),
        (["L1"], 1, "L1: lost\nTraceback\n", False),  # an import failed, or the run itself
        (["L1"], 0, "L1: lost\n", False),
        (["L1"], FAULTY, "not L1: lost\n", False),
        (["L1", "in-most-cuts"], FAULTY, "cut the power 9 times\nL1: x\n5 cuts flagged", True),
        (["L1", "in-most-cuts"], FAULTY, "cut the power 9 times\nL1: x\n4 cuts flagged", False),
    ],
)
def test_only_what_the_ledger_says_counts(
    breaks: Sequence[str], status: int, printed: str, is_found: bool
) -> None:
    assert planting.judged(a_fault(*breaks), status, printed, "").is_found is is_found


def test_a_patch_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    patch = tmp_path / "old.patch"
    diff = "--- a/src/roost/errors.py\n+++ b/src/roost/errors.py\n@@ -1 +1 @@\n-never\n+not\n"
    patch.write_text(f"Old.\n\nFound-by: sends\nBreaks: L1\n\n{diff}")
    planted = Planted("old", "Old.", "sends", ["L1"], patch)
    with pytest.raises(planting.NotPlanted, match="old"):
        planting.plant(planted, tmp_path / "copy")
