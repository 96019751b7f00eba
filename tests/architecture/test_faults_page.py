"""The page that says which test makes which fault."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "faults.md"
IN_SCOPE = {*range(1, 58), *range(62, 66), 67, 68, 69, 71}
ROW = re.compile(r"\| F(\d+)(?: to F(\d+))? \| ([^|]+) \| ([^|]+) \|")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def rows() -> list[tuple[set[int], str]]:
    found = ROW.findall(PAGE.read_text(encoding="utf-8"))
    return [(set(range(int(one), int(last or one) + 1)), said) for one, last, _, said in found]


def test_every_fault_is_in_it_once() -> None:
    numbers = [number for some, _ in rows() for number in some]
    assert sorted(numbers) == sorted(IN_SCOPE)


@pytest.mark.parametrize(("numbers", "said"), rows(), ids=lambda one: str(one)[:40])
def test_each_names_a_test_that_is_there_or_says_that_there_is_none(numbers, said) -> None:
    named = TEST.findall(said)
    assert bool(named) != said.startswith("not tried"), f"F{min(numbers)}: {said}"
    for path, function in named:
        assert f"def {function}(" in (ROOT / path).read_text(encoding="utf-8"), (path, function)


def test_faults_of_x_are_among_the_rules_that_are_tried() -> None:
    """Rows that name one test for many faults are kept honest by the faults that it takes."""
    one = "test_a_fault_of_x_loses_nothing_and_doubles_nothing"
    tried = (ROOT / "tests" / "crash" / "test_faults.py").read_text(encoding="utf-8")
    for numbers, said in rows():
        for number in numbers if one in said else ():
            assert f'"F{number}' in tried, f"F{number} is no rule of {one}"
